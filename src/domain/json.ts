/**
 * JSON values as documents hold them, and the few operations on them that rules need.
 * Member names are user input: objects are built with null prototypes, so that `__proto__` is a name like any other.
 */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [member: string]: Json;
}

/** An empty object in which every name, `__proto__` too, is an ordinary member. */
export function emptyObject(): JsonObject {
  return Object.create(null) as JsonObject;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A deep copy with null-prototype objects. */
export function copyJson<T extends Json>(value: T): T {
  return mapMembers(value, (_name, member, descend) => descend(member)) as T;
}

/**
 * A deep copy in which `decide` chooses what becomes of each object member: a value to keep in its place,
 * `undefined` to leave it out, or `descend(member)` to go on inside.
 */
export function mapMembers(
  value: Json,
  decide: (name: string, member: Json, descend: (inner: Json) => Json) => Json | undefined,
): Json {
  const descend = (inner: Json): Json => {
    if (Array.isArray(inner)) return inner.map(descend);
    if (!isObject(inner)) return inner;
    const copy = emptyObject();
    for (const [name, member] of Object.entries(inner)) {
      const decided = decide(name, member, descend);
      if (decided !== undefined) copy[name] = decided;
    }
    return copy;
  };
  return descend(value);
}

/** What a member of an object is, or undefined; never something inherited. */
export function member(object: JsonObject | undefined, name: string): Json | undefined {
  return object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;
}

/** True when containers nest deeper than `limit` levels; the value itself is level 1. Never recurses deeper than `limit`. */
export function nestsDeeperThan(value: unknown, limit: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (limit === 0) return true;
  for (const inner of Object.values(value)) if (nestsDeeperThan(inner, limit - 1)) return true;
  return false;
}

/** Why a value is no JSON (spec 1.2): numbers that JSON has not, text that is no Unicode; undefined when it is fine. */
export function whyNotJson(value: unknown): string | undefined {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) ? undefined : "must be a finite number";
    case "string":
      return value.isWellFormed() ? undefined : "must not contain unpaired surrogates";
    case "boolean":
      return undefined;
    case "object":
      if (value === null) return undefined;
      if (Array.isArray(value)) return firstReason(value, whyNotJson);
      return firstReason(Object.entries(value), ([name, inner]) => whyNotJson(name) ?? whyNotJson(inner));
    default:
      return "must be a JSON value";
  }
}

function firstReason<T>(items: readonly T[], why: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const reason = why(item);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Structural equality; the order of members does not count, the order of items does. */
export function equalJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => equalJson(item, b[i]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length && names.every((n) => Object.hasOwn(b, n) && equalJson(a[n], b[n]))
  );
}
