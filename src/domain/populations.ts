/** Whose turns a rollout is judged by (spec 5.5). */
import { addCounts, addInto, type FiguresCell, type FiguresCounts, noCounts } from "./figures.js";
import { DEFAULT_MODE } from "./processing-modes.js";
import type { Deployment, Rollout, RolloutReport } from "./rollout.js";

export interface Populations {
  /** Turns that ran in the mode. */
  mode: FiguresCounts;
  /** Those of them on each path. */
  deployments: Record<Deployment, FiguresCounts>;
  /** The turns that they are compared with. */
  control: FiguresCounts;
  /** Which those are: that asked for the mode and ran as `default`, or, while they are too few, all that ran as `default`. */
  controlIs: RolloutReport["control"];
  /**
   * Mismatches by path, of the mode's turns and of those that asked for it: a turn that was to run in the mode and ran as
   * `default` is one of them.
   */
  mismatches: Record<Deployment, number>;
}

/** Outcomes of this time count: since the stage began, and no further back than `window_s`. */
export function windowOf(
  { stage_since_ms, thresholds }: Pick<Rollout, "stage_since_ms" | "thresholds">,
  nowMs: number,
): { from_ms: number; to_ms: number } {
  return { from_ms: Math.max(stage_since_ms, nowMs - thresholds.window_s * 1_000), to_ms: nowMs };
}

/** `cells` are of the rollout's registry; those before the window do not count. */
export function populationsOf(
  cells: readonly FiguresCell[],
  { mode, thresholds }: Pick<Rollout, "mode" | "thresholds">,
  fromMs: number,
): Populations {
  const inWindow = cells.filter(({ slotMs }) => slotMs >= fromMs);
  const sum = (counts: (cell: FiguresCell) => boolean): FiguresCounts => {
    const total = noCounts();
    for (const cell of inWindow) if (counts(cell)) addInto(total, cell.counts);
    return total;
  };
  const on = (path: Deployment): FiguresCounts =>
    sum(({ appliedMode, deployment }) => appliedMode === mode && deployment === path);
  const mismatchesOn = (path: Deployment): number =>
    sum(
      ({ askedMode, appliedMode, deployment }) =>
        deployment === path && (askedMode === mode || appliedMode === mode),
    ).mismatches;
  const deployments = { local: on("local"), cloud: on("cloud") };
  const asked = sum(({ askedMode, appliedMode }) => askedMode === mode && appliedMode === DEFAULT_MODE);
  const askedAreEnough = asked.samples >= thresholds.min_samples;
  return {
    mode: addCounts(deployments.local, deployments.cloud),
    deployments,
    control: askedAreEnough ? asked : sum(({ appliedMode }) => appliedMode === DEFAULT_MODE),
    controlIs: askedAreEnough ? "asked" : "all_default",
    mismatches: { local: mismatchesOn("local"), cloud: mismatchesOn("cloud") },
  };
}
