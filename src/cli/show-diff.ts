/** Differences of documents for terminals: a line each, long texts line by line. */
import type { Difference } from "../domain/document-diff.js";
import { equalJson, type Json } from "../domain/json.js";

export interface Style {
  /** Default false. */
  colours?: boolean;
  /** Stands before every line. Default nothing. */
  indent?: string;
}

/** What a line tells of: something new, gone, or other than before. */
export type Sign = "+" | "-" | "~";

const COLOURS: Readonly<Record<Sign, number>> = { "+": 32, "-": 31, "~": 33 };
/** Of a value on a line, in characters. */
const MAX_VALUE = 100;
/** Of a text that is shown line by line, on each side. */
const MAX_LINES = 20;

/** `~ /runtime/tools/0: "a" → "b"`, `+ /description: "x"`, `- /display_name: "y"`. */
export function differenceLines(differences: readonly Difference[], style: Style = {}): string[] {
  return differences.flatMap((difference) => {
    const { pointer, from, to } = difference;
    const name = printable(pointer);
    if (from === undefined) return [signedLine("+", `${name}: ${shownValue(to)}`, style)];
    if (to === undefined) return [signedLine("-", `${name}: ${shownValue(from)}`, style)];
    if (isLong(from) && isLong(to))
      return [signedLine("~", `${name}:`, style), ...textLines(from, to, style)];
    // Two secrets look the same.
    const values = equalJson(from, to)
      ? `${shownValue(from)} (changed)`
      : `${shownValue(from)} → ${shownValue(to)}`;
    return [signedLine("~", `${name}: ${values}`, style)];
  });
}

export function signedLine(sign: Sign, text: string, { colours = false, indent = "" }: Style): string {
  const line = `${sign} ${text}`;
  return indent + (colours ? `\u001b[${COLOURS[sign]}m${line}\u001b[0m` : line);
}

/** Nothing that a terminal would act upon. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, "0")}`,
  );
}

function shownValue(value: Json | undefined): string {
  const text = printable(JSON.stringify(value ?? null));
  return text.length > MAX_VALUE ? `${Array.from(text).slice(0, MAX_VALUE).join("")}…` : text;
}

function isLong(value: Json): value is string {
  return typeof value === "string" && (value.includes("\n") || value.length > MAX_VALUE);
}

/** The lines between those that both texts begin with and those that both end with. */
function textLines(from: string, to: string, style: Style): string[] {
  const before = from.split("\n");
  const after = to.split("\n");
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const inner = { ...style, indent: `${style.indent ?? ""}    ` };
  return [
    ...someLines("-", before.slice(head, before.length - tail), inner),
    ...someLines("+", after.slice(head, after.length - tail), inner),
  ];
}

function someLines(sign: Sign, lines: readonly string[], style: Style): string[] {
  const shown = lines.slice(0, MAX_LINES).map((line) => signedLine(sign, printable(line), style));
  const more = lines.length - shown.length;
  return more === 0 ? shown : [...shown, signedLine(sign, `… ${more} more lines`, style)];
}
