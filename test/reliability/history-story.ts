/** Histories told by hand, as a server without faults would make them: each act happens at once, in the order of the telling. */
import type { Logged, Operation, Recorded } from "./history.js";
import { isRead } from "./history.js";
import type { History } from "./history-check.js";
import { seedChanges } from "./history-seed.js";
import { answerOf, decide, look } from "./model.js";
import { createTimeline } from "./model-timeline.js";

export interface Story {
  /** Mutable: made to be spoilt. */
  history: { -readonly [part in keyof History]: History[part] };
  /** From a request at `startedAt` to its answer at `endedAt`. */
  act(startedAt: number, endedAt: number, operation: Operation): Recorded;
  /** One that had no effect; its outcome is for the teller to set. */
  skip(startedAt: number, endedAt: number, operation: Operation): Recorded;
}

export function createStory(): Story {
  const seed = seedChanges();
  const timeline = createTimeline();
  const log: Logged[] = [];
  const records: Recorded[] = [];

  const commit = (changes: typeof seed, source: string): number => {
    const commitRevision = log.length + changes.length;
    for (const change of changes)
      log.push({ ...structuredClone(change), revision: log.length + 1, commitRevision, source });
    timeline.apply(commitRevision, structuredClone(changes));
    return commitRevision;
  };
  const outcomeOf = (operation: Operation): Recorded["outcome"] => {
    const now = timeline.at(log.length);
    if (isRead(operation)) {
      const sight = look(now, operation);
      if ("refusal" in sight) return { is: "refused", ...sight.refusal };
      return { is: "done", revision: log.length, seen: sight.seen };
    }
    const decision = decide(now, operation);
    if ("refusal" in decision) return { is: "refused", ...decision.refusal };
    const revision = commit(decision.changes, "rest");
    return { is: "done", revision, seen: answerOf(timeline.at(revision), operation) };
  };
  const record = (
    startedAt: number,
    endedAt: number,
    operation: Operation,
    outcome: Recorded["outcome"],
  ): Recorded => {
    const recorded: Recorded = {
      client: `client${records.length}`,
      edge: "rest",
      operation: structuredClone(operation),
      startedAt,
      endedAt,
      outcome,
    };
    records.push(recorded);
    return recorded;
  };

  commit(seed, "seed");
  return {
    history: { seed, records, log },
    act: (startedAt, endedAt, operation) => record(startedAt, endedAt, operation, outcomeOf(operation)),
    skip: (startedAt, endedAt, operation) => record(startedAt, endedAt, operation, { is: "lost" }),
  };
}
