import type { JsonObject } from "../domain/json.js";
import type { Deployment, Gate, Incident, RollbackKind, Rollout } from "../domain/rollout.js";
import { currentStage } from "../domain/rollout-draft.js";

export interface RollbackCause {
  kind: RollbackKind;
  trigger: Incident["trigger"];
  /** Empty: none was given. */
  reason: string;
  /** The path that the trigger was seen on, where it was one. */
  deployment?: Deployment | undefined;
  /** As they were, or why they could not be read: no rollback waits for figures. */
  gates: Gate[] | Error;
}

/** What the log keeps of a rollback: why it was made, and at what (spec 5.5). */
export function rollbackDetails(before: Rollout, cause: RollbackCause): JsonObject {
  const { kind, trigger, reason, deployment, gates } = cause;
  return {
    kind,
    trigger,
    reason,
    stage: currentStage(before) ?? null,
    percentage: before.percentage,
    ...(deployment === undefined ? {} : { deployment }),
    ...(gates instanceof Error
      ? { gates: [], gates_unavailable: gates.message }
      : { gates: gates as unknown as JsonObject[] }),
  };
}
