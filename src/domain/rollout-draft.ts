/** What writes make of a rollout (spec 5.5): the members of an update checked, the next stage, the way back. */
import { quoteCut, type Violation } from "./errors.js";
import { isBlank } from "./identifiers.js";
import { whyNotJson } from "./json.js";
import { effectiveFlags } from "./processing.js";
import {
  NEEDED_FLAG,
  ROLLOUT_FLAGS,
  type RollbackKind,
  type Rollout,
  type RolloutFlag,
  type RolloutInput,
  type RolloutThresholds,
} from "./rollout.js";
import { byteLength, checkCount } from "./validate.js";

const MOST_STAGES = 50;
const MOST_INVITED = 1_000;
const TEXT_BYTES = 1_024;

interface Range {
  least: number;
  most: number;
  integer?: boolean;
}

/**
 * A window is read whole at every evaluation, and is at least as long as a slot of figures. Below the smallest ratio nothing
 * could pass; a regression is something slower.
 */
const THRESHOLD_RANGES: { readonly [name in keyof RolloutThresholds]: Range } = {
  min_samples: { least: 1, most: 1_000_000, integer: true },
  window_s: { least: 10, most: 86_400, integer: true },
  min_stage_s: { least: 0, most: 2_592_000, integer: true },
  error_rate_delta: { least: 0, most: 1 },
  p95_ratio: { least: 0.01, most: 100 },
  p95_regression: { least: 1, most: 100 },
};

/** A stored rollout with the members of an update laid over it; problems are added to `violations`. */
export function draftRollout(
  stored: Rollout,
  input: RolloutInput,
  nowMs: number,
  violations: Violation[],
): Rollout {
  const { percentage, salt, cohort, stages, thresholds } = input;
  if (percentage !== undefined && !isPercentage(percentage)) {
    violations.push({
      field: "rollout.percentage",
      reason: "must be a number from 0 to 100 with at most two decimals",
    });
  }
  if (salt !== undefined) violations.push(...checkText("rollout.salt", salt));
  if (cohort !== undefined) violations.push(...checkCohort(cohort));
  if (stages !== undefined) violations.push(...checkStages(stages));
  if (thresholds !== undefined) violations.push(...checkThresholds(thresholds));
  const draft: Rollout = {
    ...stored,
    ...input,
    cohort: cohort === undefined ? stored.cohort : [...new Set(cohort)],
    thresholds: { ...stored.thresholds, ...thresholds },
  };
  return atStage(stored, draft, nowMs);
}

/** Why something was done, for the log; problems are added to `violations`. */
export function draftReason(
  raw: string | undefined,
  needed: boolean,
  violations: Violation[],
): string | undefined {
  const reason = isBlank(raw) ? undefined : raw.trim();
  if (reason === undefined && needed) violations.push({ field: "reason", reason: "must not be empty" });
  if (reason !== undefined) violations.push(...checkText("reason", reason));
  return reason;
}

/** The flags that an update turns on while the one that they need is off, each with that one. */
export function unmetNeeds(stored: Rollout, draft: Rollout): { flag: RolloutFlag; needed: RolloutFlag }[] {
  return ROLLOUT_FLAGS.flatMap((flag) => {
    const needed = NEEDED_FLAG[flag];
    const turnedOn = draft[flag] && !stored[flag];
    return turnedOn && needed !== undefined && !draft[needed] ? [{ flag, needed }] : [];
  });
}

/** Whether an update names nothing but flags to turn off and a percentage that is not higher. */
export function onlyGoesBack(stored: Rollout, input: RolloutInput): boolean {
  const members = Object.entries(input);
  return (
    members.length > 0 &&
    members.every(([name, value]) =>
      name === "percentage"
        ? (value as number) <= stored.percentage
        : ROLLOUT_FLAGS.includes(name as RolloutFlag) && value === false,
    )
  );
}

/** The smallest stage above the percentage; undefined at the last. */
export function nextStage({
  stages,
  percentage,
}: Pick<Rollout, "stages" | "percentage">): number | undefined {
  return stages.find((stage) => stage > percentage);
}

