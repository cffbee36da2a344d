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
import { emptyObject, type Json, type JsonObject } from "./json.js";
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
  type ProcessingDecision,
  type ProcessingRequest,
} from "./processing.js";
import { holdsSecret, redact, redactMiddlewares, refuseRedacted, type SecretExemptions } from "./secrets.js";
import { type Selected, type Selection, type SelectionRequest, selectProfile } from "./selection.js";
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

/** The answer in its REST form. Not to be modified: what came from documents is shared with other answers. */
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

/** What a request comes to before anything is computed for it. */
export interface Decision extends Selected {
  /** The normalised one that was given. */
  runtimeKey: string | undefined;
  mode: ProcessingDecision;
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
  return resolveDecided(decide(view, request, settings), view.revision, request, shown, settings);
}

/** The part of `resolve` that `conv_id` and `targeting_key` have a say in. */
export function decide(view: DocumentView, request: ResolveRequest, settings: ResolveSettings): Decision {
  const selected = selectProfile(view, request.selection, settings.defaultRegistry);
  const { runtimeKey } = checkRequest(request, settings.limits);
  const mode = decideProcessing(view, selected.registry, request, settings.environmentFlags ?? {});
  return { ...selected, runtimeKey, mode };
}

/** The rest of `resolve`. */
export function resolveDecided(
  { registry, profile, selection, runtimeKey, mode }: Decision,
  revision: number,
  request: ResolveRequest,
  shown: ShownSecrets,
  settings: ResolveSettings,
): Resolution {
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
    revision,
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
 * By the selected profile, the last fingerprint of what nothing of a request was laid over: hashing is most of a resolve. A
 * document is never changed in place, and the fingerprint is the same whatever secrets are shown.
 */
const storedFingerprints = new WeakMap<Profile, StoredFingerprint>();

interface StoredFingerprint {
  /** The uppermost profile. */
  top: Profile;
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
  const mode = input.processing?.mode;
  const known = storedFingerprints.get(selected);
  if (
    known?.top === top &&
    known.registry === input.registry &&
    known.mode === mode &&
    known.operator === operator
  )
    return known.value;
  const value = fingerprint(input);
  storedFingerprints.set(selected, { top, registry: input.registry, mode, operator, value });
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
  const layers = profiles.map(
    (profile, i): Layer => ({
      name: i === 0 ? "profile" : "processing_profile",
      ...storedLayer(profile, shown === "all" ? undefined : secretExempt),
    }),
  );
  if (base) layers.unshift({ name: "base_step_settings", step_settings: own(base) });
  const { system_prompt, tools, middlewares, step_settings_patch: patch, direct } = overrides;
  if (system_prompt !== undefined || tools || middlewares || patch || direct) {
    const layer: Layer = { name: "request_overrides" };
    if (system_prompt !== undefined) layer.system_prompt = system_prompt;
    if (tools) layer.tools = tools;
    if (middlewares) {
      layer.middlewares = middlewares.map(({ entry, borrowed }) =>
        entry.config ? { ...entry, config: (borrowed ? stored : own)(entry.config) } : entry,
      );
    }
    if (patch) layer.step_settings = own(patch);
    layers.push(layer);
  }
  // Above the patch of the same request, so that a trace shows the value that it beat.
  if (direct) layers.push({ name: "request_overrides", step_settings: direct });
  const forced = operatorSettings(operator);
  if (forced) layers.push({ name: "operator", step_settings: forced });
  return layers;
}

type StoredLayer = Omit<Layer, "name">;

/** As redacted with these exemptions. A document is never changed in place. */
const redactedLayers = new WeakMap<Profile, { exempt: SecretExemptions; layer: StoredLayer }>();

/** What a profile sets; with its secrets where `exempt` is undefined. */
function storedLayer(profile: Profile, exempt: SecretExemptions | undefined): StoredLayer {
  const known = exempt && redactedLayers.get(profile);
  if (known?.exempt === exempt && known !== undefined) return known.layer;
  const { system_prompt, tools, middlewares, step_settings_patch } = profile.runtime;
  const configured = middlewares && withStoredConfigs(middlewares, profile.extensions);
  // Most have no secrets, and need no copy.
  const redacts = exempt && holdsSecret([configured ?? null, step_settings_patch ?? null] as Json);
  const layer = {
    ...(system_prompt === undefined ? {} : { system_prompt }),
    ...(tools ? { tools } : {}),
    ...(configured ? { middlewares: redacts ? redactMiddlewares(configured, exempt) : configured } : {}),
    ...(step_settings_patch
      ? { step_settings: redacts ? redact(step_settings_patch, exempt) : step_settings_patch }
      : {}),
  };
  if (exempt) redactedLayers.set(profile, { exempt, layer });
  return layer;
}

const DIRECT_NAMES = Object.entries(DIRECT_OVERRIDES) as [DirectOverride, string][];

function operatorSettings(operator: ResolveSettings["operator"]): StepSettings | undefined {
  const forced = DIRECT_NAMES.filter(([name]) => operator[name] !== undefined);
  if (forced.length === 0) return undefined;
  const fields = emptyObject();
  for (const [name, field] of forced) fields[field] = operator[name]!;
  return { [DIRECT_SECTION]: fields };
}

function warningsOf(
  profiles: readonly Profile[],
  request: ResolveRequest,
  overrides: Overrides,
  { catalog, operator }: ResolveSettings,
): string[] {
  const warnings: string[] = [];
  for (const [name, field] of DIRECT_NAMES) {
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
  for (const [name, field] of DIRECT_NAMES) {
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
