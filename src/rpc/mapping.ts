/** The one place where documents become protobuf messages and messages become documents (spec 3). */
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { type FieldMask, timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  type MiddlewareUse as MiddlewareMessage,
  ProcessingModeSchema,
  type Profile as ProfileMessage,
  ProfileSchema,
  type Registry as RegistryMessage,
  RegistrySchema,
  type Runtime as RuntimeMessage,
  type RuntimeSchema,
  Source as SourceMessage,
} from "../../gen/profileregistry/v1/profile_pb.js";
import {
  Layer as LayerMessage,
  ProcessingOutcome as OutcomeMessage,
  type ProcessingRequest as ProcessingMessage,
  type ProcessingSchema,
  type ResolveProfileResponse,
  ResolveProfileResponseSchema,
  SelectionSource as SelectionSourceMessage,
} from "../../gen/profileregistry/v1/resolver_service_pb.js";
import type {
  Metadata,
  MiddlewareUse,
  ProfileInput,
  Registry,
  RegistryInput,
  RuntimeInput,
  Source,
} from "../domain/document.js";
import { malformed, quoteCut } from "../domain/errors.js";
import { emptyObject, type JsonObject } from "../domain/json.js";
import type { EffectiveRuntime, LayerName } from "../domain/layers.js";
import { defined } from "../domain/parse-document.js";
import type { Processing, ProcessingOutcome } from "../domain/processing.js";
import { modesOf } from "../domain/processing-modes.js";
import type { Resolution } from "../domain/resolve.js";
import { redactProfile, type SecretExemptions } from "../domain/secrets.js";
import type { SelectionSource } from "../domain/selection.js";
import { isDefault, type ProfileAnswer } from "../service/profiles.js";
import { jsonFromPlain, jsonFromValue, structFromJson, valueFromJson } from "./json-value.js";

export const SOURCES: Record<Source, SourceMessage> = {
  rest: SourceMessage.REST,
  rpc: SourceMessage.RPC,
  cli: SourceMessage.CLI,
  import: SourceMessage.IMPORT,
  seed: SourceMessage.SEED,
  upgrade: SourceMessage.UPGRADE,
  auto: SourceMessage.AUTO,
};

export const SELECTION_SOURCES: Record<SelectionSource, SelectionSourceMessage> = {
  path: SelectionSourceMessage.PATH,
  body: SelectionSourceMessage.BODY,
  query_profile: SelectionSourceMessage.QUERY_PROFILE,
  query_runtime: SelectionSourceMessage.QUERY_RUNTIME,
  cookie: SelectionSourceMessage.COOKIE,
  default: SelectionSourceMessage.DEFAULT,
};

export const LAYERS: Record<LayerName, LayerMessage> = {
  base_step_settings: LayerMessage.BASE_STEP_SETTINGS,
  profile: LayerMessage.PROFILE,
  processing_profile: LayerMessage.PROCESSING_PROFILE,
  request_overrides: LayerMessage.REQUEST_OVERRIDES,
  operator: LayerMessage.OPERATOR,
};

export const PROCESSING_OUTCOMES: Record<ProcessingOutcome, OutcomeMessage> = {
  applied: OutcomeMessage.APPLIED,
  not_requested: OutcomeMessage.NOT_REQUESTED,
  contract_disabled: OutcomeMessage.CONTRACT_DISABLED,
  runtime_disabled: OutcomeMessage.RUNTIME_DISABLED,
  not_in_rollout: OutcomeMessage.NOT_IN_ROLLOUT,
  profile_missing: OutcomeMessage.PROFILE_MISSING,
  profile_invalid: OutcomeMessage.PROFILE_INVALID,
};

/** Which secrets a document shows: all where `exempt` is undefined, else those that it names. */
export function profileMessage(
  answer: Omit<ProfileAnswer, "revision">,
  exempt: SecretExemptions | undefined,
): ProfileMessage {
  const profile = exempt ? redactProfile(answer.profile, exempt) : answer.profile;
  const extensions: ProfileMessage["extensions"] = Object.create(null) as ProfileMessage["extensions"];
  for (const [key, payload] of Object.entries(profile.extensions ?? {}))
    extensions[key] = valueFromJson(payload);
  const { policy } = profile;
  return create(ProfileSchema, {
    slug: profile.slug,
    displayName: profile.display_name ?? "",
    description: profile.description ?? "",
    runtime: runtimeMessage(profile.runtime, profile.runtime.step_settings_patch),
    policy: {
      allowOverrides: policy.allow_overrides,
      allowedOverrideKeys: policy.allowed_override_keys ?? [],
      deniedOverrideKeys: policy.denied_override_keys ?? [],
      readOnly: policy.read_only,
    },
    metadata: metadataMessage(profile.metadata),
    extensions,
    registry: answer.registry.slug,
    isDefault: isDefault(answer),
    registryVersion: answer.registry.metadata.version,
  });
}

