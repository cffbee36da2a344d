/** The way back of mapping.ts, for clients: messages of answers as REST shows the same things (spec 2.5). */
import { type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";
import type { LogEntry as EntryMessage } from "../../gen/profileregistry/v1/log_service_pb.js";
import type {
  Metadata as MetadataMessage,
  MiddlewareUse as MiddlewareMessage,
  Policy as PolicyMessage,
  Profile as ProfileMessage,
  Registry as RegistryMessage,
  Runtime as RuntimeMessage,
} from "../../gen/profileregistry/v1/profile_pb.js";
import type { ProfileVersion as VersionMessage } from "../../gen/profileregistry/v1/registry_service_pb.js";
import type { Metadata, MiddlewareUse, Policy, Profile, Registry, Runtime } from "../domain/document.js";
import { emptyObject, type JsonObject } from "../domain/json.js";
import { defined } from "../domain/parse-document.js";
import { jsonFromPlain, jsonFromValue } from "./json-value.js";
import { OPERATIONS } from "./log-mapping.js";
import { SOURCES } from "./mapping.js";

/** A profile as GET shows it. */
export interface ShownProfile extends Profile {
  registry: string;
  is_default: boolean;
  registry_version: number;
}

/** A write as the history and the log show it. */
interface ShownWrite {
  version: number;
  revision: number;
  time_ms: number;
  actor: string;
  source: string;
  operation: string;
  registry_version: number;
}

export interface ShownVersion extends ShownWrite {
  changed_paths: string[];
}

export interface ShownEntry extends ShownWrite {
  commit_revision: number;
  registry: string;
  /** Absent, as `mode` is, where it is the registry itself that was written. */
  profile?: string;
  /** Of a write to a rollout, as `details`. */
  mode?: string;
  details?: JsonObject;
}

export function shownProfile(message: ProfileMessage): ShownProfile {
  const extensions = emptyObject();
  for (const [key, value] of Object.entries(message.extensions)) extensions[key] = jsonFromValue(value, key);
  return {
    slug: message.slug,
    ...texts(message),
    runtime: runtimeOf(message.runtime),
    policy: policyOf(message.policy),
    ...(Object.keys(extensions).length > 0 ? { extensions } : {}),
    metadata: metadataOf(message.metadata),
    registry: message.registry,
    is_default: message.isDefault,
    registry_version: message.registryVersion,
  };
}

/** A profile as the list shows it. */
export function shownItem(message: ProfileMessage) {
  const { slug, display_name, description, runtime, extensions, policy, metadata, registry, is_default } =
    shownProfile(message);
  return {
    slug,
    ...defined({ display_name, description, default_prompt: runtime.system_prompt, extensions }),
    ...(is_default ? { is_default } : {}),
    version: metadata.version,
    registry,
    ...(policy.read_only ? { read_only: true } : {}),
    ...defined({ tags: metadata.tags }),
  };
}

export function shownRegistry(message: RegistryMessage): Registry {
  const modes = emptyObject();
  for (const [name, { profiles, description }] of Object.entries(message.processingModes))
    modes[name] = { profiles, ...(description === "" ? {} : { description }) };
  return {
    slug: message.slug,
    ...texts(message),
    ...defined({ default_profile_slug: message.defaultProfileSlug || undefined }),
    ...(Object.keys(modes).length > 0 ? { processing_modes: modes } : {}),
    metadata: metadataOf(message.metadata),
  };
}

export function shownVersion(message: VersionMessage): ShownVersion {
  return { ...writeOf(message), changed_paths: message.changedPaths };
}

export function shownEntry(message: EntryMessage): ShownEntry {
  const { version, revision, ...write } = writeOf(message);
  return {
    revision,
    commit_revision: Number(message.commitRevision),
    registry: message.registry,
    ...defined({ profile: message.profile || undefined, mode: message.mode || undefined }),
    version,
    ...write,
    ...defined({ details: jsonFromPlain(message.details) }),
  };
}

function texts({ displayName, description }: Pick<ProfileMessage, "displayName" | "description">) {
  return defined({ display_name: displayName || undefined, description: description || undefined });
}

export function runtimeOf(message: RuntimeMessage | undefined): Runtime {
  return defined({
    system_prompt: message?.systemPrompt || undefined,
    step_settings_patch: jsonFromPlain(message?.stepSettingsPatch),
    middlewares: filled(message?.middlewares.map(middlewareOf)),
    tools: filled(message?.tools),
  });
}

function middlewareOf({ name, id, enabled, config }: MiddlewareMessage): MiddlewareUse {
  return { name, ...defined({ id, enabled, config: jsonFromPlain(config) }) };
}

function policyOf(message: PolicyMessage | undefined): Policy {
  return {
    allow_overrides: message?.allowOverrides ?? false,
    ...defined({
      allowed_override_keys: filled(message?.allowedOverrideKeys),
      denied_override_keys: filled(message?.deniedOverrideKeys),
    }),
    read_only: message?.readOnly ?? false,
  };
}

function metadataOf(message: MetadataMessage | undefined): Metadata {
  return {
    version: message?.version ?? 0,
    created_at_ms: msOf(message?.createTime),
    updated_at_ms: msOf(message?.updateTime),
    created_by: message?.createdBy ?? "",
    updated_by: message?.updatedBy ?? "",
    source: wordOf(SOURCES, message?.source) as Metadata["source"],
    ...defined({ tags: filled(message?.tags) }),
  };
}

function writeOf(message: VersionMessage | EntryMessage): ShownWrite {
  return {
    version: message.version,
    revision: Number(message.revision),
    time_ms: msOf(message.time),
    actor: message.actor,
    source: wordOf(SOURCES, message.source),
    operation: wordOf(OPERATIONS, message.operation),
    registry_version: message.registryVersion,
  };
}

export function msOf(time: Timestamp | undefined): number {
  return time === undefined ? 0 : timestampMs(time);
}

/** A server may be newer than its client, and have words that this one does not know. */
export function wordOf(words: Record<string, number>, value: number | undefined): string {
  return Object.keys(words).find((word) => words[word] === value) ?? "unknown";
}

function filled<T>(list: T[] | undefined): T[] | undefined {
  return list?.length ? list : undefined;
}
