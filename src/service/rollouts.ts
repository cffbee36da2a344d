/** Use cases on rollouts (spec 5.5). */
import type {
  Features,
  Outcome,
  RollbackKind,
  RolloutInput,
  RolloutReport,
  ShownRollout,
} from "../domain/rollout.js";
import type { Caller } from "./write.js";

export interface RolloutAnswer {
  rollout: ShownRollout;
  /** The revision that this reflects; of a write, its own. */
  revision: number;
}

/** Names a rollout. Throws `malformed`, or `not_found` for an unknown registry and for a mode that it does not declare. */
export interface RolloutName {
  registry: string | undefined;
  mode: string;
}

export interface UpdateRollout extends RolloutName {
  input: RolloutInput;
  expectedVersion?: number | undefined;
  /** Does what gates would refuse. Needs `reason`. */
  force?: boolean | undefined;
  reason?: string | undefined;
}

export interface RolloutsService {
  /** By mode. A declared mode whose state is lost shows as all off, with version 0. */
  listRollouts(registry: string | undefined): Promise<{ rollouts: ShownRollout[]; revision: number }>;
  getRollout(name: RolloutName): Promise<RolloutAnswer>;
  updateRollout(request: UpdateRollout, caller: Caller): Promise<RolloutAnswer>;
  advanceRollout(
    request: RolloutName & { expectedVersion?: number | undefined },
    caller: Caller,
  ): Promise<RolloutAnswer>;
  rollbackRollout(
    request: RolloutName & {
      kind: RollbackKind;
      reason?: string | undefined;
      expectedVersion?: number | undefined;
    },
    caller: Caller,
  ): Promise<RolloutAnswer>;
  /** `incident`: with the last rollback. */
  getReport(
    request: RolloutName & { incident?: boolean | undefined },
  ): Promise<{ report: RolloutReport; revision: number }>;
  features(registry: string | undefined): Promise<{ features: Features; revision: number }>;
  /** Never waits for the store. */
  reportOutcomes(outcomes: readonly Outcome[]): Promise<{ accepted: number; dropped: number }>;
}
