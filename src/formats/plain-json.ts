/** JSON as the platform reads it, many times faster than a parser that knows where everything stands. */
import type { Json } from "../domain/json.js";
import type { Excerpt } from "./source-text.js";
import { MAX_DEPTH } from "./yaml-tree.js";

/** Undefined for what is no JSON, and for what JSON.parse takes and a file may not hold: names used twice, depth. */
export function plainJson({ text, depth }: Excerpt): Json | undefined {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  const members = countMembers(value, depth);
  // Of members with the same name the last one stays: fewer than were written.
  return members === undefined || members !== countColons(text) ? undefined : value;
}

/** Undefined for what nests too deep. */
function countMembers(value: Json, depth: number): number | undefined {
  if (typeof value !== "object" || value === null) return 0;
  if (depth > MAX_DEPTH) return undefined;
  const inner = Object.values(value);
  let count = Array.isArray(value) ? 0 : inner.length;
  for (const one of inner) {
    const found = countMembers(one, depth + 1);
    if (found === undefined) return undefined;
    count += found;
  }
  return count;
}

/** Outside strings; the text is known to be JSON. */
function countColons(text: string): number {
  let count = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i);
    if (inString && character === 0x5c) i += 1;
    else if (character === 0x22) inString = !inString;
    else if (character === 0x3a && !inString) count += 1;
  }
  return count;
}
