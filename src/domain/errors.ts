/** The one error that rules, services and stores throw. Edges map its code by their own table (spec 2.4). */

/** Closed: every code has a row in both edges' tables and in docs/errors.md. */
export type ErrorCode =
  | "validation"
  | "malformed"
  | "forbidden"
  | "policy"
  | "not_found"
  | "method_not_allowed"
  | "already_exists"
  | "version_conflict"
  | "failed_precondition"
  | "idempotency_mismatch"
  | "too_large"
  | "unsupported_media_type"
  | "unavailable"
  | "data_loss"
  | "internal";

/** One problem of a document: which member, and why. */
export interface Violation {
  field: string;
  reason: string;
}

export interface ErrorFacts {
  violations?: readonly Violation[];
  /** Machine-readable facts, sent as ErrorInfo metadata (spec 3). */
  metadata?: Readonly<Record<string, string>>;
  cause?: unknown;
}

export class DomainError extends Error {
  override readonly name = "DomainError";
  readonly violations: readonly Violation[];
  readonly metadata: Readonly<Record<string, string>>;

  constructor(
    readonly code: ErrorCode,
    message: string,
    facts: ErrorFacts = {},
  ) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.violations = facts.violations ?? [];
    this.metadata = facts.metadata ?? {};
  }
}

/** The first problem leads; all are carried (spec 1.4). */
export function validationError(violations: readonly Violation[]): DomainError {
  const [first] = violations;
  if (first === undefined) throw new TypeError("a validation error needs a violation");
  return new DomainError("validation", `validation error (${first.field}): ${first.reason}`, { violations });
}

/** However many there are: as arguments of one `push` hundreds of thousands overflow the stack. */
export function addViolations(to: Violation[], ...lists: (readonly Violation[])[]): void {
  for (const list of lists) for (const violation of list) to.push(violation);
}

export function invalid(field: string, reason: string): DomainError {
  return validationError([{ field, reason }]);
}

/** Whether it says that a stored document cannot be read. */
export function isDataLoss(error: unknown): boolean {
  return error instanceof DomainError && error.code === "data_loss";
}

export function malformed(message: string): DomainError {
  return new DomainError("malformed", message);
}

/** Policy violations name their profile, except those of a resolve (spec 2.2, 4.3). */
export function policyViolation(reason: string, slug?: string): DomainError {
  const of = slug === undefined ? "" : ` for profile "${slug}"`;
  return new DomainError("policy", `policy violation${of}: ${reason}`, {
    ...(slug === undefined ? {} : { metadata: { profile: slug } }),
  });
}

export function registryNotFound(): DomainError {
  return new DomainError("not_found", "registry not found");
}

export function profileNotFound(raw?: string): DomainError {
  return new DomainError(
    "not_found",
    raw === undefined ? "profile not found" : `profile not found: ${quoteCut(raw)}`,
  );
}

/** `RESOURCE "SLUG" version conflict: expected=N actual=M` (spec 2.1). */
export function versionConflict(
  resource: "profile" | "registry" | "rollout",
  slug: string,
  expected: number,
  actual: number,
): DomainError {
  return new DomainError(
    "version_conflict",
    `${resource} "${slug}" version conflict: expected=${expected} actual=${actual}`,
    { metadata: { resource, slug, expected_version: String(expected), actual_version: String(actual) } },
  );
}

/** Raw input as messages show it: cut after 128 characters (spec 1.1). */
export function quoteCut(raw: string): string {
  if (raw.length <= 128) return raw;
  const characters = Array.from(raw.slice(0, 256));
  return characters.length > 128 ? characters.slice(0, 128).join("") : raw.slice(0, 256);
}
