/** `/features`, `/rollouts` and below (spec 5.5). */
import type {
  Features,
  Outcome,
  RollbackKind,
  RolloutInput,
  RolloutReport,
  ShownRollout,
} from "../../src/domain/rollout.js";
import { type Calls, type RegistryOptions, segment, type WriteOptions } from "./calls.js";
import { listOf } from "./listing.js";

/** What was read of a rollout before it is written: its version is sent; 0 means no check. */
export type RolloutAsRead = Pick<ShownRollout, "registry" | "mode" | "version">;

export interface RolloutChanges extends RolloutInput {
  /** Past a gate that does not hold; needs a `reason`. */
  force?: boolean;
  /** For the log. */
  reason?: string;
}

/** How a turn went; one without a deployment ran locally. */
export type ReportedOutcome = Omit<Outcome, "deployment" | "registry"> &
  Partial<Pick<Outcome, "deployment" | "registry">>;

export interface RolloutMethods {
  /** Which modes a browser may offer. */
  getFeatures(options?: RegistryOptions & { targetingKey?: string | undefined }): Promise<Features>;
  /** By mode. */
  listRollouts(options?: RegistryOptions): Promise<ShownRollout[]>;
  getRollout(mode: string, options?: RegistryOptions): Promise<ShownRollout>;
  updateRollout(read: RolloutAsRead, changes: RolloutChanges, options?: WriteOptions): Promise<ShownRollout>;
  /** To its next stage. Rejects with `failed_precondition`, which names the gates that do not hold. */
  advanceRollout(read: RolloutAsRead, options?: WriteOptions): Promise<ShownRollout>;
  /** At once, whatever was written since: no version is sent. */
  rollbackRollout(
    rollout: Pick<RolloutAsRead, "registry" | "mode">,
    kind: RollbackKind,
    options?: WriteOptions & { reason?: string | undefined },
  ): Promise<ShownRollout>;
  /** `incident`: with what the last rollback left behind. */
  getRolloutReport(
    mode: string,
    options?: RegistryOptions & { incident?: boolean | undefined },
  ): Promise<RolloutReport>;
  /** Never sent twice: they would count twice. */
  reportOutcomes(
    outcomes: readonly ReportedOutcome[],
    options?: RegistryOptions,
  ): Promise<{ accepted: number; dropped: number }>;
}

export function rolloutMethods({ registryOf, read, get, write, post }: Calls): RolloutMethods {
  return {
    getFeatures: ({ targetingKey, signal, ...options } = {}) =>
      get("/features", {
        query: { registry: registryOf(options), targeting_key: targetingKey },
        signal,
      }),

    listRollouts: async ({ signal, ...options } = {}) =>
      listOf(await read("/rollouts", { query: { registry: registryOf(options) }, signal })),

    getRollout: async (mode, { signal, ...options } = {}) =>
      get(`/rollouts/${segment(mode)}`, { query: { registry: registryOf(options) }, signal }),

    updateRollout: async ({ registry, mode, version }, changes, options = {}) =>
      write(
        "PATCH",
        `/rollouts/${segment(mode)}`,
        { query: { registry }, json: { ...changes, expected_version: version } },
        options,
      ),

    advanceRollout: async ({ registry, mode, version }, options = {}) =>
      write(
        "POST",
        `/rollouts/${segment(mode)}/advance`,
        { query: { registry }, json: { expected_version: version } },
        options,
      ),

    rollbackRollout: async ({ registry, mode }, kind, { reason, ...options } = {}) =>
      write(
        "POST",
        `/rollouts/${segment(mode)}/rollback`,
        { query: { registry }, json: { kind, reason } },
        options,
      ),

    getRolloutReport: async (mode, { incident, signal, ...options } = {}) =>
      get(`/rollouts/${segment(mode)}/report`, {
        query: { registry: registryOf(options), incident },
        signal,
      }),

    reportOutcomes: (outcomes, { signal, ...options } = {}) =>
      post("/rollouts/outcomes", {
        query: { registry: registryOf(options) },
        json: { outcomes },
        signal,
      }),
  };
}
