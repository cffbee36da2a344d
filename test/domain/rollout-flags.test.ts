import { describe, expect, test } from "vitest";
import {
  cappedFlags,
  type EnvironmentFlags,
  effectiveFlags,
  startingFlags,
} from "../../src/domain/processing.js";
import { NEEDED_FLAG, ROLLOUT_FLAGS, type RolloutFlags } from "../../src/domain/rollout.js";
import { ALL_OFF, aRollout, FLAG_STATES } from "./moding.js";

/** Of each flag nothing, true or false. */
const ENVIRONMENTS: readonly Partial<RolloutFlags>[] = Array.from({ length: 81 }, (_, n) => {
  const given: Partial<RolloutFlags> = {};
  ROLLOUT_FLAGS.forEach((flag, i) => {
    const digit = Math.floor(n / 3 ** i) % 3;
    if (digit > 0) given[flag] = digit === 1;
  });
  return given;
});
const effective = (stored: RolloutFlags, fast: Partial<RolloutFlags> = {}): RolloutFlags =>
  effectiveFlags(aRollout(stored), "fast", { fast });
const onIn = (flags: RolloutFlags): string[] => ROLLOUT_FLAGS.filter((flag) => flags[flag]);

describe("a flag acts as on", () => {
  test("where it is stored as on, the process does not cap it, and the one that it needs acts as on", () => {
    for (const stored of FLAG_STATES) {
      for (const environment of ENVIRONMENTS) {
        const flags = effective(stored, environment);
        for (const flag of ROLLOUT_FLAGS) {
          const needed = NEEDED_FLAG[flag];
          const on = stored[flag] && environment[flag] !== false && (needed === undefined || flags[needed]);
          expect(flags[flag]).toBe(on);
        }
      }
    }
  });

  test("in no state without those before it", () => {
    const states = new Set(FLAG_STATES.map((stored) => onIn(effective(stored)).join(" ")));
    expect([...states].sort()).toEqual([
      "",
      "contract_enabled",
      "contract_enabled runtime_enabled",
      "contract_enabled runtime_enabled cloud_enforced",
      "contract_enabled runtime_enabled ui_enabled",
      "contract_enabled runtime_enabled ui_enabled cloud_enforced",
    ]);
  });
});

test("turning a flag off, or capping it, turns none on", () => {
  for (const stored of FLAG_STATES) {
    const before = onIn(effective(stored));
    for (const flag of ROLLOUT_FLAGS) {
      for (const after of [effective({ ...stored, [flag]: false }), effective(stored, { [flag]: false })]) {
        expect(before).toEqual(expect.arrayContaining(onIn(after)));
      }
    }
  }
});

test("what the environment sets to true turns nothing on that is stored as off", () => {
  const all = { contract_enabled: true, runtime_enabled: true, ui_enabled: true, cloud_enforced: true };
  for (const stored of FLAG_STATES) expect(effective(stored, all)).toEqual(effective(stored));
  expect(effectiveFlags(undefined, "fast", { fast: all })).toEqual(ALL_OFF);
});

test("a rollout that is absent is all off", () => {
  expect(effectiveFlags(undefined, "fast", {})).toEqual(ALL_OFF);
});

test("a cap holds for its own mode, whatever that is called", () => {
  const capped: EnvironmentFlags = { fast: { contract_enabled: false } };
  for (const mode of ["voice", "constructor", "__proto__", "toString"]) {
    expect(onIn(effectiveFlags(aRollout({ mode }), mode, capped))).toEqual([
      "contract_enabled",
      "runtime_enabled",
    ]);
    expect(cappedFlags(mode, capped)).toEqual([]);
  }
  expect(
    cappedFlags("fast", { fast: { ui_enabled: true, cloud_enforced: false, contract_enabled: false } }),
  ).toEqual(["contract_enabled", "cloud_enforced"]);
});

test("a mode starts with the flags that the environment sets and that have what they need", () => {
  for (const given of ENVIRONMENTS) {
    const wished = { ...ALL_OFF };
    for (const flag of ROLLOUT_FLAGS) wished[flag] = given[flag] === true;
    expect(startingFlags(given)).toEqual(effective(wished));
  }
});
