/**
 * From a request to an effective runtime (spec 4): selection, layers, overrides with policy, fingerprint. A pure function
 * of the documents at a revision, the request and the settings of the process.
 */
import type { Catalog } from "./catalog.js";
import type { Profile, Registry, StepSettings } from "./document.js";
import type { DocumentView } from "./document-view.js";
import { addViolations, quoteCut, type Violation, validationError } from "./errors.js";
import { type FingerprintInput, fingerprint } from "./fingerprint.js";
import { isBlank, parseSlug } from "./identifiers.js";
import { emptyObject, type JsonObject } from "./json.js";
import { type EffectiveRuntime, type Layer, mergeLayers, type TraceEntry, traceLayers } from "./layers.js";
import type { Limits } from "./limits.js";
import { withStoredConfigs } from "./middleware-config.js";
import {
  DIRECT_OVERRIDES,
  DIRECT_SECTION,
  type DirectOverride,
  type OverrideRequest,
  type Overrides,
  readOverrides,
} from "./overrides.js";
import {
  decideProcessing,
  type EnvironmentFlags,
  type Processing,
  type ProcessingRequest,
} from "./processing.js";
import { redact, redactMiddlewares, refuseRedacted, type SecretExemptions } from "./secrets.js";
import { type Selection, type SelectionRequest, selectProfile } from "./selection.js";
import { checkJson, checkStepSettings } from "./validate.js";

export interface ResolveRequest extends OverrideRequest, ProcessingRequest {
  selection: SelectionRequest;
  runtime_key?: string | undefined;
  base_step_settings?: JsonObject | undefined;
  explain?: boolean | undefined;
}

/** Which secrets are shown: all of them, those that the caller itself sent, or none (spec 1.6). */
export type ShownSecrets = "all" | "own" | "none";

export interface ResolveSettings {
  defaultRegistry: string;
  catalog: Catalog;
  limits: Limits;
  secretExempt: SecretExemptions;
  /** What the operator set for emergencies: wins over everything, is no matter of policy. */
  operator: { [name in DirectOverride]?: string | undefined };
  /** What the environment of the process says of rollout flags (spec 5.3). Default nothing. */
  environmentFlags?: EnvironmentFlags;
}

/** The answer in its REST form. */
export interface Resolution {
  registry: string;
  profile: string;
  profile_version: number;
  revision: number;
  /** The given one, else the profile's slug. */
  runtime_key: string;
  runtime: EffectiveRuntime;
  step_settings: StepSettings;
  fingerprint: string;
  selection: Selection;
  processing: Processing;
  warnings: string[];
  metadata: {
    "profile.registry": string;
    "profile.slug": string;
    "profile.version": number;
    "profile.source": string;
  };
  trace?: TraceEntry[];
}

/**
 * Throws `malformed`, `not_found`, `validation`, `failed_precondition` or `policy`, in the order selection, request,
 * processing, overrides.
 */
export function resolve(
  view: DocumentView,
  request: ResolveRequest,
  shown: ShownSecrets,
  settings: ResolveSettings,
): Resolution {
  const { registry, profile, selection } = selectProfile(view, request.selection, settings.defaultRegistry);
  const { runtimeKey } = checkRequest(request, settings.limits);
  const mode = decideProcessing(view, registry, request, settings.environmentFlags ?? {});
  const overrides = readOverrides(request, profile, settings.catalog, settings.limits);
  const profiles = mode.profile ? [profile, mode.profile] : [profile];
  const layers = buildLayers(profiles, request.base_step_settings, overrides, shown, settings);
  const { runtime, step_settings } = mergeLayers(layers);
  const asStored = request.base_step_settings === undefined && Object.keys(overrides).length === 0;
  const identity = {
    registry: registry.slug,
    profile: profile.slug,
    profile_version: profile.metadata.version,
  };
  const { applied_mode, profile: applied, profile_version } = mode.processing;
  const fingerprinted: FingerprintInput = {
    ...identity,
    runtime,
    step_settings,
    ...(applied === undefined
      ? {}
      : { processing: { mode: applied_mode, profile: applied, profile_version: profile_version! } }),
  };
  return {
    ...identity,
    revision: view.revision,
    runtime_key: runtimeKey ?? profile.slug,
    runtime,
    step_settings,
    fingerprint: asStored
      ? storedFingerprint(profiles, settings.operator, fingerprinted)
      : fingerprint(fingerprinted),
    selection,
    processing: mode.processing,
    warnings: warningsOf(profiles, request, overrides, settings),
    metadata: metadataOf(registry, profile),
    ...(request.explain ? { trace: traceLayers(layers) } : {}),
  };
}

/**
 * By the selected profile and the one laid over it (itself where there is none), the last fingerprint of what nothing of a
 * request was laid over: hashing is most of a resolve. A document is never changed in place, and the fingerprint is the same
 * whatever secrets are shown.
 */
const storedFingerprints = new WeakMap<Profile, WeakMap<Profile, StoredFingerprint>>();

interface StoredFingerprint {
  registry: string;
  mode: string | undefined;
  operator: ResolveSettings["operator"];
  value: string;
}

function storedFingerprint(
  profiles: readonly Profile[],
  operator: ResolveSettings["operator"],
  input: FingerprintInput,
): string {
  const selected = profiles[0]!;
  const top = profiles.at(-1)!;
  const byTop = storedFingerprints.get(selected) ?? new WeakMap<Profile, StoredFingerprint>();
  const mode = input.processing?.mode;
  const known = byTop.get(top);
  if (known?.registry === input.registry && known.mode === mode && known.operator === operator)
    return known.value;
  const value = fingerprint(input);
  storedFingerprints.set(selected, byTop.set(top, { registry: input.registry, mode, operator, value }));
  return value;
}

