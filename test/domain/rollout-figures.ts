/** Figures for tests, from what a test says of its turns. */
import { addCounts, type FiguresCounts, noCounts } from "../../src/domain/figures.js";
import { count } from "../../src/domain/outcome-cell.js";
import type { Populations } from "../../src/domain/populations.js";
import { newRollout, type Outcome, type Rollout } from "../../src/domain/rollout.js";

export function aTurn(members: Partial<Outcome> = {}): Outcome {
  return {
    registry: "default",
    mode: "fast",
    resolved_mode: "fast",
    applied_mode: "fast",
    deployment: "local",
    latency_ms: 100,
    success: true,
    ...members,
  };
}

export interface Turns extends Partial<Outcome> {
  samples: number;
  /** How many of them failed. */
  failed?: number;
}

export function countsOf({ samples, failed = 0, ...members }: Turns): FiguresCounts {
  const counts = noCounts();
  for (let i = 0; i < samples; i++) count(counts, aTurn({ ...members, success: i >= failed }));
  return counts;
}

export function populations(local: Turns, control: Turns, cloud: Turns = { samples: 0 }): Populations {
  const deployments = { local: countsOf(local), cloud: countsOf(cloud) };
  return {
    mode: addCounts(deployments.local, deployments.cloud),
    deployments,
    control: countsOf(control),
    controlIs: "asked",
    mismatches: { local: deployments.local.mismatches, cloud: deployments.cloud.mismatches },
  };
}

/** At 1 % since `stage_since_ms`, and watched. */
export function aRollout(members: Partial<Rollout> = {}): Rollout {
  return {
    ...newRollout("default", "fast", 0, { contract_enabled: true, runtime_enabled: true }),
    percentage: 1,
    auto_rollback: true,
    version: 1,
    ...members,
  };
}
