/** Which figures a report of a turn adds to, and what (spec 5.5). */
import type { FiguresCounts, FiguresKey } from "./figures.js";
import { isBlank } from "./identifiers.js";
import { latencyBucket } from "./latency-buckets.js";
import { DEFAULT_MODE } from "./processing-modes.js";
import type { Outcome, Rollout } from "./rollout.js";

const SLOT_MS = 10_000;
/** A window is read whole at every evaluation: a long one is cut into no more than about so many slots. */
const SLOTS_PER_WINDOW = 90;

/** Adds one turn. Changes `counts`. */
export function count(counts: FiguresCounts, outcome: Outcome): void {
  counts.samples++;
  if (!outcome.success) counts.errors++;
  if (!outcome.success && outcome.critical === true) counts.critical_errors++;
  if (isMismatch(outcome)) counts.mismatches++;
  if (outcome.severity === "severe") counts.severe++;
  if (isSevereSafety(outcome)) counts.severe_safety++;
  if (outcome.quality_score !== undefined) {
    counts.scored++;
    counts.score_sum += outcome.quality_score;
  }
  const bucket = latencyBucket(outcome.latency_ms);
  counts.latency[bucket] = (counts.latency[bucket] ?? 0) + 1;
}

/** What was resolved and what ran differ. What is blank is not known. */
export function isMismatch(outcome: Outcome): boolean {
  return (
    outcome.resolved_mode !== outcome.applied_mode ||
    differ(outcome.resolved_model, outcome.observed_model) ||
    differ(outcome.conv_id, outcome.observed_conv_id)
  );
}

export function isSevereSafety({ severity, category }: Outcome): boolean {
  return severity === "severe" && category === "safety";
}

/** `rollouts`: those of the registry, of every mode that it declares. */
export function cellOf(
  { registry, mode, applied_mode, deployment }: Outcome,
  rollouts: readonly Rollout[],
  nowMs: number,
): FiguresKey {
  const concerned = applied_mode === DEFAULT_MODE ? mode : applied_mode;
  const judged = concerned === DEFAULT_MODE ? rollouts : rollouts.filter(({ mode }) => mode === concerned);
  return {
    registry,
    askedMode: mode,
    appliedMode: applied_mode,
    deployment,
    slotMs: slotOf(judged, nowMs),
  };
}

/**
 * Slots are counted from the beginning of the stage, so that nothing of the stage before counts in it, and all of its own does:
 * also what a process reports whose clock is behind. What all rollouts are compared with is counted from the last beginning.
 */
function slotOf(rollouts: readonly Rollout[], nowMs: number): number {
  const since = rollouts.reduce((latest, { stage_since_ms }) => Math.max(latest, stage_since_ms), 0);
  const windowMs = Math.min(...rollouts.map(({ thresholds }) => thresholds.window_s * 1_000));
  const tens = Number.isFinite(windowMs) ? Math.floor(windowMs / SLOTS_PER_WINDOW / SLOT_MS) : 1;
  const length = Math.max(1, tens) * SLOT_MS;
  // The moment at which a slot ends is its last: a stage may begin at it.
  return since + Math.max(0, Math.ceil((nowMs - since) / length) - 1) * length;
}

function differ(a: string | undefined, b: string | undefined): boolean {
  return !isBlank(a) && !isBlank(b) && a !== b;
}
