/** What a request may change for itself, and whether the profile lets it (spec 4.3). */
import { canonicalKey } from "./canonical-key.js";
import type { Catalog } from "./catalog.js";
import type { MiddlewareUse, Policy, Profile, StepSettings } from "./document.js";
import {
  addViolations,
  invalid,
  policyViolation,
  quoteCut,
  type Violation,
  validationError,
} from "./errors.js";
import { isBlank } from "./identifiers.js";
import { emptyObject, isObject, type Json, type JsonObject } from "./json.js";
import type { Limits } from "./limits.js";
import { readSlot, slotName } from "./middleware-config.js";
import { refuseRedacted } from "./secrets.js";
import {
  checkMiddlewareIds,
  checkMiddlewareNames,
  checkStepSettings,
  checkSystemPrompt,
  checkTools,
} from "./validate.js";

/** Deprecated in favour of profiles: each means a field of `step_settings_patch.ai-chat` and wins over it. */
export const DIRECT_OVERRIDES = { ai_api_type: "ai-api-type", ai_engine: "ai-engine" } as const;
export type DirectOverride = keyof typeof DIRECT_OVERRIDES;
/** With the fields that they mean. */
export const DIRECT_NAMES = Object.entries(DIRECT_OVERRIDES) as [DirectOverride, string][];
export const DIRECT_SECTION = "ai-chat";

export interface OverrideRequest {
  request_overrides?: JsonObject | undefined;
  ai_engine?: string | undefined;
  ai_api_type?: string | undefined;
}

/** A middleware of an override. `borrowed`: its config came from the stored profile, so its secrets are not the caller's. */
export interface OverrideMiddleware {
  entry: MiddlewareUse;
  borrowed: boolean;
}

export interface Overrides {
  system_prompt?: string;
  tools?: string[];
  middlewares?: OverrideMiddleware[];
  step_settings_patch?: StepSettings;
  direct?: StepSettings;
}

const FIELD = "request_overrides";

/**
 * The overrides of a request, checked in the order keys, policy, values. Nothing given: policy is not consulted.
 * Throws `validation` or `policy`.
 */
export function readOverrides(
  request: OverrideRequest,
  profile: Profile,
  catalog: Catalog,
  limits: Limits,
): Overrides {
  const values = canonicalOverrides(request.request_overrides ?? emptyObject());
  const direct = directSettings(request);
  const directNames = Object.keys(DIRECT_OVERRIDES).filter(
    (name) => !isBlank(request[name as DirectOverride]),
  );
  const keys = [...values.keys(), ...directNames];
  if (keys.length === 0) return {};
  checkOverridePolicy(profile.policy, keys);
  return { ...readValues(values, profile, catalog, limits), ...(direct ? { direct } : {}) };
}

