/**
 * The Connect protocol (connectrpc.com/docs/protocol), unary. In its words:
 * - Unary-Request: a Bare-Message under `application/json` or `application/proto`, with Connect-Timeout-Ms; no
 *   Content-Encoding but `identity`. Connect-Protocol-Version is not asked for.
 * - Unary-Get-Request: the parameters message, base64, encoding; no compression but `identity`.
 * - Unary-Response: a Bare-Message with 200, or an Error in JSON with the status of its code; both in a Content-Encoding of
 *   Accept-Encoding, where they are not small.
 */
import type { IncomingHttpHeaders } from "node:http";
import { base64Decode } from "@bufbuild/protobuf/wire";
import type { Compression } from "@connectrpc/connect/protocol";
import { codeToHttpStatus, errorToJsonBytes, parseTimeout } from "@connectrpc/connect/protocol-connect";
import { type Answer, acceptedCompression, COMPRESS_MIN_BYTES, compressed } from "./answer.js";
import type { Protocol } from "./protocol.js";

export const CONNECT: Protocol = {
  name: "connect",
  compressed: "content-encoding",
  timeout: ["connect-timeout-ms", parseTimeout],
  envelopeBytes: 0,
  messageIn: (body) => body,
  answer(asked, binary, bytes) {
    return answer(asked, 200, { "content-type": binary ? "application/proto" : "application/json" }, bytes);
  },
  refusal(asked, _binary, error) {
    const headers = Object.fromEntries(error.metadata);
    headers["content-type"] = "application/json";
    return answer(asked, codeToHttpStatus(error.code), headers, errorToJsonBytes(error, undefined));
  },
};

function answer(
  asked: IncomingHttpHeaders,
  status: number,
  headers: Record<string, string | number>,
  body: Uint8Array | string,
): Answer | Promise<Answer> {
  const compression = acceptedCompression(asked["accept-encoding"]);
  if (compression !== null && body.length >= COMPRESS_MIN_BYTES)
    return compressedAnswer(compression, status, headers, body);
  headers["content-length"] = body.length;
  return { status, headers, body };
}

async function compressedAnswer(
  compression: Compression,
  status: number,
  headers: Record<string, string | number>,
  body: Uint8Array | string,
): Promise<Answer> {
  const bytes = await compressed(compression, body);
  headers["content-encoding"] = compression.name;
  headers["content-length"] = bytes.length;
  return { status, headers, body: bytes };
}

/** The message of a GET. Undefined where the query is not one for the lean path; throws where it cannot be decoded. */
export function messageInQuery(query: string): { binary: boolean; message: Uint8Array } | undefined {
  // REST and the stock adapter refuse broken escapes, each in its own way; a fragment is no part of a query.
  if (query.includes("#") || (query.includes("%") && decodeURIComponent(query) === "")) return undefined;
  const parameters = new URLSearchParams(query);
  const encoding = parameters.get("encoding");
  const compression = parameters.get("compression");
  if (encoding !== "json" && encoding !== "proto") return undefined;
  if (compression !== null && compression !== "identity") return undefined;
  const text = parameters.get("message") ?? "";
  const message = parameters.get("base64") === "1" ? base64Decode(text) : Buffer.from(text);
  return { binary: encoding === "proto", message };
}
