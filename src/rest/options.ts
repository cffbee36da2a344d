import type { FastifyRequest } from "fastify";
import type { Services } from "../service/services.js";
import type { Caller } from "../service/write.js";

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
}

export function callerOf({ actor, source }: RestOptions, request: FastifyRequest): Caller {
  return { actor: actor?.(request) ?? "anonymous", source: source ?? "rest" };
}
