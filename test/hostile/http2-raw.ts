/** HTTP/2 frames byte by byte (RFC 9113), for what no client library would send. */

export const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

export const TYPE = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const FLAG = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 32 } as const;

export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array | string = "",
  /** What the frame says of its length. */
  length = payload.length,
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, typeof payload === "string" ? Buffer.from(payload, "latin1") : payload]);
}

/** A header block of literals without indexing and without Huffman coding (RFC 7541 6.2.2). */
export function headerBlock(headers: readonly (readonly [name: string, value: string])[]): Buffer {
  const text = (value: string) => Buffer.concat([integer(value.length, 7), Buffer.from(value, "latin1")]);
  return Buffer.concat(
    headers.map(([name, value]) => Buffer.concat([Buffer.of(0), text(name), text(value)])),
  );
}

function integer(value: number, bits: number): Buffer {
  const max = 2 ** bits - 1;
  if (value < max) return Buffer.of(value);
  const bytes = [max];
  for (let rest = value - max; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}

/** The pseudo headers of a request. */
export function pseudo(method: string, path: string): [string, string][] {
  return [
    [":method", method],
    [":scheme", "http"],
    [":path", path],
    [":authority", "a"],
  ];
}

/** Preface, empty settings and the given frames. */
export function session(...frames: Uint8Array[]): Buffer {
  return Buffer.concat([Buffer.from(PREFACE), frame(TYPE.settings, 0, 0), ...frames]);
}

/** The code of the GOAWAY among what a server has sent; -1 where there is none. */
export function endBy(sent: string): number {
  return (
    frames(sent)
      .find(({ type }) => type === TYPE.goaway)
      ?.payload.readUInt32BE(4) ?? -1
  );
}

/** The streams that a server has reset. */
export function streamErrors(sent: string): number[] {
  return frames(sent)
    .filter(({ type }) => type === TYPE.reset)
    .map(({ stream }) => stream);
}

function frames(sent: string): { type: number; stream: number; payload: Buffer }[] {
  const bytes = Buffer.from(sent, "latin1");
  const found = [];
  for (let at = 0; at + 9 <= bytes.length; ) {
    const end = at + 9 + bytes.readUIntBE(at, 3);
    found.push({
      type: bytes[at + 3] ?? -1,
      stream: bytes.readUInt32BE(at + 5),
      payload: bytes.subarray(at + 9, end),
    });
    at = end;
  }
  return found;
}
