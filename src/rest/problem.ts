/** DomainError → HTTP status and RFC 9457 problem (spec 2.4): the REST edge's only table. */
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { DomainError, type ErrorCode, malformed } from "../domain/errors.js";
import { CameFromIfMatch } from "./etag.js";

const PROBLEMS: Record<ErrorCode, { status: number; title: string }> = {
  validation: { status: 400, title: "The document is not valid" },
  malformed: { status: 400, title: "The request is malformed" },
  forbidden: { status: 403, title: "The request is not allowed" },
  policy: { status: 403, title: "The profile's policy does not allow it" },
  not_found: { status: 404, title: "Not found" },
  method_not_allowed: { status: 405, title: "The method is not allowed here" },
  already_exists: { status: 409, title: "It already exists" },
  version_conflict: { status: 409, title: "It has changed since it was read" },
  failed_precondition: { status: 409, title: "A condition for it is not met" },
  idempotency_mismatch: { status: 422, title: "The idempotency key was used with another request" },
  too_large: { status: 413, title: "The body is too large" },
  unsupported_media_type: { status: 415, title: "The content type is not supported" },
  unavailable: { status: 503, title: "The store cannot answer now" },
  data_loss: { status: 500, title: "The stored document cannot be read" },
  internal: { status: 500, title: "Internal error" },
};

const MAX_VIOLATIONS = 100;
const RETRY_AFTER_SECONDS = 1;

const codes = new WeakMap<FastifyRequest, ErrorCode>();

/** The code that a request was answered with, for logs; undefined where it was not a problem. */
export function problemCodeOf(request: FastifyRequest): ErrorCode | undefined {
  return codes.get(request);
}

/** The reply for whatever was thrown while handling a request. Unknown errors say nothing of their cause. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = asDomainError(error);
  const { code } = known;
  const { title } = PROBLEMS[code];
  codes.set(request, code);
  // RFC 9110 13.1.1: a precondition of the request itself that does not hold is 412.
  const status = error instanceof CameFromIfMatch ? 412 : PROBLEMS[code].status;
  if (code === "unavailable") void reply.header("retry-after", String(RETRY_AFTER_SECONDS));
  // Fastify closes the connection after a body that is too large; HTTP/2 has no such header.
  if (request.raw.httpVersionMajor === 2) void reply.removeHeader("connection");
  if (status >= 500) request.log.error({ err: known.cause ?? error, code }, "request failed");
  return reply
    .code(status)
    .type("application/problem+json")
    .send(
      JSON.stringify({
        type: `urn:profile-registry:error:${code}`,
        title,
        status,
        detail: code === "internal" ? `internal error (request ${request.id})` : known.message,
        instance: request.id,
        code,
        ...(known.violations.length > 0 ? { errors: known.violations.slice(0, MAX_VIOLATIONS) } : {}),
      }),
    );
}

/** The code of whatever was thrown, as sendProblem answers it. */
export function asDomainError(error: unknown): DomainError {
  if (error instanceof CameFromIfMatch) return error.conflict;
  if (error instanceof DomainError) return error;
  const { code, statusCode, message } = error as Partial<FastifyError>;
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE")
    return new DomainError("too_large", "the request body is too large");
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") {
    return new DomainError("unsupported_media_type", "the request body must be of type application/json");
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return malformed(message ?? "bad request");
  return new DomainError("internal", "internal error", { cause: error });
}
