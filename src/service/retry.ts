/** What lets a retry be known for one (spec 2.5 `Idempotency-Key`, spec 3 `request_id`). */
import { createHash } from "node:crypto";
import canonicalizeModule from "canonicalize";
import { malformed } from "../domain/errors.js";
import type { Retry } from "./write.js";

// The package types its CommonJS export as an ES default.
const canonicalize = canonicalizeModule as unknown as (value: unknown) => string;

/**
 * `plain` gives all that a write asks for as JSON; the order of its members does not count. Throws `malformed` where it has
 * no RFC 8785 form: it nests too deep, or holds what is no JSON.
 */
export function retryOf(key: string, plain: () => unknown): Retry {
  let text: string;
  try {
    text = canonicalize(plain());
  } catch (cause) {
    throw malformed(`a request with an idempotency key must be plain JSON: ${(cause as Error).message}`);
  }
  return { key, request: createHash("sha256").update(text, "utf8").digest("hex") };
}
