/** Messages as the documents that REST shows: ProtoJSON with the members' own names, and the renames of spec 3 undone. */
import { type JsonObject, type Message, toJson } from "@bufbuild/protobuf";
import type { GenMessage } from "@bufbuild/protobuf/codegenv2";
import {
  type Profile,
  ProfileSchema,
  type Registry,
  RegistrySchema,
} from "../../gen/profileregistry/v1/profile_pb.js";
import {
  type ResolveProfileResponse,
  ResolveProfileResponseSchema,
} from "../../gen/profileregistry/v1/resolver_service_pb.js";

export const plain = { useProtoFieldName: true } as const;

export function profileDocument(profile: Profile | undefined): JsonObject {
  if (profile === undefined) throw new TypeError("an answer without its profile");
  const { metadata, policy, ...document } = toJson(ProfileSchema, profile, plain) as JsonObject;
  return {
    runtime: {},
    is_default: false,
    ...document,
    policy: { allow_overrides: false, read_only: false, ...(policy as JsonObject) },
    metadata: metadataOf(metadata as JsonObject),
  };
}

export function registryDocument(registry: Registry | undefined): JsonObject {
  if (registry === undefined) throw new TypeError("an answer without its registry");
  const { metadata, ...document } = toJson(RegistrySchema, registry, plain) as JsonObject;
  return { ...document, metadata: metadataOf(metadata as JsonObject) };
}

/** The item that REST lists (spec 2.5). */
export function listItemOf(profile: Profile): JsonObject {
  const { slug, display_name, description, extensions, is_default, registry, ...rest } = profileDocument(
    profile,
  ) as { [name: string]: JsonObject };
  const item = {
    slug,
    display_name,
    description,
    default_prompt: rest.runtime?.system_prompt,
    extensions,
    is_default: is_default || undefined,
    version: rest.metadata?.version,
    registry,
    read_only: rest.policy?.read_only || undefined,
    tags: rest.metadata?.tags,
  };
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined)) as JsonObject;
}

export function resolutionDocument(answer: ResolveProfileResponse): JsonObject {
  const json = toJson(ResolveProfileResponseSchema, answer, plain) as JsonObject;
  const { revision, metadata, selection, processing, trace, ...document } = json;
  const { source, ignored } = selection as { source: string; ignored?: JsonObject[] };
  const { "profile.source": written, ...identity } = metadata as JsonObject;
  return {
    runtime: {},
    step_settings: {},
    warnings: [],
    ...document,
    revision: Number(revision),
    metadata: { ...identity, "profile.source": written === "rpc" ? "edge" : (written ?? "") },
    selection: { source: word(source), ...(ignored ? { ignored } : {}) },
    processing: processingOf(processing as JsonObject),
    ...(trace ? { trace: (trace as unknown as Traced[]).map(traceOf) } : {}),
  };
}

/** An entry of the log, or a version. */
export function entryDocument<T extends Message>(schema: GenMessage<T>, entry: T): JsonObject {
  const { time, source, operation, revision, commit_revision, ...rest } = toJson(
    schema,
    entry,
    plain,
  ) as JsonObject;
  const edge = word(String(source));
  return {
    ...rest,
    revision: Number(revision),
    ...(commit_revision === undefined ? {} : { commit_revision: Number(commit_revision) }),
    time_ms: Date.parse(String(time)),
    source: edge === "rpc" ? "edge" : edge,
    operation: word(String(operation)),
  };
}

function metadataOf({ create_time, update_time, source, ...metadata }: JsonObject): JsonObject {
  const name = word(String(source));
  return {
    ...metadata,
    created_at_ms: Date.parse(String(create_time)),
    updated_at_ms: Date.parse(String(update_time)),
    source: name === "rpc" ? "edge" : name,
  };
}

function processingOf({ outcome, ...processing }: JsonObject): JsonObject {
  return { ...processing, outcome: word(String(outcome)) };
}

interface Traced {
  layer: string;
  lost?: { layer: string }[];
}

function traceOf({ layer, lost = [], ...entry }: Traced) {
  return { ...entry, layer: word(layer), lost: lost.map((one) => ({ ...one, layer: word(one.layer) })) };
}

const WORD_SETS =
  /^(?:SOURCE|SELECTION_SOURCE|PROCESSING_OUTCOME|LAYER|OPERATION|ROLLBACK_KIND|CONTROL_POPULATION|DEPLOYMENT)_/;

/** `SOURCE_REST` → `rest`: closed word sets are lower-case in REST. */
export function word(enumValue: string): string {
  return enumValue.replace(WORD_SETS, "").toLowerCase();
}
