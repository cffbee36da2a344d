/** What every method of the client rejects with, except where its own signal was aborted. */
import type { ErrorCode, Violation } from "../../src/domain/errors.js";

/**
 * The server's own codes (spec 2.4, docs/errors.md); `network`: no answer came, or it broke off; `http`: an answer that is
 * none of ours, such as a proxy's.
 */
export type ClientErrorCode = ErrorCode | "unauthenticated" | "overloaded" | "network" | "http";

export interface ProfileRegistryErrorFacts {
  /** Of HTTP; 0 without an answer. */
  status: number;
  code: ClientErrorCode;
  /** The server's text, for people. */
  detail: string;
  errors?: readonly Violation[] | undefined;
  requestId?: string | undefined;
  cause?: unknown;
}

export class ProfileRegistryError extends Error {
  override readonly name = "ProfileRegistryError";
  readonly status: number;
  readonly code: ClientErrorCode;
  readonly detail: string;
  /** Of `validation`: what is wrong, at most 100. Else empty. */
  readonly errors: readonly Violation[];
  /** To find the request in the server's log. */
  readonly requestId: string | undefined;

  constructor({ status, code, detail, errors, requestId, cause }: ProfileRegistryErrorFacts) {
    super(detail, { cause });
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.errors = errors ?? [];
    this.requestId = requestId;
  }
}

/** Of an answer that is no success. */
export function refusal(status: number, text: string): ProfileRegistryError {
  const { code, detail, errors, instance } = problemOf(text);
  return new ProfileRegistryError({
    status,
    code: (code as ClientErrorCode | undefined) ?? "http",
    detail: detail ?? `the server answered with status ${status}`,
    errors,
    requestId: instance,
  });
}

/** RFC 9457. */
interface Problem {
  code?: string;
  detail?: string;
  instance?: string;
  errors?: Violation[];
}

function problemOf(text: string): Problem {
  try {
    return (JSON.parse(text) as Problem | null) ?? {};
  } catch {
    return {};
  }
}
