/** Reading a request whole, and putting back what was read for another to read. */
import type { IncomingMessage } from "node:http";
import type { ServerHttp2Stream } from "node:http2";
import type { Readable } from "node:stream";

/** Of HTTP/1.1 or, with authority and stream, of HTTP/2. */
export type NodeRequest = IncomingMessage & { authority?: string; stream?: ServerHttp2Stream };

/** What of a body was read. */
export interface Read {
  readonly chunks: readonly Buffer[];
  /** Whether some is still to come. */
  readonly more: boolean;
}

export function hasBody({ headers, stream }: NodeRequest): boolean {
  if (stream !== undefined) return !stream.endAfterHeaders;
  return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}

/** Calls `whole` with a body of up to `maxBytes`, or `larger` with what has come of a larger one. Neither where the client leaves before. */
export function readBody(
  source: Readable,
  maxBytes: number,
  whole: (body: Buffer) => void,
  larger: (read: Read) => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Streams of HTTP/2 may be kept by V8 for some time after their end, and must not keep all of this.
  const stop = (): void => void source.off("data", onData).off("end", onEnd);
  const onData = (chunk: Buffer): void => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes <= maxBytes) return;
    stop();
    source.pause();
    larger({ chunks, more: true });
  };
  const onEnd = (): void => {
    stop();
    whole(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes));
  };
  source.on("data", onData).on("end", onEnd);
}

/** The Connect adapter reads requests as iterables. */
export function putBack(request: NodeRequest, { chunks, more }: Read): void {
  const rest = more ? request.iterator({ destroyOnReturn: false }) : undefined;
  request[Symbol.asyncIterator] = async function* () {
    let wanted = false;
    try {
      yield* chunks;
      wanted = true;
      if (rest !== undefined) yield* rest;
    } finally {
      // So that the client gets to read the refusal, and to use its connection again.
      if (!wanted) request.resume();
    }
    return undefined;
  };
}
