import type { FiguresCounts } from "./figures.js";
import { filledBuckets, percentile, upToMs } from "./latency-buckets.js";
import type { FiguresReport } from "./rollout.js";

/** What a population's outcomes add up to, as it is told. */
export function figuresReport(counts: FiguresCounts): FiguresReport {
  const { samples, errors, critical_errors, mismatches, severe, severe_safety, latency } = counts;
  return {
    samples,
    errors,
    error_rate: share(errors, samples),
    critical_errors,
    critical_error_rate: share(critical_errors, samples),
    mismatches,
    severe,
    severe_safety,
    latency_ms: {
      p50: percentile(latency, 0.5),
      p95: percentile(latency, 0.95),
      p99: percentile(latency, 0.99),
    },
    latency_buckets: filledBuckets(latency).map(({ bucket, count }) => ({ up_to_ms: upToMs(bucket), count })),
    quality_score: share(counts.score_sum, counts.scored),
  };
}

/** Null of nothing. */
export function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
