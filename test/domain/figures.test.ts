import fc from "fast-check";
import { expect, test } from "vitest";
import { addCounts, type FiguresCounts, noCounts } from "../../src/domain/figures.js";
import { figuresReport } from "../../src/domain/figures-report.js";
import { count } from "../../src/domain/outcome-cell.js";
import type { Outcome } from "../../src/domain/rollout.js";
import { aTurn, countsOf } from "./rollout-figures.js";

const outcome: fc.Arbitrary<Outcome> = fc
  .record({
    latency_ms: fc.double({ min: 0, max: 1e6, noNaN: true }),
    success: fc.boolean(),
    critical: fc.boolean(),
    severity: fc.constantFrom("minor", "severe"),
    category: fc.constantFrom("safety", "quality"),
    observed_conv_id: fc.constantFrom("", "a", "b"),
    // Sums of eighths are exact.
    quality_score: fc.integer({ min: 0, max: 8 }).map((eighths) => eighths / 8),
  })
  .map((members) => aTurn({ ...members, conv_id: "a" } as Partial<Outcome>));
const outcomes = fc.array(outcome, { maxLength: 30 });

function sumOf(all: readonly Outcome[]): FiguresCounts {
  const counts = noCounts();
  for (const one of all) count(counts, one);
  return counts;
}

test("figures add up alike in whatever order and parts they are added", () => {
  fc.assert(
    fc.property(outcomes, outcomes, outcomes, (a, b, c) => {
      const [x, y, z] = [sumOf(a), sumOf(b), sumOf(c)] as const;
      expect(addCounts(x, y)).toEqual(addCounts(y, x));
      expect(addCounts(addCounts(x, y), z)).toEqual(addCounts(x, addCounts(y, z)));
      expect(addCounts(addCounts(x, y), z)).toEqual(sumOf([...a, ...b, ...c]));
      expect(addCounts(x, noCounts())).toEqual(x);
    }),
  );
});

test("adding changes neither of the two", () => {
  const [a, b] = [countsOf({ samples: 3 }), countsOf({ samples: 2, latency_ms: 7 })];
  const before = structuredClone([a, b]);
  addCounts(a, b);
  expect([a, b]).toEqual(before);
});

test.each<[string, Partial<Outcome>, Partial<FiguresCounts>]>([
  ["that went well", {}, { samples: 1, errors: 0, mismatches: 0, severe: 0, scored: 0 }],
  ["that failed", { success: false }, { errors: 1, critical_errors: 0 }],
  ["that failed critically", { success: false, critical: true }, { errors: 1, critical_errors: 1 }],
  ["that went well is no critical error", { critical: true }, { errors: 0, critical_errors: 0 }],
  ["that ran in another mode", { applied_mode: "default" }, { mismatches: 1 }],
  ["that ran on another model", { resolved_model: "a", observed_model: "b" }, { mismatches: 1 }],
  ["whose model is not known", { resolved_model: "a", observed_model: " " }, { mismatches: 0 }],
  ["of another conversation", { conv_id: "a", observed_conv_id: "b" }, { mismatches: 1 }],
  ["that was of bad quality", { severity: "severe", category: "quality" }, { severe: 1, severe_safety: 0 }],
  ["that was not safe", { severity: "severe", category: "safety" }, { severe: 1, severe_safety: 1 }],
  ["that was a little unsafe", { severity: "major", category: "safety" }, { severe: 0, severe_safety: 0 }],
  ["with a score", { quality_score: 0.5 }, { scored: 1, score_sum: 0.5 }],
])("a turn %s counts as such", (_, members, expected) => {
  expect(sumOf([aTurn(members)])).toMatchObject(expected);
});

test("figures are told as rates, percentiles and a mean", () => {
  const counts = addCounts(
    countsOf({ samples: 99, failed: 10, latency_ms: 100, quality_score: 0.5 }),
    countsOf({ samples: 1, failed: 1, critical: true, latency_ms: 1_000 }),
  );
  const { latency_ms, latency_buckets, ...rest } = figuresReport(counts);
  expect(rest).toEqual({
    samples: 100,
    errors: 11,
    error_rate: 0.11,
    critical_errors: 1,
    critical_error_rate: 0.01,
    mismatches: 0,
    severe: 0,
    severe_safety: 0,
    quality_score: 0.5,
  });
  expect([latency_ms.p50! / 100, latency_ms.p95! / 100]).toEqual([
    expect.closeTo(1, 1),
    expect.closeTo(1, 1),
  ]);
  expect(latency_buckets.map((bucket) => bucket.count)).toEqual([99, 1]);
});

test("of nothing there is no rate", () => {
  expect(figuresReport(noCounts())).toMatchObject({
    error_rate: null,
    critical_error_rate: null,
    latency_ms: { p50: null, p95: null, p99: null },
    latency_buckets: [],
    quality_score: null,
  });
});
