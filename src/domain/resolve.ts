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
import type { JsonObject } from "./json.js";
import { type EffectiveRuntime, mergeLayers, type TraceEntry, traceLayers } from "./layers.js";
import type { Limits } from "./limits.js";
import {
  DIRECT_NAMES,
  DIRECT_SECTION,
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
import { buildLayers, type LayerSettings } from "./resolve-layers.js";
import { refuseRedacted, type ShownSecrets } from "./secrets.js";
import { type Selected, type Selection, type SelectionRequest, selectProfile } from "./selection.js";
import { checkJson, checkStepSettings } from "./validate.js";

export interface ResolveRequest extends OverrideRequest, ProcessingRequest {
  selection: SelectionRequest;
  runtime_key?: string | undefined;
  base_step_settings?: JsonObject | undefined;
  explain?: boolean | undefined;
}

export interface ResolveSettings extends LayerSettings {
  defaultRegistry: string;
  catalog: Catalog;
  limits: Limits;
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
  const { registry, profile, selection } = selected;
  return { registry, profile, selection, runtimeKey, mode };
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
  const fingerprinted: FingerprintInput = {
    registry: registry.slug,
    profile: profile.slug,
    profile_version: profile.metadata.version,
    runtime,
    step_settings,
  };
  const { applied_mode, profile: applied, profile_version } = mode.processing;
  if (applied !== undefined) {
    fingerprinted.processing = { mode: applied_mode, profile: applied, profile_version: profile_version! };
  }
  const resolution: Resolution = {
    registry: registry.slug,
    profile: profile.slug,
    profile_version: profile.metadata.version,
    revision,
    runtime_key: runtimeKey ?? profile.slug,
    runtime,
    step_settings,
    fingerprint: fingerprint(fingerprinted),
    selection,
    processing: mode.processing,
    warnings: warningsOf(profiles, request, overrides, settings),
    metadata: metadataOf(registry, profile),
  };
  if (request.explain) resolution.trace = traceLayers(layers);
  return resolution;
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
