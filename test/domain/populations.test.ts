import { describe, expect, test } from "vitest";
import type { FiguresCell } from "../../src/domain/figures.js";
import { cellOf } from "../../src/domain/outcome-cell.js";
import { populationsOf, windowOf } from "../../src/domain/populations.js";
import { aRollout, aTurn, countsOf, type Turns } from "./rollout-figures.js";

function cell(askedMode: string, appliedMode: string, turns: Turns, slotMs = 1_000): FiguresCell {
  const deployment = turns.deployment ?? "local";
  return { registry: "default", askedMode, appliedMode, deployment, slotMs, counts: countsOf(turns) };
}

describe("the populations", () => {
  const rollout = aRollout();
  const of = (...cells: FiguresCell[]) => populationsOf(cells, rollout, 1_000);

  test("of the mode are the turns that ran in it, whatever they asked for, by path", () => {
    const { mode, deployments } = of(
      cell("fast", "fast", { samples: 3 }),
      cell("default", "fast", { samples: 2, deployment: "cloud" }),
      cell("fast", "default", { samples: 7 }),
      cell("slow", "slow", { samples: 9 }),
    );
    expect([mode.samples, deployments.local.samples, deployments.cloud.samples]).toEqual([5, 3, 2]);
  });

  test("of the control are those that asked for it and ran as default, once they are enough", () => {
    const others = cell("default", "default", { samples: 500 });
    const few = of(
      cell("fast", "default", { samples: 199 }),
      others,
      cell("slow", "default", { samples: 1 }),
    );
    expect([few.controlIs, few.control.samples]).toEqual(["all_default", 700]);
    const enough = of(cell("fast", "default", { samples: 200 }), others);
    expect([enough.controlIs, enough.control.samples]).toEqual(["asked", 200]);
  });

  test("leave out what was before the window", () => {
    const { mode } = of(
      cell("fast", "fast", { samples: 3 }, 999),
      cell("fast", "fast", { samples: 2 }, 1_000),
    );
    expect(mode.samples).toBe(2);
  });

  test("a turn that was to run in the mode and ran as default is a mismatch of the mode", () => {
    const { mismatches } = of(
      cell("fast", "default", {
        samples: 2,
        resolved_mode: "fast",
        applied_mode: "default",
        deployment: "cloud",
      }),
      cell("default", "default", { samples: 4, resolved_model: "a", observed_model: "b" }),
    );
    expect(mismatches).toEqual({ local: 0, cloud: 2 });
  });
});

test("the window begins with the stage, and is no longer than it may be", () => {
  const rollout = aRollout({ stage_since_ms: 1_000_000 });
  expect(windowOf(rollout, 1_500_000)).toEqual({ from_ms: 1_000_000, to_ms: 1_500_000 });
  expect(windowOf(rollout, 2_000_000)).toEqual({ from_ms: 1_100_000, to_ms: 2_000_000 });
});

describe("slots of time", () => {
  const SINCE = 1_234_567;
  const rollout = aRollout({ stage_since_ms: SINCE });
  const slot = (afterMs: number, rollouts = [rollout], members = {}) =>
    cellOf(aTurn(members), rollouts, SINCE + afterMs).slotMs - SINCE;

  test("are counted from the beginning of the stage, and end with their last moment", () => {
    expect([0, 1, 10_000, 10_001, 20_000, 95_000].map((ms) => slot(ms))).toEqual([
      0, 0, 0, 10_000, 10_000, 90_000,
    ]);
  });

  test("of a process whose clock is behind are of the stage all the same", () => {
    expect(slot(-1)).toBe(0);
    expect(slot(-60_000)).toBe(0);
  });

  test("of a long window are longer: it is read whole", () => {
    const long = aRollout({ stage_since_ms: SINCE, thresholds: { ...rollout.thresholds, window_s: 86_400 } });
    expect(slot(959_999, [long])).toBe(0);
    expect(slot(960_001, [long])).toBe(960_000);
  });

  test("of turns that concern no mode are counted from the last beginning of any", () => {
    const plain = { mode: "default", resolved_mode: "default", applied_mode: "default" };
    const other = aRollout({ mode: "slow", stage_since_ms: SINCE - 500_000 });
    expect(slot(10_001, [other, rollout], plain)).toBe(10_000);
    expect(cellOf(aTurn(plain), [], 25_000).slotMs).toBe(20_000);
  });
});
