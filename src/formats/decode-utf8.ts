import { FormatError, type Position } from "./format-error.js";

/** The text of an input file (spec 6.3): UTF-8 or nothing, with or without a byte order mark. */
export function decodeUtf8(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FormatError(file, firstBadByte(bytes), "is not UTF-8", cause);
  }
}

/** Byte by byte, since a decoder that refuses does not say where. */
function firstBadByte(bytes: Uint8Array): Position {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  let column = 1;
  try {
    for (let i = 0; i < bytes.length; i++) {
      const text = decoder.decode(bytes.subarray(i, i + 1), { stream: true });
      if (text === "\n") {
        line += 1;
        column = 1;
      } else column += text.length;
    }
  } catch {
    // The characters before the bad byte are counted.
  }
  return { line, column };
}
