/** Counts by latency as shares of all, in the same bins: populations of different sizes can be compared. */
export interface Bucket {
  up_to_ms: number;
  count: number;
}

export interface LatencyShares {
  /** Upper ends of the bins, rising without a gap. */
  ms: number[];
  /** Percent of the mode's samples. */
  mode: number[];
  control: number[];
}

/** Each bin ends at this times the end of the one before: the server's own are finer than an eye can follow. */
const BIN_RATIO = 1.25;

export function latencyShares(mode: readonly Bucket[], control: readonly Bucket[]): LatencyShares {
  const bins = [...mode, ...control].map(binOf);
  if (bins.length === 0) return { ms: [], mode: [], control: [] };
  const [first, last] = bins.reduce(
    ([low, high], bin) => [Math.min(low, bin), Math.max(high, bin)],
    [Infinity, -Infinity],
  );
  // One more on each side, so that the picture begins and ends at nothing.
  const all = Array.from({ length: last - first + 3 }, (_, i) => first - 1 + i);
  return {
    ms: all.map((bin) => BIN_RATIO ** bin),
    mode: sharesOf(mode, all),
    control: sharesOf(control, all),
  };
}

function binOf({ up_to_ms }: Bucket): number {
  return Math.ceil(Math.log(Math.max(up_to_ms, 1)) / Math.log(BIN_RATIO) - 1e-9);
}

function sharesOf(buckets: readonly Bucket[], bins: readonly number[]): number[] {
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  const counts = new Map<number, number>();
  for (const bucket of buckets) counts.set(binOf(bucket), (counts.get(binOf(bucket)) ?? 0) + bucket.count);
  return bins.map((bin) => (total === 0 ? 0 : (100 * (counts.get(bin) ?? 0)) / total));
}
