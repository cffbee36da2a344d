/**
 * gRPC over HTTP/2 (grpc/doc/PROTOCOL-HTTP2.md), unary. In its words:
 * - Request: Request-Headers with Content-Type `application/grpc`, `+proto` or `+json`, Timeout, no Message-Encoding but
 *   `identity`; exactly one Length-Prefixed-Message, its Compressed-Flag 0; EOS.
 * - Response: Response-Headers, one Length-Prefixed-Message, in a Message-Encoding of Message-Accept-Encoding where it is not
 *   small, and Trailers; of a refusal Response-Headers and Trailers with Status, Status-Message and `grpc-status-details-bin`.
 */
import type { IncomingHttpHeaders } from "node:http";
import { encodeEnvelope } from "@connectrpc/connect/protocol";
import { parseTimeout, setTrailerStatus } from "@connectrpc/connect/protocol-grpc";
import { type Answer, acceptedCompression, COMPRESS_MIN_BYTES, compressed } from "./answer.js";
import type { Protocol } from "./protocol.js";

const HEADER_BYTES = 5;
const UNCOMPRESSED = 0;
const COMPRESSED = 1;

export const GRPC: Protocol = {
  name: "grpc",
  compressed: "grpc-encoding",
  timeout: ["grpc-timeout", parseTimeout],
  envelopeBytes: HEADER_BYTES,
  messageIn(body) {
    const one =
      body.length >= HEADER_BYTES &&
      body[0] === UNCOMPRESSED &&
      body.readUInt32BE(1) === body.length - HEADER_BYTES;
    return one ? body.subarray(HEADER_BYTES) : undefined;
  },
  answer(asked, binary, message) {
    const { headers, compression } = headOf(asked, binary);
    const framed = (body: Uint8Array | string): Answer => ({
      status: 200,
      headers,
      body,
      trailers: { "grpc-status": "0" },
    });
    if (compression === null || message.length < COMPRESS_MIN_BYTES) return framed(uncompressed(message));
    return compressed(compression, message).then((bytes) => framed(encodeEnvelope(COMPRESSED, bytes)));
  },
  refusal(asked, binary, error) {
    const trailers = Object.fromEntries(setTrailerStatus(new Headers(), error));
    return { status: 200, headers: headOf(asked, binary).headers, body: undefined, trailers };
  },
};

function uncompressed(message: Uint8Array | string): Uint8Array | string {
  if (typeof message !== "string") return encodeEnvelope(UNCOMPRESSED, message);
  const { length } = message;
  const head = String.fromCharCode(
    UNCOMPRESSED,
    length >>> 24,
    (length >>> 16) & 255,
    (length >>> 8) & 255,
    length & 255,
  );
  return head + message;
}

function headOf(asked: IncomingHttpHeaders, binary: boolean) {
  const compression = acceptedCompression(asked["grpc-accept-encoding"]);
  const headers: Record<string, string> = {
    "content-type": binary ? "application/grpc+proto" : "application/grpc+json",
  };
  if (compression !== null) headers["grpc-encoding"] = compression.name;
  return { headers, compression };
}
