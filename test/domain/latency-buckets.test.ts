import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  aboveMs,
  bucketOfRank,
  LAST_BUCKET,
  latencyBucket,
  percentile,
  upToMs,
} from "../../src/domain/latency-buckets.js";

const latency = fc.double({ min: 0, max: 3_600_000, noNaN: true });

function countsOf(latencies: readonly number[]): { [bucket: number]: number } {
  const counts: { [bucket: number]: number } = {};
  for (const ms of latencies) counts[latencyBucket(ms)] = (counts[latencyBucket(ms)] ?? 0) + 1;
  return counts;
}

describe("the bucket of a latency", () => {
  test("is the one that encloses it", () => {
    fc.assert(
      fc.property(latency, (ms) => {
        const bucket = latencyBucket(ms);
        expect(ms).toBeLessThanOrEqual(upToMs(bucket));
        if (bucket > 0) expect(ms).toBeGreaterThan(aboveMs(bucket));
      }),
    );
  });

  test("ends with its edge", () => {
    for (let bucket = 1; bucket < LAST_BUCKET; bucket++) {
      expect([latencyBucket(upToMs(bucket)), latencyBucket(upToMs(bucket) * 1.000001)]).toEqual([
        bucket,
        bucket + 1,
      ]);
    }
  });

  test("is the first for nothing, and the last for whatever takes longer than an hour", () => {
    expect([0, 0.1, 1e9, Number.MAX_VALUE].map(latencyBucket)).toEqual([0, 0, LAST_BUCKET, LAST_BUCKET]);
    expect(upToMs(LAST_BUCKET)).toBeGreaterThanOrEqual(3_600_000);
  });
});

describe("a percentile", () => {
  const quantile = fc.double({ min: 0.001, max: 1, noNaN: true });
  const latencies = fc.array(fc.double({ min: 0.2, max: 1e6, noNaN: true }), {
    minLength: 1,
    maxLength: 200,
  });

  test("is within 2 % of the sample of its rank", () => {
    fc.assert(
      fc.property(latencies, quantile, (all, q) => {
        const sample = all.toSorted((a, b) => a - b)[Math.ceil(q * all.length - 1e-9) - 1]!;
        expect(percentile(countsOf(all), q)! / sample).toBeGreaterThan(1 / 1.021);
        expect(percentile(countsOf(all), q)! / sample).toBeLessThan(1.021);
      }),
    );
  });

  test("rises with the quantile", () => {
    fc.assert(
      fc.property(latencies, quantile, quantile, (all, a, b) => {
        const counts = countsOf(all);
        expect(percentile(counts, Math.min(a, b))!).toBeLessThanOrEqual(percentile(counts, Math.max(a, b))!);
      }),
    );
  });

  test("of nothing there is none", () => {
    expect(percentile({}, 0.5)).toBeNull();
    expect(percentile({ 7: 0 }, 0.5)).toBeNull();
  });
});

test("the bucket of a rank is that of the sample of this rank", () => {
  fc.assert(
    fc.property(fc.array(latency, { minLength: 1, maxLength: 50 }), (all) => {
      const counts = countsOf(all);
      all
        .toSorted((a, b) => a - b)
        .forEach((ms, i) => {
          expect(bucketOfRank(counts, i + 1)).toBe(latencyBucket(ms));
        });
      expect(bucketOfRank(counts, 0)).toBeUndefined();
      expect(bucketOfRank(counts, all.length + 1)).toBeUndefined();
    }),
  );
});
