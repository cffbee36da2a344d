/**
 * Which members are secrets, and what becomes of them where a document leaves, comes back, or is hashed (spec 1.6).
 * Secrets live in step settings and in middleware configs; the name of a member alone decides.
 */
import { canonicalKey } from "./canonical-key.js";
import type { Extensions, MiddlewareUse, Profile, StepSettings } from "./document.js";
import { quoteCut, type Violation } from "./errors.js";
import { isMiddlewareConfigKey } from "./identifiers.js";
import { emptyObject, isObject, type Json, type JsonObject, mapMembers, member } from "./json.js";

/** Stands in the place of a secret wherever a document leaves. */
export const REDACTED = "<redacted>";

const SECRET_NAME = /(?:^|_)(?:api_key|token|secret|password)$/;

/** Answers by name: the members of all documents have but a few, and every resolve with overrides asks for each. */
const secretNames = new Map<string, boolean>();
const MOST_NAMES = 10_000;
const LONGEST_NAME = 64;

export function isSecretName(name: string): boolean {
  let isSecret = secretNames.get(name);
  if (isSecret !== undefined) return isSecret;
  isSecret = SECRET_NAME.test(canonicalKey(name));
  if (name.length > LONGEST_NAME) return isSecret;
  if (secretNames.size >= MOST_NAMES) secretNames.clear();
  secretNames.set(name, isSecret);
  return isSecret;
}

/** Which secrets are shown: all of them, those that the caller itself sent, or none (spec 1.6). */
export type ShownSecrets = "all" | "own" | "none";

/** Member names, canonicalised, that are shown although they look like secrets (`--secret-exempt`). */
export type SecretExemptions = ReadonlySet<string>;

export function secretExemptions(names: readonly string[]): SecretExemptions {
  return new Set(names.map(canonicalKey));
}

/** Whether a member at any depth is one, exempt or not. */
export function holdsSecret(value: Json): boolean {
  if (Array.isArray(value)) return value.some(holdsSecret);
  if (!isObject(value)) return false;
  return Object.entries(value).some(([name, inner]) => isSecretName(name) || holdsSecret(inner));
}

/** A copy with every secret member replaced, at any depth. */
export function redact<T extends JsonObject>(value: T, exempt: SecretExemptions): T {
  return mapMembers(value, (name, inner, descend) =>
    isSecretName(name) && !exempt.has(canonicalKey(name)) ? REDACTED : descend(inner),
  ) as T;
}

/** A copy without the secret members, as the fingerprint sees it: exemptions do not count here. */
export function omitSecrets<T extends JsonObject>(value: T): T {
  return mapMembers(value, (name, inner, descend) => (isSecretName(name) ? undefined : descend(inner))) as T;
}

/** What a profile does, without the secret members. */
export function omitProfileSecrets({
  runtime,
  extensions,
}: Pick<Profile, "runtime" | "extensions">): Pick<Profile, "runtime" | "extensions"> {
  return {
    runtime: {
      ...runtime,
      ...(runtime.step_settings_patch
        ? { step_settings_patch: omitSecrets(runtime.step_settings_patch) }
        : {}),
    },
    ...(extensions ? { extensions: mapSlots(extensions, omitSecrets) } : {}),
  };
}

export function redactProfile<T extends Omit<Profile, "metadata">>(profile: T, exempt: SecretExemptions): T {
  const { runtime, extensions } = profile;
  return {
    ...profile,
    runtime: {
      ...runtime,
      ...(runtime.step_settings_patch
        ? { step_settings_patch: redact(runtime.step_settings_patch, exempt) }
        : {}),
      ...(runtime.middlewares ? { middlewares: redactMiddlewares(runtime.middlewares, exempt) } : {}),
    },
    ...(extensions ? { extensions: redactExtensions(extensions, exempt) } : {}),
  };
}

export function redactMiddlewares(
  entries: readonly MiddlewareUse[],
  exempt: SecretExemptions,
): MiddlewareUse[] {
  return entries.map((entry) => (entry.config ? { ...entry, config: redact(entry.config, exempt) } : entry));
}

export function redactExtensions(extensions: Extensions, exempt: SecretExemptions): Extensions {
  return mapSlots(extensions, (config) => redact(config, exempt));
}

/** A copy of extensions with every middleware config put through `change`; all else as it is. */
function mapSlots(extensions: Extensions, change: (config: JsonObject) => JsonObject): Extensions {
  const copy = emptyObject();
  for (const [key, payload] of Object.entries(extensions)) {
    const instances = isObject(payload) ? member(payload, "instances") : undefined;
    if (!isMiddlewareConfigKey(key) || !isObject(payload) || !isObject(instances)) {
      copy[key] = payload;
      continue;
    }
    const changed = emptyObject();
    for (const [slot, config] of Object.entries(instances)) {
      changed[slot] = isObject(config) ? change(config) : config;
    }
    copy[key] = { ...payload, instances: changed };
  }
  return copy;
}

/**
 * A copy in which every secret that came back as `<redacted>` holds the value stored at the same place.
 * Where none is stored, a violation at that place, below `field`, and the member is left out.
 */
export function keepStoredSecrets<T extends JsonObject>(
  sent: T,
  stored: Json | undefined,
  field: string,
  violations: Violation[],
): T {
  const walk = (value: Json, kept: Json | undefined, path: string): Json => {
    if (Array.isArray(value)) {
      return value.map((item, i) => walk(item, Array.isArray(kept) ? kept[i] : undefined, `${path}[${i}]`));
    }
    if (!isObject(value)) return value;
    const copy = emptyObject();
    for (const [name, inner] of Object.entries(value)) {
      const at = `${path}.${quoteCut(name)}`;
      const below = member(isObject(kept) ? kept : undefined, name);
      if (inner !== REDACTED || !isSecretName(name)) copy[name] = walk(inner, below, at);
      else if (below !== undefined) copy[name] = below;
      else violations.push({ field: at, reason: "no stored value to keep" });
    }
    return copy;
  };
  return walk(sent, stored, field) as T;
}

function holdsRedacted(value: Json): boolean {
  if (typeof value !== "object" || value === null) return value === REDACTED;
  return Object.values(value).some(holdsRedacted);
}

/** In what a resolve brings along there is nothing stored to keep: every `<redacted>` secret is a violation. */
export function refuseRedacted(sent: StepSettings, field: string, violations: Violation[]): void {
  if (holdsRedacted(sent)) keepStoredSecrets(sent, undefined, field, violations);
}
