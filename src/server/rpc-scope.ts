/** What RPC needs of the HTTP server around it, beyond what the Connect adapter does. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { DomainError, malformed } from "../domain/errors.js";
import { sendProblem } from "../rest/problem.js";

const GRPC_UNIMPLEMENTED = "12";
/** Clients of gRPC-Web understand a 404. */
const NATIVE_GRPC = /^application\/grpc(?!-web)/;
/** A name or an address, and nothing else that a URL could hold; whether it is one is for URL to say. */
const HOST = /^[\w.-]+(:\d+)?$|^\[[\da-f:.]+\](:\d+)?$/i;

/** The longest that any protocol has is under 50. */
const MAX_CONTENT_TYPE = 256;

/**
 * The Connect adapter makes a URL of the Host header and answers an empty 200 where it cannot, and it remembers a thousand
 * content types per method, however long.
 */
export function refuseBadHeaders(scope: FastifyInstance): void {
  scope.addHook("onRequest", async ({ headers }: FastifyRequest) => {
    if ((headers["content-type"]?.length ?? 0) > MAX_CONTENT_TYPE)
      throw new DomainError("unsupported_media_type", "the content type is not one that RPC has");
    const host = headers[":authority"] ?? headers.host;
    if (!isHost(host)) throw malformed("the Host header is missing or malformed");
  });
}

/** Clients of a server say the same one with every request. */
let lastHost = "";

export function isHost(host: unknown): boolean {
  if (host === lastHost && host !== "") return true;
  const isOne = typeof host === "string" && HOST.test(host) && URL.canParse(`http://${host}`);
  if (isOne) lastHost = host;
  return isOne;
}

/** 404, or what gRPC says for it: its clients take an answer without trailers for a broken connection. */
export function answerUnknownRoute(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (!NATIVE_GRPC.test(request.headers["content-type"] ?? "")) {
    return sendProblem(new DomainError("not_found", "no such route"), request, reply);
  }
  reply.hijack();
  reply.raw.writeHead(200, { "content-type": "application/grpc" });
  reply.raw.addTrailers({ "grpc-status": GRPC_UNIMPLEMENTED, "grpc-message": "unknown method" });
  reply.raw.end();
  return reply;
}