/** The overrides by canonical key, sorted. */
function canonicalOverrides(overrides: JsonObject): Map<string, Json> {
  const byKey = new Map<string, Json>();
  const duplicates = new Set<string>();
  for (const [raw, value] of Object.entries(overrides)) {
    const key = canonicalKey(raw);
    if (key === "") throw invalid(FIELD, "override keys must not be empty");
    if (byKey.has(key)) duplicates.add(key);
    byKey.set(key, value);
  }
  if (duplicates.size > 0) {
    throw validationError(
      [...duplicates].sort().map((key) => ({
        field: `${FIELD}.${quoteCut(key)}`,
        reason: "duplicate override key after canonicalization",
      })),
    );
  }
  return byKey.size < 2 ? byKey : new Map([...byKey].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Keys are canonical; a direct override is also covered by what the lists say of `step_settings_patch`. */
export function checkOverridePolicy(policy: Policy, keys: readonly string[]): void {
  if (!policy.allow_overrides) throw policyViolation("request overrides are disabled for this profile");
  if (!policy.denied_override_keys?.length && !policy.allowed_override_keys?.length) return;
  const denied = new Set((policy.denied_override_keys ?? []).map(canonicalKey));
  const allowed = new Set((policy.allowed_override_keys ?? []).map(canonicalKey));
  for (const key of [...keys].sort()) {
    const covers = (list: ReadonlySet<string>): boolean =>
      list.has(key) || (Object.hasOwn(DIRECT_OVERRIDES, key) && list.has("step_settings_patch"));
    if (covers(denied)) throw policyViolation(`override key "${quoteCut(key)}" is denied`);
    if (allowed.size > 0 && !covers(allowed)) {
      throw policyViolation(`override key "${quoteCut(key)}" is not allowed`);
    }
  }
}

function readValues(
  values: ReadonlyMap<string, Json>,
  profile: Profile,
  catalog: Catalog,
  limits: Limits,
): Overrides {
  const violations: Violation[] = [];
  const overrides: Overrides = {};
  for (const [key, value] of values) {
    const field = `${FIELD}.${quoteCut(key)}`;
    switch (key) {
      case "system_prompt":
        if (typeof value === "string") {
          overrides.system_prompt = value;
          violations.push(...checkSystemPrompt(field, value, limits));
        } else violations.push({ field, reason: "must be a string" });
        break;
      case "tools":
        overrides.tools = readTools(value, field, limits, violations);
        break;
      case "middlewares":
        overrides.middlewares = readMiddlewares(value, field, { profile, catalog, limits, violations });
        break;
      case "step_settings_patch":
        addViolations(violations, checkStepSettings(field, value, limits));
        if (isObject(value)) {
          refuseRedacted(value, field, violations);
          overrides.step_settings_patch = value;
        }
        break;
      default:
        violations.push({ field, reason: "unsupported override key" });
    }
  }
  if (violations.length > 0) throw validationError(violations);
  return overrides;
}

function readTools(value: Json, field: string, limits: Limits, violations: Violation[]): string[] {
  if (!Array.isArray(value)) {
    violations.push({ field, reason: "must be an array" });
    return [];
  }
  const wrong = value.flatMap((tool, i) =>
    typeof tool === "string" ? [] : [{ field: `${field}[${i}]`, reason: "must be a string" }],
  );
  if (wrong.length > 0) {
    addViolations(violations, wrong);
    return [];
  }
  const tools = (value as string[]).map((tool) => tool.trim());
  addViolations(violations, checkTools(field, tools, limits));
  return tools;
}

interface MiddlewareRules {
  profile: Profile;
  catalog: Catalog;
  limits: Limits;
  violations: Violation[];
}

function readMiddlewares(value: Json, field: string, rules: MiddlewareRules): OverrideMiddleware[] {
  const { profile, catalog, limits, violations } = rules;
  if (!Array.isArray(value)) {
    violations.push({ field, reason: "must be an array" });
    return [];
  }
  const before = violations.length;
  const entries = value.map((item, i) => readEntry(item, `${field}[${i}]`, violations));
  if (violations.length > before) return [];
  addViolations(
    violations,
    checkMiddlewareNames(field, entries, catalog, limits),
    checkMiddlewareIds(field, entries, limits),
  );
  return entries.map(({ config, ...entry }, i) => {
    const at = `${field}[${i}].config`;
    if (config !== undefined && !isObject(config)) {
      violations.push({ field: at, reason: "must be an object" });
      return { entry, borrowed: false };
    }
    if (config !== undefined) refuseRedacted(config, at, violations);
    const stored =
      config === undefined && entry.id !== undefined
        ? readSlot(profile.extensions, entry.name, slotName(entry, i))
        : undefined;
    if (!catalog.has(entry.name)) return { entry, borrowed: false };
    const resolved = catalog.resolveConfig(entry.name, config ?? stored ?? emptyObject());
    if (!resolved.ok) {
      for (const reason of resolved.reasons) violations.push({ field: at, reason });
      return { entry, borrowed: false };
    }
    const effective = Object.keys(resolved.config).length > 0 ? { ...entry, config: resolved.config } : entry;
    return { entry: effective, borrowed: stored !== undefined };
  });
}

function readEntry(
  item: Json,
  field: string,
  violations: Violation[],
): MiddlewareUse & { config?: Json & JsonObject } {
  if (!isObject(item)) {
    violations.push({ field, reason: "must be an object" });
    return { name: "" };
  }
  const { name, id, enabled, config } = item;
  if (name !== undefined && name !== null && typeof name !== "string") {
    violations.push({ field: `${field}.name`, reason: "must be a string" });
  }
  if (id !== undefined && id !== null && typeof id !== "string") {
    violations.push({ field: `${field}.id`, reason: "must be a string" });
  }
  if (typeof id === "string" && isBlank(id))
    violations.push({ field: `${field}.id`, reason: "must not be empty" });
  if (enabled !== undefined && enabled !== null && typeof enabled !== "boolean") {
    violations.push({ field: `${field}.enabled`, reason: "must be a boolean" });
  }
  return {
    name: typeof name === "string" ? name.trim() : "",
    ...(typeof id === "string" ? { id: id.trim() } : {}),
    ...(typeof enabled === "boolean" ? { enabled } : {}),
    // What is no object is refused by the caller, at its field.
    ...(config === undefined || config === null ? {} : { config: config as JsonObject }),
  };
}

function directSettings(request: OverrideRequest): StepSettings | undefined {
  const fields = emptyObject();
  for (const [name, setting] of Object.entries(DIRECT_OVERRIDES)) {
    const value = request[name as DirectOverride];
    if (!isBlank(value)) fields[setting] = value.trim();
  }
  return Object.keys(fields).length === 0 ? undefined : { [DIRECT_SECTION]: fields };
}
