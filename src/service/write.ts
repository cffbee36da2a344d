/** The way of every write: decide on the documents at a revision, commit with the versions decided on, decide again on a conflict. */
import type { Source } from "../domain/document.js";
import type { DocumentView } from "../domain/document-view.js";
import { DomainError, invalid, versionConflict } from "../domain/errors.js";
import type { Json } from "../domain/json.js";
import type { DocumentReader } from "../store/document-cache.js";
import type { Change, Committed, Expectation, Remembered, Store } from "../store/store.js";

/** Who writes, over which edge, and how. */
export interface Caller {
  actor: string;
  source: Source;
  /** Runs every check and answers as if written, with nothing stored. Default false. */
  validateOnly?: boolean;
  /** Lets a retry be answered with the first outcome. Without effect on a request that is only validated. */
  retry?: Retry | undefined;
}

export interface Retry {
  /** The same for every try. */
  key: string;
  /** Tells the request from others: a hash of all it asks for. */
  request: string;
}

/** What a decision wants committed, and what of it the answer will need besides the outcome: plain data. */
export interface Plan<G> {
  expect: Expectation[];
  changes: Change[];
  given: G;
}

/** Makes the answer from the outcome alone, so that a retry is answered alike. */
export type Answer<G, T> = (committed: Committed, given: G) => T;

export interface Writer {
  /** `decide` is pure and checks the caller's own `expected_version`; it may run several times. */
  write<G, T>(
    caller: Caller,
    decide: (view: DocumentView, nowMs: number) => Plan<G>,
    answer: Answer<G, T>,
  ): Promise<T>;
  /** The same for a decision that needs more than documents by name: it reads for itself, and may run several times. */
  writeAfter<G, T>(
    caller: Caller,
    decide: (nowMs: number) => Promise<Plan<G>>,
    answer: Answer<G, T>,
  ): Promise<T>;
}

/** Each lost race means that another writer won one, so this is only met when something is wrong. */
const MAX_ATTEMPTS = 100;

/** Throws `idempotency_mismatch` where the key of a request was used with another one. */
export function createWriter(store: Store, documents: DocumentReader, clock: () => number): Writer {
  const recall = async ({ key, request }: Retry, nowMs: number): Promise<Remembered | undefined> => {
    const remembered = await store.recall(key, nowMs);
    if (remembered !== undefined && remembered.request !== request) {
      throw new DomainError("idempotency_mismatch", "the idempotency key was used with another request");
    }
    return remembered;
  };
  const writeAfter: Writer["writeAfter"] = async (caller, decide, answer) => {
    const { actor, source, validateOnly: dryRun = false } = caller;
    const retry = dryRun ? undefined : caller.retry;
    for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
      const timeMs = clock();
      const first = retry && (await recall(retry, timeMs));
      if (first !== undefined) return answer(first.committed, first.given as never);
      let plan: Awaited<ReturnType<typeof decide>>;
      try {
        plan = await decide(timeMs);
      } catch (refusal) {
        // Another try may have been committed meanwhile: then it is its outcome that stands in the way.
        if (retry === undefined || (await recall(retry, timeMs)) === undefined) throw refusal;
        continue;
      }
      const { expect, changes, given } = plan;
      const outcome = await store.commit({
        timeMs,
        actor,
        source,
        expect,
        changes,
        dryRun,
        ...(retry && { remember: { ...retry, given: given as Json } }),
      });
      if (outcome.committed) return answer(outcome, given);
    }
    throw new DomainError("unavailable", "store is busy");
  };
  return {
    write: (caller, decide, answer) =>
      writeAfter(caller, (nowMs) => documents.decide((view) => decide(view, nowMs)), answer),
    writeAfter,
  };
}

/** A delete has nothing to show but its revision. */
export function deletedAnswer({ revision }: Committed): { revision: number } {
  return { revision };
}

/** Refuses a write made from another version than the stored one; 0 and undefined mean no check (spec 2.1). */
export function checkExpectedVersion(
  document: { kind: "profile" | "registry" | "rollout"; slug: string; version: number },
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
