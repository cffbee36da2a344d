/** RFC 8785 by hand, so that tests depend on no implementation of ours or of a library. */
import { createHash } from "node:crypto";
import type { Json } from "../../src/domain/json.js";

export function canonicalText(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    // Sorted by UTF-16 units, which is how JavaScript compares text.
    const names = Object.keys(value).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${names.map((name) => `${text(name)}:${canonicalText(value[name] as Json)}`).join(",")}}`;
  }
  if (typeof value === "string") return text(value);
  // ECMAScript's own spelling of numbers is the one that RFC 8785 takes.
  return Object.is(value, -0) ? "0" : String(value);
}

const ESCAPES: Record<string, string> = {
  '"': '\\"',
  "\\": "\\\\",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

function text(value: string): string {
  const units = Array.from({ length: value.length }, (_, i) => value.charAt(i));
  const escaped = units.map((unit) => {
    if (ESCAPES[unit] !== undefined) return ESCAPES[unit];
    return unit < " " ? `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}` : unit;
  });
  return `"${escaped.join("")}"`;
}

export function sha256(canonical: string): string {
  return `sha256:${createHash("sha256").update(canonical, "utf8").digest("hex")}`;
}
