/** Whether a rollout may go on (spec 5.5): a condition each, with the numbers that it was decided from. */
import type { FiguresCounts } from "./figures.js";
import { share } from "./figures-report.js";
import { percentile } from "./latency-buckets.js";
import type { Populations } from "./populations.js";
import type { Gate, GateName, Rollout } from "./rollout.js";

/** In the order of GATES. One that has nothing to decide from does not pass. */
export function gatesOf(populations: Populations, rollout: Rollout, nowMs: number): Gate[] {
  const { mode, control, mismatches } = populations;
  const { min_samples, min_stage_s, error_rate_delta, p95_ratio } = rollout.thresholds;
  const stageS = Math.max(0, Math.floor((nowMs - rollout.stage_since_ms) / 1_000));
  const mismatched = mismatches.local + mismatches.cloud;
  return [
    gate("min_stage_s", stageS >= min_stage_s, `${stageS} s of at least ${min_stage_s} s at this stage`, {
      stage_s: stageS,
      min_stage_s,
    }),
    gate(
      "min_samples",
      mode.samples >= min_samples && control.samples >= min_samples,
      `${mode.samples} outcomes of the mode and ${control.samples} of the control, of at least ${min_samples} each`,
      { mode_samples: mode.samples, control_samples: control.samples, min_samples },
    ),
    gate("mismatches", mismatched === 0, `${mismatched} mismatches, none allowed`, {
      mismatches: mismatched,
    }),
    rateGate("error_rate", mode.errors, control.errors, populations, error_rate_delta),
    rateGate(
      "critical_error_rate",
      mode.critical_errors,
      control.critical_errors,
      populations,
      error_rate_delta,
    ),
    latencyGate(mode, control, p95_ratio),
    gate("severe_reports", mode.severe === 0, `${mode.severe} severe reports, none allowed`, {
      severe: mode.severe,
    }),
    pathsGate(populations, rollout),
  ];
}

/** `NAME (REASON); …` of those that have not passed; empty where all have. */
export function unmetGates(gates: readonly Gate[]): string {
  return gates
    .filter(({ passed }) => !passed)
    .map(({ name, reason }) => `${name} (${reason})`)
    .join("; ");
}

export function percent(rate: number): string {
  return `${Number((rate * 100).toFixed(2))} %`;
}

export function milliseconds(ms: number): string {
  return `${Number(ms.toPrecision(3))} ms`;
}

function gate(name: GateName, passed: boolean, reason: string, figures: Record<string, number | null>): Gate {
  const known = Object.entries(figures).filter((entry): entry is [string, number] => entry[1] !== null);
  return { name, passed, reason, figures: Object.fromEntries(known) };
}

function rateGate(
  name: "error_rate" | "critical_error_rate",
  modeErrors: number,
  controlErrors: number,
  { mode, control }: Populations,
  delta: number,
): Gate {
  const ofMode = share(modeErrors, mode.samples);
  const ofControl = share(controlErrors, control.samples);
  const figures = { mode_rate: ofMode, control_rate: ofControl, error_rate_delta: delta };
  if (ofMode === null || ofControl === null) return gate(name, false, "no outcomes to compare", figures);
  return gate(
    name,
    atMost(ofMode - ofControl, delta),
    `${percent(ofMode)} with the mode and ${percent(ofControl)} in the control, at most ${percent(delta)} more allowed`,
    figures,
  );
}

function latencyGate(mode: FiguresCounts, control: FiguresCounts, ratio: number): Gate {
  const ofMode = percentile(mode.latency, 0.95);
  const ofControl = percentile(control.latency, 0.95);
  const figures = { mode_p95_ms: ofMode, control_p95_ms: ofControl, p95_ratio: ratio };
  if (ofMode === null || ofControl === null) {
    return gate("p95_latency", false, "no outcomes to compare", figures);
  }
  return gate(
    "p95_latency",
    atMost(ofMode, ratio * ofControl),
    `p95 ${milliseconds(ofMode)} with the mode and ${milliseconds(ofControl)} in the control, at most ${ratio} times as much allowed`,
    figures,
  );
}

/**
 * Whether the mode does the same on both paths: neither may have more errors than `error_rate_delta` allows, or be slower than
 * `p95_regression` does. A p95 of few turns says nothing.
 */
function pathsGate({ deployments }: Populations, { thresholds }: Rollout): Gate {
  const { local, cloud } = deployments;
  const { error_rate_delta: delta, p95_regression, min_samples } = thresholds;
  const figures: Record<string, number | null> = {
    local_samples: local.samples,
    cloud_samples: cloud.samples,
  };
  if (local.samples === 0 || cloud.samples === 0) {
    return gate("local_cloud", true, "only one path has outcomes of the mode", figures);
  }
  const apart: string[] = [];
  const compareRates = (name: string, key: "errors" | "critical_errors"): void => {
    const ofLocal = local[key] / local.samples;
    const ofCloud = cloud[key] / cloud.samples;
    Object.assign(figures, {
      [`local_${name}`]: ofLocal,
      [`cloud_${name}`]: ofCloud,
      error_rate_delta: delta,
    });
    if (!atMost(Math.abs(ofLocal - ofCloud), delta)) {
      apart.push(
        `${name} ${percent(ofLocal)} local and ${percent(ofCloud)} cloud, at most ${percent(delta)} apart allowed`,
      );
    }
  };
  compareRates("error_rate", "errors");
  compareRates("critical_error_rate", "critical_errors");
  const enough = Math.min(local.samples, cloud.samples) >= min_samples;
  if (enough) {
    const ofLocal = percentile(local.latency, 0.95)!;
    const ofCloud = percentile(cloud.latency, 0.95)!;
    Object.assign(figures, { local_p95_ms: ofLocal, cloud_p95_ms: ofCloud, p95_regression });
    if (!atMost(Math.max(ofLocal, ofCloud), p95_regression * Math.min(ofLocal, ofCloud))) {
      apart.push(
        `p95 ${milliseconds(ofLocal)} local and ${milliseconds(ofCloud)} cloud, at most ${p95_regression} times as much allowed`,
      );
    }
  }
  const latencies = enough ? "" : `; latencies not compared below ${min_samples} outcomes of each`;
  return gate(
    "local_cloud",
    apart.length === 0,
    `${apart.length === 0 ? "local and cloud alike" : apart.join(", ")}${latencies}`,
    figures,
  );
}

/** Differences of decimal fractions are off by less. */
const ROUNDING = 1e-9;

function atMost(value: number, limit: number): boolean {
  return value <= limit + ROUNDING;
}