export function registryMessage(registry: Registry): RegistryMessage {
  return create(RegistrySchema, {
    slug: registry.slug,
    displayName: registry.display_name ?? "",
    description: registry.description ?? "",
    defaultProfileSlug: registry.default_profile_slug ?? "",
    metadata: metadataMessage(registry.metadata),
    processingModes: processingModes(registry),
  });
}

function processingModes(registry: Registry): RegistryMessage["processingModes"] {
  const modes = Object.create(null) as RegistryMessage["processingModes"];
  for (const [name, { profiles, description }] of modesOf(registry)) {
    modes[name] = create(ProcessingModeSchema, {
      profiles: [...profiles],
      description: description ?? "",
    });
  }
  return modes;
}

function metadataMessage(
  metadata: Metadata,
): NonNullable<MessageInitShape<typeof ProfileSchema>["metadata"]> {
  return {
    version: metadata.version,
    createTime: timestampFromMs(metadata.created_at_ms),
    updateTime: timestampFromMs(metadata.updated_at_ms),
    createdBy: metadata.created_by,
    updatedBy: metadata.updated_by,
    source: SOURCES[metadata.source],
    tags: metadata.tags ?? [],
  };
}

function runtimeMessage(
  runtime: EffectiveRuntime,
  stepSettingsPatch: JsonObject | undefined,
): MessageInitShape<typeof RuntimeSchema> {
  return {
    systemPrompt: runtime.system_prompt ?? "",
    ...(stepSettingsPatch ? { stepSettingsPatch: structFromJson(stepSettingsPatch) } : {}),
    middlewares: (runtime.middlewares ?? []).map(middlewareMessage),
    tools: [...(runtime.tools ?? [])],
  };
}

function middlewareMessage({ name, id, enabled, config }: MiddlewareUse) {
  return { name, ...defined({ id, enabled, config: config && structFromJson(config) }) };
}

const PROFILE_MEMBERS = [
  "display_name",
  "description",
  "runtime",
  "policy",
  "extensions",
  "metadata.tags",
] as const;
const REGISTRY_MEMBERS = [
  "display_name",
  "description",
  "default_profile_slug",
  "metadata.tags",
  "processing_modes",
] as const;

/** The members that a create or an update sets: the masked ones, else the populated ones. Throws `malformed` on other paths. */
export function profileInput(profile: ProfileMessage | undefined, mask: FieldMask | undefined): ProfileInput {
  const masked = readMask(mask, PROFILE_MEMBERS);
  const sets = (path: (typeof PROFILE_MEMBERS)[number], populated: boolean): boolean =>
    masked?.has(path) ?? populated;
  const displayName = profile?.displayName ?? "";
  const description = profile?.description ?? "";
  const extensions = Object.entries(profile?.extensions ?? {});
  const tags = profile?.metadata?.tags ?? [];
  const policy = profile?.policy;
  return defined({
    display_name: sets("display_name", displayName !== "") ? displayName : undefined,
    description: sets("description", description !== "") ? description : undefined,
    runtime: sets("runtime", profile?.runtime !== undefined) ? runtimeInput(profile?.runtime) : undefined,
    policy: sets("policy", policy !== undefined)
      ? {
          allow_overrides: policy?.allowOverrides ?? false,
          allowed_override_keys: policy?.allowedOverrideKeys ?? [],
          denied_override_keys: policy?.deniedOverrideKeys ?? [],
          read_only: policy?.readOnly ?? false,
        }
      : undefined,
    extensions: sets("extensions", extensions.length > 0) ? extensionsInput(extensions) : undefined,
    tags: sets("metadata.tags", tags.length > 0) ? tags : undefined,
  });
}

