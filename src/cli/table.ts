/** Tables for people: as wide as the terminal at most, whole where the output goes into a pipe or a file. */
import { styleText } from "node:util";

/** Of a column that has to make room for others. */
const LEAST_WIDTH = 8;
const GAP = "  ";
/** What a terminal shows two columns wide. */
const WIDE =
  /\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{20000}-\u{3FFFD}]/u;
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Prints a head and rows of cells. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const columns = process.stdout.isTTY ? process.stdout.columns : undefined;
  process.stdout.write(tableText(head, rows, columns));
}

/** `columns` undefined: nothing is cut. The head is bold where the output is a terminal that may have colours. */
export function tableText(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number | undefined,
): string {
  const lines = [head, ...rows].map((cells) => cells.map(oneLine));
  const widths = sharedWidths(
    head.map((_, i) => Math.max(...lines.map((cells) => widthOf(cells[i] ?? "")))),
    columns,
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => pad(cut(cell, widths[i] ?? 0), widths[i] ?? 0))
      .join(GAP)
      .trimEnd();
  const [first = [], ...others] = lines;
  return [styleText("bold", line(first)), ...others.map(line)].map((text) => `${text}\n`).join("");
}

/** Stored text cannot move the cursor or begin a line of its own. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]+/gu, " ");
}

/** The widest columns give way first. */
function sharedWidths(widths: number[], columns: number | undefined): number[] {
  if (columns === undefined) return widths;
  const fitted = [...widths];
  const room = columns - GAP.length * (widths.length - 1);
  for (let total = fitted.reduce((sum, width) => sum + width, 0); total > room; total--) {
    const widest = Math.max(...fitted);
    if (widest <= LEAST_WIDTH) break;
    fitted[fitted.lastIndexOf(widest)] = widest - 1;
  }
  return fitted;
}

function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = "";
  let used = 1;
  for (const { segment } of graphemes.segment(text)) {
    used += segmentWidth(segment);
    if (used > width) break;
    kept += segment;
  }
  return `${kept}…`;
}

function pad(text: string, width: number): string {
  return text + " ".repeat(width - widthOf(text));
}

function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += segmentWidth(segment);
  return width;
}

function segmentWidth(segment: string): number {
  return WIDE.test(segment) ? 2 : 1;
}
