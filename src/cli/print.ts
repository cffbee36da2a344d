/** How commands print what they answer. */
import { stringify } from "yaml";
import type { Metadata } from "../domain/document.js";

/** What `--json` prints: one document, indented. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** A document for people: YAML, which shows a prompt of many lines as such, with times that can be read. */
export function printDocument({ metadata, ...document }: { metadata: Metadata }): void {
  const { created_at_ms, updated_at_ms, ...others } = metadata;
  const times = { created_at: timeText(created_at_ms), updated_at: timeText(updated_at_ms) };
  const text = stringify({ ...document, metadata: { ...others, ...times } }, { lineWidth: 0 });
  process.stdout.write(visible(text));
}

/** Whether the output is a terminal that shows colours, and nobody wants it without (NO_COLOR). */
export function hasColours(): boolean {
  return process.stdout.isTTY && process.stdout.hasColors();
}

/** UTC, to the second. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}

/** YAML escapes what moves the cursor, but not all that a terminal acts on. */
function visible(text: string): string {
  return text.replace(
    /[\x7F-\x9F\u202A-\u202E\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
