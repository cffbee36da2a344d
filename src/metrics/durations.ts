/** Durations as a histogram. */
import type { Labels, Sample } from "./family.js";

/** Seconds. A resolve takes tenths of a millisecond, a write waits for the disk, and a busy store gives up after 5 s. */
const BOUNDS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;

export interface Durations {
  /** By the bound that they are not above; the last one holds those above all. */
  readonly buckets: number[];
  sum: number;
}

export function noDurations(): Durations {
  return { buckets: new Array<number>(BOUNDS.length + 1).fill(0), sum: 0 };
}

export function addDuration(to: Durations, ms: number): void {
  const seconds = ms / 1_000;
  let i = 0;
  while (i < BOUNDS.length && seconds > BOUNDS[i]!) i++;
  to.buckets[i]!++;
  to.sum += seconds;
}

export function durationSamples(name: string, durations: Iterable<[Labels, Durations]>): Sample[] {
  return [...durations].flatMap(([labels, { buckets, sum }]) => {
    let count = 0;
    const parts = buckets.map((value, i): Sample => {
      count += value;
      return {
        metricName: `${name}_bucket`,
        labels: { ...labels, le: i < BOUNDS.length ? String(BOUNDS[i]) : "+Inf" },
        value: count,
      };
    });
    return [
      ...parts,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  });
}
