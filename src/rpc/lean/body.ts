/** Reading a request whole, and putting back what was read for another to read. */
import type { IncomingMessage } from "node:http";
import type { ServerHttp2Stream } from "node:http2";

/** Of HTTP/1.1 or, with authority and stream, of HTTP/2. */
export type NodeRequest = IncomingMessage & { authority?: string; stream?: ServerHttp2Stream };

export function hasBody({ headers, stream }: NodeRequest): boolean {
  if (stream !== undefined) return !stream.endAfterHeaders;
  return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}

/**
 * Calls `whole` with a body of up to `maxBytes`; of a larger one it puts back what has come, and calls `larger`. Neither where
 * the client leaves before.
 */
export function readBody(
  request: NodeRequest,
  maxBytes: number,
  whole: (body: Buffer) => void,
  larger: () => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const onData = (chunk: Buffer): void => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes <= maxBytes) return;
    request.off("data", onData).off("end", onEnd).pause();
    putBack(request, chunks, true);
    larger();
  };
  const onEnd = (): void => whole(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes));
  request.on("data", onData).on("end", onEnd);
}

/** The Connect adapter reads requests as iterables. `more`: whether some is still to come. */
export function putBack(request: NodeRequest, chunks: readonly Buffer[], more = false): void {
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
