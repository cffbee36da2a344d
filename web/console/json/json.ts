/** JSON values, compared and cut as the console needs them. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The order of members does not count. */
export function equalJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => equalJson(item, b[i]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && equalJson(a[name], b[name]))
  );
}

/** An own member; names such as `constructor` are names like any other. */
export function member(value: unknown, name: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** A copy with the member set; undefined takes it out. Also of names that objects have by themselves. */
export function withMember(object: JsonObject, name: string, value: Json | undefined): JsonObject {
  const entries = Object.entries(object);
  const at = entries.findIndex(([own]) => own === name);
  if (value === undefined) return fromEntries(entries.filter(([own]) => own !== name));
  if (at < 0) entries.push([name, value]);
  else entries[at] = [name, value];
  return fromEntries(entries);
}

/** `__proto__` becomes a member, not a prototype. */
export function fromEntries(entries: Iterable<readonly [string, Json]>): JsonObject {
  return Object.fromEntries(entries);
}

/** In one line, as far as it is of use. */
export function shortJson(value: Json | undefined, most = 200): string {
  if (value === undefined) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

export function prettyJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2) ?? "";
}
