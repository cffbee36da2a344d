/** Bytes as text, a character each: such text is joined and sent faster than bytes are. */
export function latin1(bytes: Uint8Array, start = 0, end = bytes.length): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1", start, end);
}

/** The bytes of a text in UTF-8. */
export function utf8(text: string): string {
  return Buffer.byteLength(text) === text.length ? text : latin1(Buffer.from(text));
}
