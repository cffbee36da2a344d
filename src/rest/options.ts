import type { FastifyRequest } from "fastify";
import { malformed } from "../domain/errors.js";
import { retryOf } from "../service/retry.js";
import type { Services } from "../service/services.js";
import type { Caller, Retry } from "../service/write.js";
import { queryOf } from "./query.js";

export interface RestOptions {
  services: Services;
  /** Who calls, for the log and metadata. Default `anonymous`. */
  actor?: (request: FastifyRequest) => string;
  /** Where writes come from. Default `rest`. */
  source?: Caller["source"];
  /** Origins besides our own whose pages may write. */
  allowedOrigins?: readonly string[];
  /** Whether the cookie of the current profile is for HTTPS only. Default true; browsers take localhost for secure. */
  cookieSecure?: boolean;
  /** Default 1 MiB. */
  maxBodyBytes?: number;
  /** How large the file of an import may be. Default 256 MiB. */
  maxImportBytes?: number;
}

/** Of a write. `body`: what stands for it in a retry. Throws `malformed` for a header or a parameter that cannot be read. */
export function callerOf(
  { actor, source }: RestOptions,
  request: FastifyRequest,
  body: unknown = request.body,
): Caller {
  return {
    actor: actor?.(request) ?? "anonymous",
    source: source ?? "rest",
    validateOnly: queryOf(request).boolean("validate_only") ?? false,
    retry: retryOfRequest(request, body),
  };
}

/** `Idempotency-Key` (spec 2.5): any text that headers can hold. */
function retryOfRequest({ headers, method, url }: FastifyRequest, body: unknown): Retry | undefined {
  const key = headers["idempotency-key"];
  if (key === undefined) return undefined;
  if (typeof key !== "string" || !/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw malformed("Idempotency-Key must be 1 to 255 visible ASCII characters");
  }
  return retryOf(key, () => [method, url, body ?? null]);
}
