/**
 * Latencies as counts of fixed buckets, each 2 % wider than the one before: what one process counted adds up with what others
 * did, and percentiles are right to 2 %. Stored: edges can never change.
 */
const GROWTH = 1.02;
const FIRST_MS = 0.1;
const LONGEST_MS = 3_600_000;

/** The last holds all that took longer, too. */
export const LAST_BUCKET = Math.ceil(Math.log(LONGEST_MS / FIRST_MS) / Math.log(GROWTH));

const EDGES = Array.from({ length: LAST_BUCKET + 1 }, (_, bucket) => FIRST_MS * GROWTH ** bucket);

/** Counts by index of their bucket. */
export type LatencyCounts = { readonly [bucket: number]: number };

/** The bucket of a latency, which is not negative. */
export function latencyBucket(ms: number): number {
  if (ms <= FIRST_MS) return 0;
  const guess = Math.min(Math.ceil(Math.log(ms / FIRST_MS) / Math.log(GROWTH)), LAST_BUCKET);
  // The logarithm may be off by one at an edge.
  if (guess < LAST_BUCKET && ms > upToMs(guess)) return guess + 1;
  return ms <= upToMs(guess - 1) ? guess - 1 : guess;
}

/** The largest latency in a bucket. */
export function upToMs(bucket: number): number {
  return EDGES[bucket]!;
}

/** Every latency in a bucket is above it. */
export function aboveMs(bucket: number): number {
  return bucket === 0 ? 0 : upToMs(bucket - 1);
}

/** Those that hold any, rising: an object's members that are integers are in their order. */
export function filledBuckets(latency: LatencyCounts): { bucket: number; count: number }[] {
  const filled: { bucket: number; count: number }[] = [];
  for (const name of Object.keys(latency)) {
    const bucket = Number(name);
    const count = latency[bucket]!;
    if (count > 0) filled.push({ bucket, count });
  }
  return filled;
}

/** The latency that the share `quantile` (0–1) is not above, as if each bucket were evenly filled; null without any. */
export function percentile(latency: LatencyCounts, quantile: number): number | null {
  let total = 0;
  for (const bucket in latency) total += latency[bucket]!;
  const wanted = quantile * total;
  let below = 0;
  for (const bucket in latency) {
    const count = latency[bucket]!;
    if (count > 0 && below + count >= wanted) {
      const from = aboveMs(Number(bucket));
      return from + ((upToMs(Number(bucket)) - from) * (wanted - below)) / count;
    }
    below += count;
  }
  return null;
}

/** The bucket of the latency of this rank, counted from 1; undefined where there is none. */
export function bucketOfRank(latency: LatencyCounts, rank: number): number | undefined {
  if (rank < 1) return undefined;
  let below = 0;
  for (const { bucket, count } of filledBuckets(latency)) {
    below += count;
    if (below >= rank) return bucket;
  }
  return undefined;
}
