import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gatesOf, unmetGates } from "../../src/domain/gates.js";
import { GATES, type GateName, type Rollout } from "../../src/domain/rollout.js";
import { aRollout, populations, type Turns } from "./rollout-figures.js";

const LATE = 3_600_000;
const CONTROL: Turns = { samples: 200, latency_ms: 200 };

interface Case {
  mode?: Partial<Turns>;
  control?: Partial<Turns>;
  cloud?: Turns;
  thresholds?: Partial<Rollout["thresholds"]>;
}

function gates({ mode, control, cloud, thresholds }: Case, nowMs = LATE) {
  const rollout = aRollout();
  return gatesOf(
    populations({ samples: 200, ...mode }, { ...CONTROL, ...control }, cloud),
    { ...rollout, thresholds: { ...rollout.thresholds, ...thresholds } },
    nowMs,
  );
}

function unpassed(of: Case, nowMs?: number): GateName[] {
  return gates(of, nowMs)
    .filter(({ passed }) => !passed)
    .map(({ name }) => name);
}

test("all gates are told, in their order, and pass where all is well", () => {
  expect(gates({}).map(({ name }) => name)).toEqual(GATES);
  expect(unpassed({})).toEqual([]);
});

test.each<[string, Case, GateName[]]>([
  ["too few turns of the mode", { mode: { samples: 199 } }, ["min_samples"]],
  ["too few turns of the control", { control: { samples: 199 } }, ["min_samples"]],
  ["a mismatch", { mode: { resolved_model: "a", observed_model: "b" } }, ["mismatches"]],
  ["exactly as many errors as allowed", { mode: { failed: 22 }, control: { failed: 20 } }, []],
  ["one error more than allowed", { mode: { failed: 23 }, control: { failed: 20 } }, ["error_rate"]],
  ["fewer errors", { mode: { failed: 0 }, control: { failed: 50 } }, []],
  [
    "critical errors",
    { mode: { failed: 3, critical: true }, control: { failed: 3 } },
    ["critical_error_rate"],
  ],
  ["as long as the control takes", { mode: { latency_ms: 200 } }, ["p95_latency"]],
  ["that where it is allowed", { mode: { latency_ms: 200 }, thresholds: { p95_ratio: 1 } }, []],
  ["a severe report", { mode: { severity: "severe" } }, ["severe_reports"]],
  ["a severe report of the control", { control: { severity: "severe" } }, []],
  ["one path alone", { cloud: { samples: 0 } }, []],
  ["more errors on one path", { cloud: { samples: 100, failed: 2, deployment: "cloud" } }, ["local_cloud"]],
  [
    "critical ones on one path",
    {
      mode: { failed: 4 },
      control: { failed: 8 },
      cloud: { samples: 200, failed: 4, critical: true, deployment: "cloud" },
    },
    ["local_cloud"],
  ],
  [
    "a path that takes longer",
    { cloud: { samples: 200, latency_ms: 130, deployment: "cloud" } },
    ["local_cloud"],
  ],
  [
    "a path that takes longer in too few turns to say so",
    { cloud: { samples: 199, latency_ms: 130, deployment: "cloud" } },
    [],
  ],
])("gates that fail on %s", (_, of, names) => {
  expect(unpassed(of)).toEqual(names);
});

test("a stage lasts as long as it must", () => {
  expect(unpassed({}, 599_999)).toEqual(["min_stage_s"]);
  expect(unpassed({}, 600_000)).toEqual([]);
});

test("without any figures no gate passes that needs some", () => {
  expect(unpassed({ mode: { samples: 0 }, control: { samples: 0 }, thresholds: { min_samples: 1 } })).toEqual(
    ["min_samples", "error_rate", "critical_error_rate", "p95_latency"],
  );
});

test("the texts say what is required and what there is", () => {
  const text = unmetGates(gates({ mode: { samples: 120, failed: 6, latency_ms: 250 } }, 5_000));
  expect(text.split("; ")).toEqual([
    "min_stage_s (5 s of at least 600 s at this stage)",
    "min_samples (120 outcomes of the mode and 200 of the control, of at least 200 each)",
    "error_rate (5 % with the mode and 0 % in the control, at most 1 % more allowed)",
    expect.stringMatching(
      /^p95_latency \(p95 2\d\d ms with the mode and 2\d\d ms in the control, at most 0\.95 times as much allowed\)$/,
    ),
  ]);
});

test("the figures are the numbers that it was decided from", () => {
  const figures = Object.fromEntries(gates({ mode: { failed: 2 } }).map((gate) => [gate.name, gate.figures]));
  expect(figures).toMatchObject({
    min_stage_s: { stage_s: 3_600, min_stage_s: 600 },
    min_samples: { mode_samples: 200, control_samples: 200, min_samples: 200 },
    mismatches: { mismatches: 0 },
    error_rate: { mode_rate: 0.01, control_rate: 0, error_rate_delta: 0.01 },
    p95_latency: { p95_ratio: 0.95, mode_p95_ms: expect.closeTo(100, -1) },
    severe_reports: { severe: 0 },
    local_cloud: { local_samples: 200, cloud_samples: 0 },
  });
});

describe("a gate that fails", () => {
  const turns = fc.record({
    samples: fc.integer({ min: 1, max: 60 }),
    failed: fc.integer({ min: 0, max: 60 }),
  });
  const thresholds = { min_samples: 10, p95_ratio: 1, error_rate_delta: 0.1 };

  test("does not pass by more errors of the mode, or by slower turns", () => {
    fc.assert(
      fc.property(turns, turns, fc.integer({ min: 1, max: 20 }), (mode, control, more) => {
        const worse = { ...mode, failed: mode.failed + more, latency_ms: 150 };
        const failing = unpassed({ mode: { ...mode, latency_ms: 100 }, control, thresholds });
        expect(unpassed({ mode: worse, control, thresholds })).toEqual(expect.arrayContaining(failing));
      }),
      { numRuns: 50 },
    );
  });

  test("does not pass by thresholds that are no looser", () => {
    fc.assert(
      fc.property(turns, turns, (mode, control) => {
        const strict = { min_samples: 20, p95_ratio: 0.5, error_rate_delta: 0.05, min_stage_s: 700 };
        const failing = unpassed({ mode, control, thresholds });
        expect(unpassed({ mode, control, thresholds: strict })).toEqual(expect.arrayContaining(failing));
      }),
      { numRuns: 50 },
    );
  });
});
