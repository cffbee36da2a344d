/** How a file that cannot be read is reported: one line that names file, line and column (spec 6.3). */

/** Where something stands in a file; both count from 1, columns in UTF-16 units. */
export interface Position {
  line: number;
  column: number;
}

export class FormatError extends Error {
  override readonly name = "FormatError";

  constructor(
    readonly file: string,
    readonly position: Position,
    readonly reason: string,
    cause?: unknown,
  ) {
    super(
      oneLine(`${file}:${position.line}:${position.column}: ${reason}`),
      cause === undefined ? undefined : { cause },
    );
  }
}

/** Reasons quote names from the file, and those may hold line breaks. */
function oneLine(text: string): string {
  return text.replace(
    /[\p{Cc}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
