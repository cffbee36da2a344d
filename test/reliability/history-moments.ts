/** What can have been the last commit at a moment, as far as clients can tell. */
import type { Recorded } from "./history.js";
import { isRead } from "./history.js";

export interface Moments {
  /** The last revision that anybody had been told of by then, by a write or a read. */
  acknowledgedBefore(time: number): number;
  /** The last revision that can have been committed by then: whatever is later was not asked for yet, or came after such. */
  lastCommitBefore(time: number): number;
  /** The states from a revision to a later one: the last revisions of commits. */
  commitsFrom(earliest: number, latest: number): number[];
}

interface At {
  time: number;
  revision: number;
}

export function momentsOf(
  records: readonly Recorded[],
  commits: readonly { first: number; last: number }[],
): Moments {
  const firstOf = new Map(commits.map(({ first, last }) => [last, first]));
  const ends = commits.map(({ last }) => last);
  const told: At[] = [];
  const asked: At[] = [];
  for (const { operation, outcome, startedAt, endedAt } of records) {
    if (outcome.is !== "done") continue;
    told.push({ time: endedAt, revision: outcome.revision });
    const first = firstOf.get(outcome.revision);
    if (!isRead(operation) && first !== undefined) asked.push({ time: startedAt, revision: first });
  }
  told.sort(byTime);
  asked.sort(byTime);
  for (let i = 1; i < told.length; i++)
    told[i]!.revision = Math.max(told[i]!.revision, told[i - 1]!.revision);
  for (let i = asked.length - 2; i >= 0; i--)
    asked[i]!.revision = Math.min(asked[i]!.revision, asked[i + 1]!.revision);
  const seed = ends[0] ?? 0;
  const newest = ends.at(-1) ?? 0;

  return {
    acknowledgedBefore: (time) => told[countWhere(told, (one) => one.time < time) - 1]?.revision ?? seed,
    lastCommitBefore: (time) => {
      const next = asked[countWhere(asked, (one) => one.time <= time)];
      return next === undefined ? newest : next.revision - 1;
    },
    commitsFrom(earliest, latest) {
      const from = countWhere(ends, (end) => end < earliest);
      return ends.slice(
        from,
        countWhere(ends, (end) => end <= latest),
      );
    },
  };
}

function byTime(a: At, b: At): number {
  return a.time - b.time;
}

/** How many at the front of a list fulfil a condition that holds for all before the first for which it does not. */
function countWhere<T>(sorted: readonly T[], condition: (one: T) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (condition(sorted[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}
