/** The text of a file, and the way from an offset in it to line and column. */
import { FormatError, type Position } from "./format-error.js";

/** Makes the error of the place at an offset. */
export type Fail = (offset: number, reason: string) => FormatError;

export interface SourceText {
  /** Without a byte order mark: no offset counts it. */
  text: string;
  position(offset: number): Position;
  fail: Fail;
}

export function sourceText(raw: string, file: string): SourceText {
  const text = raw.startsWith("\uFEFF") ? raw.slice(1) : raw;
  // Problems are mostly asked for in the order of the file, so that counting goes on where it stopped.
  let known = { line: 1, start: 0 };
  const position = (offset: number): Position => {
    let { line, start } = offset < known.start ? { line: 1, start: 0 } : known;
    for (;;) {
      const next = text.indexOf("\n", start) + 1;
      if (next === 0 || next > offset) break;
      line += 1;
      start = next;
    }
    known = { line, start };
    return { line, column: offset - start + 1 };
  };
  return { text, position, fail: (offset, reason) => new FormatError(file, position(offset), reason) };
}

/** A part of a file's text that is parsed by itself. */
export interface Excerpt {
  text: string;
  /** Where an offset of the excerpt stands in the file. */
  at: (offset: number) => number;
  /** The level of its root, counted from the root of the file, which is 1. */
  depth: number;
}
