import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { atLeast, rankNotAbove, rankNotBelow, rateAbove, rateBelow } from "../../src/domain/statistics.js";

/** Term by term, in logarithms. */
function tail(k: number, n: number, p: number): number {
  let logTerm = n * Math.log1p(-p);
  let below = 0;
  for (let i = 0; i < k; i++) {
    below += Math.exp(logTerm);
    logTerm += Math.log((n - i) / (i + 1)) + Math.log(p) - Math.log1p(-p);
  }
  return 1 - below;
}

const trials = fc
  .integer({ min: 1, max: 400 })
  .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
const alpha = fc.constantFrom(0.05, 0.001, 5e-6);

describe("the tail of the binomial distribution", () => {
  test("is what adding up its terms gives", () => {
    fc.assert(
      fc.property(trials, fc.double({ min: 0.001, max: 0.999, noNaN: true }), ([k, n], p) => {
        expect(atLeast(k, n, p)).toBeCloseTo(tail(k, n, p), 9);
      }),
    );
  });

  test.each([
    [0, 5, 0.3, 1],
    [6, 5, 0.3, 0],
    [1, 5, 0, 0],
    [5, 5, 1, 1],
    [3, 3, 0.1, 0.001],
  ])("of at least %i of %i at %d is %d", (k, n, p, expected) => {
    expect(atLeast(k, n, p)).toBeCloseTo(expected, 12);
  });

  test("holds for numbers of a busy day", () => {
    // The normal approximation, three standard deviations off, with continuity.
    expect(atLeast(1_002_999, 2_000_000, 0.5)).toBeCloseTo(1.12e-5, 6);
  });
});

describe("bounds of a rate", () => {
  test.each([1, 2, 10, 1_000])("have a closed form where none, one or all of %i were seen", (n) => {
    const alpha = 0.001;
    expect([rateAbove(0, n, alpha), rateBelow(n, n, alpha)]).toEqual([0, 1]);
    expect(rateBelow(0, n, alpha)).toBeCloseTo(1 - alpha ** (1 / n), 10);
    expect(rateAbove(n, n, alpha)).toBeCloseTo(alpha ** (1 / n), 10);
    expect(rateAbove(1, n, alpha)).toBeCloseTo(1 - (1 - alpha) ** (1 / n), 10);
  });

  test("are where what was seen becomes as improbable as allowed", () => {
    fc.assert(
      fc.property(trials, alpha, ([k, n], alpha) => {
        const [above, below] = [rateAbove(k, n, alpha), rateBelow(k, n, alpha)];
        if (k > 0) expect(atLeast(k, n, above) / alpha).toBeCloseTo(1, 6);
        if (k < n) expect((1 - atLeast(k + 1, n, below)) / alpha).toBeCloseTo(1, 5);
      }),
    );
  });

  test("enclose what was seen, and those of less confidence", () => {
    fc.assert(
      fc.property(trials, ([k, n]) => {
        const bounds = [5e-6, 0.001, 0.05].map((alpha) => rateAbove(k, n, alpha));
        const upper = [0.05, 0.001, 5e-6].map((alpha) => rateBelow(k, n, alpha));
        const all = [...bounds, k / n, ...upper];
        expect(all).toEqual([...all].sort((a, b) => a - b));
      }),
    );
  });
});

describe("ranks that enclose a quantile", () => {
  test("are the outermost that hold with the confidence asked for", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3_000 }), fc.constantFrom(0.5, 0.95), alpha, (n, q, alpha) => {
        const low = rankNotAbove(n, q, alpha);
        expect(atLeast(low, n, q)).toBeGreaterThanOrEqual(1 - alpha);
        if (low < n) expect(atLeast(low + 1, n, q)).toBeLessThan(1 - alpha);
        const high = rankNotBelow(n, q, alpha);
        if (high === undefined) expect(atLeast(n, n, q)).toBeGreaterThan(alpha);
        else {
          expect(atLeast(high, n, q)).toBeLessThanOrEqual(alpha);
          expect(atLeast(high - 1, n, q)).toBeGreaterThan(alpha);
        }
      }),
    );
  });

  test("need 135 samples to bound a 95th percentile from above with 99.9 %", () => {
    expect(rankNotBelow(134, 0.95, 0.001)).toBeUndefined();
    expect(rankNotBelow(135, 0.95, 0.001)).toBe(135);
  });
});
