/** Whether a mode has gone wrong (spec 5.5): what turns a rollout back at once, and what the figures must say twice. */
import type { FiguresCounts } from "./figures.js";
import { milliseconds, percent } from "./gates.js";
import { aboveMs, bucketOfRank, percentile, upToMs } from "./latency-buckets.js";
import type { Populations } from "./populations.js";
import { DEPLOYMENTS, type Deployment, type Rollout, type RolloutThresholds } from "./rollout.js";
import { takesTurns } from "./rollout-draft.js";
import { rankNotAbove, rankNotBelow, rateAbove, rateBelow } from "./statistics.js";

export type RegressionTrigger =
  | "mismatch"
  | "severe_safety"
  | "error_rate"
  | "critical_error_rate"
  | "p95_latency";

export interface Regression {
  trigger: RegressionTrigger;
  /** One report is enough; what only figures tell must be seen again. */
  certain: boolean;
  /** For people, with the figures. */
  reason: string;
  /** The path that it was seen on, where it was one. */
  deployment?: Deployment;
}

/** Whether a rollout is to be turned back where it goes wrong. */
export function isWatched(rollout: Rollout): boolean {
  return rollout.auto_rollback && takesTurns(rollout);
}

/** What remains of 99.9 % confidence: a half for the bound of each population. */
const ALPHA = 0.001;
const DAY_S = 86_400;
/** Within a window, too, one looks more than once. */
const LEAST_LOOKS = 100;

/**
 * The mode's few turns are looked at again and again, and one look in two thousand would be wrong: its half is shared by the
 * windows of a day. Otherwise a healthy mode of little traffic and many errors is turned back every few weeks
 * (bench/rollout-simulation.mjs).
 */
function alphaOfMode({ window_s }: RolloutThresholds): number {
  return ALPHA / 2 / Math.max(LEAST_LOOKS, DAY_S / window_s);
}

/** The gravest first. */
export function regressionsOf(populations: Populations, thresholds: RolloutThresholds): Regression[] {
  const { mode, control, deployments, mismatches } = populations;
  const found: Regression[] = [];
  const add = (
    trigger: RegressionTrigger,
    reason: string | undefined,
    seenOn: (path: Deployment) => number,
  ): void => {
    if (reason === undefined) return;
    const paths = DEPLOYMENTS.filter((path) => seenOn(path) > 0);
    const certain = trigger === "mismatch" || trigger === "severe_safety";
    found.push({ trigger, certain, reason, ...(paths.length === 1 ? { deployment: paths[0]! } : {}) });
  };
  const mismatched = mismatches.local + mismatches.cloud;
  add(
    "mismatch",
    mismatched > 0 ? `${mismatched} reported turns ran otherwise than they had been resolved` : undefined,
    (path) => mismatches[path],
  );
  add(
    "severe_safety",
    mode.severe_safety > 0 ? `${mode.severe_safety} severe safety reports` : undefined,
    (path) => deployments[path].severe_safety,
  );
  add(
    "critical_error_rate",
    moreErrors("critical_errors", mode, control, thresholds),
    (path) => deployments[path].critical_errors,
  );
  add("error_rate", moreErrors("errors", mode, control, thresholds), (path) => deployments[path].errors);
  add("p95_latency", slower(mode, control, thresholds), (path) => deployments[path].samples);
  return found;
}

function moreErrors(
  counted: "errors" | "critical_errors",
  mode: FiguresCounts,
  control: FiguresCounts,
  thresholds: RolloutThresholds,
): string | undefined {
  const { error_rate_delta: delta } = thresholds;
  // What is seen lies between its bounds, and costs next to nothing.
  if (!(mode[counted] / mode.samples > control[counted] / control.samples + delta)) return undefined;
  const least = rateAbove(mode[counted], mode.samples, alphaOfMode(thresholds));
  const most = rateBelow(control[counted], control.samples, ALPHA / 2);
  if (least <= most + delta) return undefined;
  const what = counted === "errors" ? "errors" : "critical errors";
  return (
    `${mode[counted]} ${what} in ${mode.samples} turns of the mode (${percent(mode[counted] / mode.samples)}), ` +
    `${control[counted]} in ${control.samples} of the control (${percent(control[counted] / control.samples)}): ` +
    `more than ${percent(delta)} above with 99.9 % confidence`
  );
}

function slower(
  mode: FiguresCounts,
  control: FiguresCounts,
  thresholds: RolloutThresholds,
): string | undefined {
  const { p95_regression: regression } = thresholds;
  if (mode.samples === 0 || control.samples === 0) return undefined;
  const ofMode = percentile(mode.latency, 0.95)!;
  const ofControl = percentile(control.latency, 0.95)!;
  if (ofMode <= regression * ofControl) return undefined;
  const low = bucketOfRank(mode.latency, rankNotAbove(mode.samples, 0.95, alphaOfMode(thresholds)));
  const rank = rankNotBelow(control.samples, 0.95, ALPHA / 2);
  const high = rank === undefined ? undefined : bucketOfRank(control.latency, rank);
  // Where in its bucket a latency lies is not known: the edge that speaks for the mode counts.
  if (low === undefined || high === undefined || aboveMs(low) <= regression * upToMs(high)) return undefined;
  return (
    `p95 latency ${milliseconds(ofMode)} in ${mode.samples} turns of the mode, ` +
    `${milliseconds(ofControl)} in ${control.samples} of the control: ` +
    `more than ${regression} times as much with 99.9 % confidence`
  );
}
