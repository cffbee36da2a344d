/** Answers as they go out, the same over both versions of HTTP. */
import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { type Compression, compressionNegotiate } from "@connectrpc/connect/protocol";
import { compressionBrotli, compressionGzip } from "@connectrpc/connect-node";

export interface Answer {
  status: number;
  headers: OutgoingHttpHeaders;
  body: Uint8Array | undefined;
  trailers?: Record<string, string>;
}

/** As the stock adapter has them, and in its order of preference. */
const COMPRESSIONS = [compressionGzip, compressionBrotli];
export const COMPRESS_MIN_BYTES = 1024;

/** What the client accepts of `COMPRESSIONS`. */
export function acceptedCompression(accepted: string | string[] | undefined): Compression | null {
  if (typeof accepted !== "string") return null;
  return compressionNegotiate(COMPRESSIONS, null, accepted, "").response;
}

export function send(response: ServerResponse, { status, headers, body, trailers }: Answer): void {
  try {
    response.writeHead(status, headers);
    if (trailers !== undefined) response.addTrailers(trailers);
    response.end(body);
  } catch {
    // Node throws for a stream of HTTP/2 that its client has just reset.
    response.destroy();
  }
}