export function registryInput(
  registry: RegistryMessage | undefined,
  mask: FieldMask | undefined,
): RegistryInput {
  const masked = readMask(mask, REGISTRY_MEMBERS);
  const text = (path: (typeof REGISTRY_MEMBERS)[number], value: string | undefined): string | undefined =>
    (masked?.has(path) ?? Boolean(value)) ? (value ?? "") : undefined;
  const tags = registry?.metadata?.tags ?? [];
  const modes = Object.entries(registry?.processingModes ?? {});
  return defined({
    display_name: text("display_name", registry?.displayName),
    description: text("description", registry?.description),
    default_profile_slug: text("default_profile_slug", registry?.defaultProfileSlug),
    tags: (masked?.has("metadata.tags") ?? tags.length > 0) ? tags : undefined,
    processing_modes: (masked?.has("processing_modes") ?? modes.length > 0) ? modesInput(modes) : undefined,
  });
}

function modesInput(modes: [string, RegistryMessage["processingModes"][string]][]): JsonObject {
  const input = emptyObject();
  for (const [name, { profiles, description }] of modes) input[name] = { profiles, description };
  return input;
}

/** `processing` as a REST body would hold it. */
export function processingInput(
  message: Omit<ProcessingMessage, "$typeName"> | undefined,
): JsonObject | undefined {
  return message && { mode: message.mode, profile: message.profile, reason: message.reason };
}

export function readMask(
  mask: FieldMask | undefined,
  members: readonly string[],
): ReadonlySet<string> | undefined {
  if (mask === undefined || mask.paths.length === 0) return undefined;
  for (const path of mask.paths) {
    if (!members.includes(path)) {
      throw malformed(`update_mask: "${quoteCut(path)}" is not one of ${members.join(", ")}`);
    }
  }
  return new Set(mask.paths);
}

function runtimeInput(runtime: RuntimeMessage | undefined): RuntimeInput {
  if (runtime === undefined) return {};
  return {
    system_prompt: runtime.systemPrompt,
    ...defined({ step_settings_patch: jsonFromPlain(runtime.stepSettingsPatch) }),
    middlewares: runtime.middlewares.map(middlewareInput),
    tools: runtime.tools,
  };
}

function middlewareInput({ name, id, enabled, config }: MiddlewareMessage) {
  return { name, ...defined({ id, enabled, config: jsonFromPlain(config) }) };
}

function extensionsInput(entries: [string, Parameters<typeof jsonFromValue>[0]][]): JsonObject {
  const extensions = emptyObject();
  for (const [key, value] of entries)
    extensions[key] = jsonFromValue(value, `profile.extensions[${quoteCut(key)}]`);
  return extensions;
}

/** The answer of a resolve; `unchanged` leaves runtime and settings out. */
export function resolutionMessage(resolution: Resolution, unchanged: boolean): ResolveProfileResponse {
  return create(ResolveProfileResponseSchema, {
    registry: resolution.registry,
    profile: resolution.profile,
    profileVersion: resolution.profile_version,
    revision: BigInt(resolution.revision),
    runtimeKey: resolution.runtime_key,
    ...(unchanged
      ? {}
      : {
          runtime: runtimeMessage(resolution.runtime, undefined),
          stepSettings: structFromJson(resolution.step_settings),
        }),
    fingerprint: resolution.fingerprint,
    unchanged,
    selection: {
      source: SELECTION_SOURCES[resolution.selection.source],
      ignored: (resolution.selection.ignored ?? []).map((ignored) => ({
        ...ignored,
        source: SELECTION_SOURCES[ignored.source],
      })),
    },
    processing: processingMessage(resolution.processing),
    warnings: resolution.warnings,
    metadata: resolution.metadata,
    trace: (resolution.trace ?? []).map(({ pointer, value, layer, lost }) => ({
      pointer,
      value: valueFromJson(value),
      layer: LAYERS[layer],
      lost: lost.map((given) => ({ layer: LAYERS[given.layer], value: valueFromJson(given.value) })),
    })),
  });
}

export function processingMessage(processing: Processing): MessageInitShape<typeof ProcessingSchema> {
  const { requested_mode, applied_mode, profile, profile_version, outcome, bucket } = processing;
  return {
    requestedMode: requested_mode,
    appliedMode: applied_mode,
    profile: profile ?? "",
    profileVersion: profile_version ?? 0,
    outcome: PROCESSING_OUTCOMES[outcome],
    ...(bucket === undefined ? {} : { bucket }),
  };
}
