/** What a run was, in a line for people: that it did enough to mean something. */
import type { Logged, Recorded } from "./history.js";
import { isRead } from "./history.js";

export function reportOf(run: {
  seed: number;
  records: readonly Recorded[];
  log: readonly Logged[];
  tookMs: number;
}): string {
  const counts: Record<string, number> = {};
  for (const { operation, outcome } of run.records) {
    const kind =
      outcome.is === "refused"
        ? outcome.code
        : outcome.is === "lost"
          ? "lost"
          : isRead(operation)
            ? "read"
            : "written";
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  const commits = new Set(run.log.map(({ commitRevision }) => commitRevision)).size;
  // Besides the seed.
  const unanswered = commits - 1 - (counts.written ?? 0);
  const parts = Object.entries(counts).map(([kind, count]) => `${kind} ${count}`);
  return `${run.records.length} operations in ${(run.tookMs / 1_000).toFixed(1)} s: ${parts.join(", ")} (written all the same ${unanswered}); seed ${run.seed}`;
}
