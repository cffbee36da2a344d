/** Answers as they go out, the same over both versions of HTTP. */
import type { OutgoingHttpHeaders } from "node:http";
import { type Compression, compressionNegotiate } from "@connectrpc/connect/protocol";
import { compressionBrotli, compressionGzip } from "@connectrpc/connect-node";
import { createLru } from "../../store/lru.js";

export interface Answer {
  status: number;
  headers: OutgoingHttpHeaders;
  /** Bytes, or a character for each: for Node that is the faster form to send. */
  body: Uint8Array | string | undefined;
  trailers?: Record<string, string>;
}

/** As the stock adapter has them, and in its order of preference. */
const COMPRESSIONS = [compressionGzip, compressionBrotli];
export const COMPRESS_MIN_BYTES = 1024;
const MAX_COMPRESSED_BYTES = 16 * 1024 * 1024;

/** What the client accepts of `COMPRESSIONS`. */
export function acceptedCompression(accepted: string | string[] | undefined): Compression | null {
  if (typeof accepted !== "string") return null;
  return compressionNegotiate(COMPRESSIONS, null, accepted, "").response;
}

/** What is text is sent again and again, and compressing it takes longer than all the rest of an answer. */
const compressedTexts = createLru<Uint8Array>(MAX_COMPRESSED_BYTES);

export async function compressed(
  { name, compress }: Compression,
  body: Uint8Array | string,
): Promise<Uint8Array> {
  if (typeof body !== "string") return compress(body);
  const key = `${name} ${body}`;
  let bytes = compressedTexts.get(key);
  if (bytes === undefined) {
    bytes = await compress(Buffer.from(body, "latin1"));
    compressedTexts.keep(key, bytes, key.length + bytes.length);
  }
  return bytes;
}