/** The largest stage not above the percentage; undefined below the first. */
export function currentStage({
  stages,
  percentage,
}: Pick<Rollout, "stages" | "percentage">): number | undefined {
  return stages.findLast((stage) => stage <= percentage);
}

export function advanced(stored: Rollout, percentage: number, nowMs: number): Rollout {
  return atStage(stored, { ...stored, percentage }, nowMs);
}

/** Cohort and, unless it is a hard one, contract are kept. */
export function rolledBack(stored: Rollout, kind: RollbackKind, nowMs: number): Rollout {
  const back: Rollout = {
    ...stored,
    contract_enabled: kind === "soft" && stored.contract_enabled,
    runtime_enabled: false,
    ui_enabled: false,
    cloud_enforced: false,
    percentage: 0,
  };
  return atStage(stored, back, nowMs);
}

/** Whether the mode is applied to anybody. Caps of a process do not count: the others act on what is stored. */
export function takesTurns(rollout: Rollout): boolean {
  const { runtime_enabled } = effectiveFlags(rollout, rollout.mode, {});
  return runtime_enabled && (rollout.percentage > 0 || rollout.cohort.length > 0);
}

/** What turns ran under another percentage or runtime flag says nothing of this one. */
function atStage(stored: Rollout, draft: Rollout, nowMs: number): Rollout {
  const same = draft.percentage === stored.percentage && draft.runtime_enabled === stored.runtime_enabled;
  return { ...draft, stage_since_ms: same ? stored.stage_since_ms : beginning(stored, nowMs) };
}

/** Clocks of processes may differ by less. */
const SKEW_MS = 60_000;

/**
 * Stages in which turns run are told apart by when they begin: one that follows within the same moment, by whichever clock,
 * begins after it.
 */
function beginning(stored: Rollout, nowMs: number): number {
  const { stage_since_ms: before } = stored;
  const collides = nowMs <= before && before - nowMs < SKEW_MS;
  return collides && takesTurns(stored) ? before + 1 : nowMs;
}

function isPercentage(value: number): boolean {
  return value >= 0 && value <= 100 && Math.round(value * 100) / 100 === value;
}

function checkText(field: string, text: string): Violation[] {
  const reason = isBlank(text)
    ? "must not be empty"
    : byteLength(text) > TEXT_BYTES
      ? `must not be longer than ${TEXT_BYTES} bytes`
      : whyNotJson(text);
  return reason === undefined ? [] : [{ field, reason }];
}

function checkCohort(cohort: readonly string[]): Violation[] {
  const field = "rollout.cohort";
  const tooMany = checkCount(field, new Set(cohort).size, MOST_INVITED);
  if (tooMany.length > 0) return tooMany;
  return cohort.flatMap((key, i) => checkText(`${field}[${i}]`, key));
}

function checkStages(stages: readonly number[]): Violation[] {
  const field = "rollout.stages";
  if (stages.length === 0) return [{ field, reason: "must not be empty" }];
  const tooMany = checkCount(field, stages.length, MOST_STAGES);
  if (tooMany.length > 0) return tooMany;
  return stages.flatMap((stage, i) => {
    const at = `${field}[${i}]`;
    if (!isPercentage(stage) || stage === 0) {
      return [{ field: at, reason: "must be a number above 0, at most 100, with at most two decimals" }];
    }
    const before = stages[i - 1];
    return before !== undefined && stage <= before
      ? [{ field: at, reason: `must be above the stage before it (${before})` }]
      : [];
  });
}

function checkThresholds(thresholds: Partial<RolloutThresholds>): Violation[] {
  return Object.entries(thresholds).flatMap(([name, value]) => {
    const { least, most, integer } = THRESHOLD_RANGES[name as keyof RolloutThresholds];
    if (value >= least && value <= most && (!integer || Number.isInteger(value))) return [];
    return [
      {
        field: `rollout.thresholds.${quoteCut(name)}`,
        reason: `must be ${integer ? "an integer" : "a number"} from ${least} to ${most}`,
      },
    ];
  });
}
