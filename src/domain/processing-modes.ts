/** What a registry declares of its processing modes (spec 5.1). */
import type { Registry } from "./document.js";
import { quoteCut, type Violation } from "./errors.js";
import { normalizeIdentifier, parseSlug } from "./identifiers.js";
import { emptyObject, isObject, type Json, type JsonObject, member } from "./json.js";
import type { Limits } from "./limits.js";
import { checkCount, checkName } from "./validate.js";

export interface ProcessingMode {
  /** The first is the mode's own; a request may name another one. */
  profiles: readonly string[];
  description?: string;
}

export const DEFAULT_MODE = "default";
/** A resolve looks at all modes of a registry, and a rollout is answered with all profiles of its mode. */
const MOST_MODES = 100;
const MOST_PROFILES = 100;
/** `outcomes` is a route beside the modes' own. */
const RESERVED: readonly string[] = [DEFAULT_MODE, "outcomes"];

type Declares = Pick<Registry, "processing_modes">;

const declared = new WeakMap<Declares, ReadonlyMap<string, ProcessingMode>>();

/**
 * The modes of a registry, by name. What a document from before modes were served holds and is no declaration counts as none;
 * see `undeclarable`.
 */
export function modesOf(registry: Declares): ReadonlyMap<string, ProcessingMode> {
  const known = declared.get(registry);
  if (known !== undefined) return known;
  const modes = new Map<string, ProcessingMode>();
  for (const name of Object.keys(registry.processing_modes ?? {}).sort()) {
    const mode = readMode(name, registry.processing_modes![name]!);
    if (mode !== undefined) modes.set(name, mode);
  }
  declared.set(registry, modes);
  return modes;
}

/** Names under `processing_modes` that a registry stores and that declare nothing. */
export function undeclarable(registry: Declares): string[] {
  const modes = modesOf(registry);
  return Object.keys(registry.processing_modes ?? {})
    .filter((name) => !modes.has(name))
    .sort();
}

function readMode(name: string, stored: Json): ProcessingMode | undefined {
  const violations: Violation[] = [];
  const drafted = draftMode(name, stored, "", violations);
  return violations.length === 0 && drafted?.name === name ? drafted.mode : undefined;
}

/** The declarations of a write as they are stored; problems are added to `violations`. */
export function draftModes(input: JsonObject, limits: Limits, violations: Violation[]): JsonObject {
  const modes = emptyObject();
  for (const [raw, declaration] of Object.entries(input)) {
    const field = `registry.processing_modes.${quoteCut(raw)}`;
    const drafted = draftMode(raw, declaration, field, violations);
    if (drafted === undefined) continue;
    const { name, mode } = drafted;
    if (name in modes) violations.push({ field, reason: "duplicate processing mode after normalization" });
    violations.push(
      ...checkCount(`${field}.profiles`, mode.profiles.length, MOST_PROFILES),
      ...checkName(`${field}.description`, mode.description, limits),
    );
    modes[name] = { ...mode, profiles: [...mode.profiles] };
  }
  violations.push(...checkCount("registry.processing_modes", Object.keys(modes).length, MOST_MODES));
  return modes;
}

function draftMode(
  raw: string,
  declaration: Json,
  field: string,
  violations: Violation[],
): { name: string; mode: ProcessingMode } | undefined {
  const before = violations.length;
  const name = parseSlug(raw, "processing mode");
  if (!name.ok) violations.push({ field, reason: name.reason });
  else if (RESERVED.includes(name.value))
    violations.push({ field, reason: `processing mode "${name.value}" is reserved` });
  if (!isObject(declaration)) {
    violations.push({ field, reason: "must be an object" });
    return undefined;
  }
  const given = member(declaration, "profiles") ?? undefined;
  const profiles: string[] = [];
  if (!Array.isArray(given)) violations.push({ field: `${field}.profiles`, reason: "must be an array" });
  else if (given.length === 0) violations.push({ field: `${field}.profiles`, reason: "must not be empty" });
  else {
    given.forEach((item, i) => {
      const at = `${field}.profiles[${i}]`;
      if (typeof item !== "string") {
        violations.push({ field: at, reason: "must be a string" });
        return;
      }
      const slug = parseSlug(item, "profile slug");
      if (!slug.ok) violations.push({ field: at, reason: slug.reason });
      else if (profiles.includes(slug.value))
        violations.push({ field: at, reason: `profile "${slug.value}" is listed twice` });
      else profiles.push(slug.value);
    });
  }
  const description = member(declaration, "description") ?? undefined;
  if (description !== undefined && typeof description !== "string")
    violations.push({ field: `${field}.description`, reason: "must be a string" });
  if (violations.length > before) return undefined;
  const text = (description as string | undefined)?.trim() ?? "";
  return {
    name: normalizeIdentifier(raw),
    mode: { profiles, ...(text === "" ? {} : { description: text }) },
  };
}
