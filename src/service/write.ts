/** The way of every write: decide on the documents at a revision, commit with the versions decided on, decide again on a conflict. */
import type { Source } from "../domain/document.js";
import type { DocumentView } from "../domain/document-view.js";
import { DomainError, invalid, versionConflict } from "../domain/errors.js";
import type { DocumentReader } from "../store/document-cache.js";
import type { Change, Committed, Expectation, Store } from "../store/store.js";

/** Who writes, and over which edge. */
export interface Caller {
  actor: string;
  source: Source;
}

/** What a decision wants committed, and the answer once it is. */
export interface Plan<T> {
  expect: Expectation[];
  changes: Change[];
  answer: (committed: Committed) => T;
}

export interface Writer {
  /** `decide` is pure and checks the caller's own `expected_version`; it may run several times. */
  write<T>(caller: Caller, decide: (view: DocumentView, nowMs: number) => Plan<T>): Promise<T>;
  /** The same for a decision that needs more than documents by name: it reads for itself, and may run several times. */
  writeAfter<T>(caller: Caller, decide: () => Promise<Plan<T>>): Promise<T>;
}

/** Each lost race means that another writer won one, so this is only met when something is wrong. */
const MAX_ATTEMPTS = 100;

export function createWriter(store: Store, documents: DocumentReader, clock: () => number): Writer {
  const attempt = async <T>(caller: Caller, decide: (nowMs: number) => Promise<Plan<T>>): Promise<T> => {
    for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
      const timeMs = clock();
      const { expect, changes, answer } = await decide(timeMs);
      const outcome = await store.commit({ timeMs, ...caller, expect, changes });
      if (outcome.committed) return answer(outcome);
    }
    throw new DomainError("unavailable", "store is busy");
  };
  return {
    write: (caller, decide) => attempt(caller, (nowMs) => documents.decide((view) => decide(view, nowMs))),
    writeAfter: (caller, decide) => attempt(caller, decide),
  };
}

/** Refuses a write made from another version than the stored one; 0 and undefined mean no check (spec 2.1). */
export function checkExpectedVersion(
  document: { kind: "profile" | "registry"; slug: string; version: number },
  expected: number | undefined,
  required: boolean,
): void {
  if (!expected) {
    if (required && document.version > 0)
      throw invalid("expected_version", "is required for a write to an existing document");
  } else if (expected !== document.version) {
    throw versionConflict(document.kind, document.slug, expected, document.version);
  }
}
