/** What turns came to, added up by mode and time (spec 5.5): plain numbers that merge by addition. */
import type { Deployment } from "./rollout.js";

/** Names of a cell: which turns it adds up. */
export interface FiguresKey {
  registry: string;
  /** The mode asked for. */
  askedMode: string;
  /** The mode that ran. */
  appliedMode: string;
  deployment: Deployment;
  /** When its slot of time begins: Unix milliseconds. */
  slotMs: number;
}

export interface FiguresCell extends FiguresKey {
  counts: FiguresCounts;
}

export interface FiguresCounts {
  samples: number;
  errors: number;
  critical_errors: number;
  mismatches: number;
  severe: number;
  severe_safety: number;
  /** Of the samples that gave one: how many, and their sum. */
  scored: number;
  score_sum: number;
  /** Latencies by index of their bucket (latency-buckets.ts). */
  latency: { [bucket: number]: number };
}

export interface FiguresQuery {
  registry: string;
  /** Only slots that begin at or after. */
  fromMs: number;
  /** Only slots that begin before. */
  toMs?: number;
}

export function noCounts(): FiguresCounts {
  return {
    samples: 0,
    errors: 0,
    critical_errors: 0,
    mismatches: 0,
    severe: 0,
    severe_safety: 0,
    scored: 0,
    score_sum: 0,
    latency: {},
  };
}

/** A new sum; neither is modified. */
export function addCounts(a: FiguresCounts, b: FiguresCounts): FiguresCounts {
  const sum = { ...a, latency: { ...a.latency } };
  addInto(sum, b);
  return sum;
}

/** Changes `sum`. */
export function addInto(sum: FiguresCounts, { latency, ...numbers }: FiguresCounts): void {
  for (const name of Object.keys(numbers) as (keyof typeof numbers)[]) sum[name] += numbers[name];
  for (const [bucket, count] of Object.entries(latency)) {
    sum.latency[Number(bucket)] = (sum.latency[Number(bucket)] ?? 0) + count;
  }
}
