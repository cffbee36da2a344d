import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isWatched, regressionsOf } from "../../src/domain/regression.js";
import { aRollout, populations, type Turns } from "./rollout-figures.js";

const { thresholds } = aRollout();
const triggers = (mode: Turns, control: Turns = { samples: 2_000 }, cloud?: Turns) =>
  regressionsOf(populations(mode, control, cloud), thresholds).map(({ trigger }) => trigger);

test.each<[string, Turns, Turns, string[]]>([
  ["nothing", { samples: 0 }, { samples: 0 }, []],
  ["turns alike", { samples: 1_000, failed: 20 }, { samples: 1_000, failed: 20 }, []],
  ["a mismatch", { samples: 1, resolved_model: "a", observed_model: "b" }, { samples: 0 }, ["mismatch"]],
  [
    "a severe safety report",
    { samples: 1, severity: "severe", category: "safety" },
    { samples: 0 },
    ["severe_safety"],
  ],
  ["a severe report of quality", { samples: 1, severity: "severe", category: "quality" }, { samples: 0 }, []],
  ["many errors", { samples: 200, failed: 40 }, { samples: 2_000 }, ["error_rate"]],
  ["many errors, and nothing to compare them with", { samples: 200, failed: 40 }, { samples: 0 }, []],
  ["errors that may be chance", { samples: 200, failed: 8 }, { samples: 2_000, failed: 20 }, []],
  ["as many errors of the control", { samples: 200, failed: 40 }, { samples: 2_000, failed: 400 }, []],
  [
    "critical errors",
    { samples: 200, failed: 40, critical: true },
    { samples: 2_000, failed: 400 },
    ["critical_error_rate"],
  ],
  ["slow turns", { samples: 200, latency_ms: 130 }, { samples: 200 }, ["p95_latency"]],
  ["turns that are hardly too slow", { samples: 200, latency_ms: 121 }, { samples: 200 }, []],
  ["slow turns, and few to compare them with", { samples: 200, latency_ms: 130 }, { samples: 140 }, []],
  ["few slow turns", { samples: 4, latency_ms: 500 }, { samples: 2_000 }, []],
])("of %s", (_, mode, control, expected) => {
  expect(triggers(mode, control)).toEqual(expected);
});

test("a report is certain at once, and what figures tell is not", () => {
  const bad: Turns = { samples: 200, failed: 200, latency_ms: 900, severity: "severe", category: "safety" };
  const found = regressionsOf(populations(bad, { samples: 2_000 }), thresholds);
  expect(found.map(({ trigger, certain }) => [trigger, certain])).toEqual([
    ["severe_safety", true],
    ["error_rate", false],
    ["p95_latency", false],
  ]);
});

test("the reason says with figures what was seen, and on which path", () => {
  const [found] = regressionsOf(
    populations(
      { samples: 100 },
      { samples: 2_000, failed: 20 },
      { samples: 100, failed: 40, deployment: "cloud" },
    ),
    thresholds,
  );
  expect(found).toEqual({
    trigger: "error_rate",
    certain: false,
    deployment: "cloud",
    reason:
      "40 errors in 200 turns of the mode (20 %), 20 in 2000 of the control (1 %): more than 1 % above with 99.9 % confidence",
  });
});

describe("more errors, or slower turns,", () => {
  test("never make a regression go away", () => {
    const size = fc.integer({ min: 1, max: 400 });
    fc.assert(
      fc.property(
        size,
        size,
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 1, max: 50 }),
        (n, m, failed, more) => {
          const before = triggers({ samples: n, failed }, { samples: m });
          const after = triggers({ samples: n, failed: failed + more, latency_ms: 130 }, { samples: m });
          expect(after).toEqual(expect.arrayContaining(before));
        },
      ),
      { numRuns: 100 },
    );
  });
});

test.each([
  [{}, true],
  [{ auto_rollback: false }, false],
  [{ runtime_enabled: false }, false],
  [{ contract_enabled: false }, false],
  [{ percentage: 0 }, false],
  [{ percentage: 0, cohort: ["a"] }, true],
])("a rollout with %j is watched: %s", (members, watched) => {
  expect(isWatched(aRollout(members))).toBe(watched);
});