/** Answers the normalised runtime key, if one is given. */
function checkRequest(request: ResolveRequest, limits: Limits): { runtimeKey: string | undefined } {
  const { request_overrides, base_step_settings, runtime_key, ai_engine, ai_api_type } = request;
  const { conv_id, targeting_key } = request;
  const violations: Violation[] = checkJson(
    {
      base_step_settings,
      request_overrides,
      runtime_key,
      ai_engine,
      ai_api_type,
      conv_id,
      targeting_key,
    },
    limits,
  );
  if (violations.length > 0) throw validationError(violations);
  addViolations(violations, checkStepSettings("base_step_settings", base_step_settings, limits));
  if (base_step_settings) refuseRedacted(base_step_settings, "base_step_settings", violations);
  const key = isBlank(runtime_key) ? undefined : parseSlug(runtime_key, "runtime key");
  if (key?.ok === false) violations.push({ field: "runtime_key", reason: key.reason });
  if (violations.length > 0) throw validationError(violations);
  return { runtimeKey: key?.ok ? key.value : undefined };
}

/**
 * The layers, low to high, with secrets as the caller may see them. Redacting here and not in the merged answer keeps what the
 * caller sent apart from what was stored; the fingerprint does not change by it, since it leaves secrets out.
 */
function buildLayers(
  profiles: readonly Profile[],
  base: JsonObject | undefined,
  overrides: Overrides,
  shown: ShownSecrets,
  { secretExempt, operator }: ResolveSettings,
): Layer[] {
  const stored = <T extends JsonObject>(value: T): T =>
    shown === "all" ? value : redact(value, secretExempt);
  const own = <T extends JsonObject>(value: T): T => (shown === "none" ? redact(value, secretExempt) : value);
  const layers = profiles.map(({ runtime, extensions }, i): Layer => {
    const { system_prompt, tools, middlewares, step_settings_patch } = runtime;
    const configured = middlewares && withStoredConfigs(middlewares, extensions);
    return {
      name: i === 0 ? "profile" : "processing_profile",
      ...(system_prompt === undefined ? {} : { system_prompt }),
      ...(tools ? { tools } : {}),
      ...(configured
        ? { middlewares: shown === "all" ? configured : redactMiddlewares(configured, secretExempt) }
        : {}),
      ...(step_settings_patch ? { step_settings: stored(step_settings_patch) } : {}),
    };
  });
  if (base) layers.unshift({ name: "base_step_settings", step_settings: own(base) });
  const { middlewares, step_settings_patch: patch, direct, ...rest } = overrides;
  if (Object.keys(overrides).length > 0) {
    layers.push({
      name: "request_overrides",
      ...rest,
      ...(middlewares
        ? {
            middlewares: middlewares.map(({ entry, borrowed }) =>
              entry.config ? { ...entry, config: (borrowed ? stored : own)(entry.config) } : entry,
            ),
          }
        : {}),
      ...(patch ? { step_settings: own(patch) } : {}),
    });
  }
  // Above the patch of the same request, so that a trace shows the value that it beat.
  if (direct) layers.push({ name: "request_overrides", step_settings: direct });
  const forced = operatorSettings(operator);
  if (forced) layers.push({ name: "operator", step_settings: forced });
  return layers;
}

function operatorSettings(operator: ResolveSettings["operator"]): StepSettings | undefined {
  const fields = emptyObject();
  for (const [name, field] of Object.entries(DIRECT_OVERRIDES)) {
    const value = operator[name as DirectOverride];
    if (value !== undefined) fields[field] = value;
  }
  return Object.keys(fields).length === 0 ? undefined : { [DIRECT_SECTION]: fields };
}

function warningsOf(
  profiles: readonly Profile[],
  request: ResolveRequest,
  overrides: Overrides,
  { catalog, operator }: ResolveSettings,
): string[] {
  const warnings: string[] = [];
  const names = Object.entries(DIRECT_OVERRIDES) as [DirectOverride, string][];
  for (const [name, field] of names) {
    if (isBlank(request[name])) continue;
    warnings.push(
      `${name} is deprecated: select a profile that sets step_settings_patch.${DIRECT_SECTION}.${field}`,
    );
  }
  // An override replaces the stored middlewares whole, and names only known ones.
  const top = profiles.findLast(({ runtime }) => runtime.middlewares !== undefined);
  const stored = overrides.middlewares === undefined ? (top?.runtime.middlewares ?? []) : [];
  for (const name of new Set(stored.map((entry) => entry.name))) {
    if (!catalog.has(name))
      warnings.push(`middleware "${quoteCut(name)}" is not in the catalogue of this server`);
  }
  for (const [name, field] of names) {
    const value = operator[name];
    if (value !== undefined) {
      warnings.push(
        `the operator of this server sets step_settings.${DIRECT_SECTION}.${field} to "${quoteCut(value)}"`,
      );
    }
  }
  return warnings;
}

function metadataOf(registry: Registry, profile: Profile): Resolution["metadata"] {
  return {
    "profile.registry": registry.slug,
    "profile.slug": profile.slug,
    "profile.version": profile.metadata.version,
    "profile.source": profile.metadata.source || registry.metadata.source || "",
  };
}
