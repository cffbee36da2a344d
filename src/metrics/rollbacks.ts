/** Rollbacks that the service performed by itself, told by what it commits. */
import type { Commit } from "../store/store.js";
import type { Family } from "./family.js";
import type { NamesInUse } from "./label-names.js";
import { countSamples, createCounts } from "./table.js";

export interface RollbackCounts {
  /** To be called with every commit that was applied. */
  applied(commit: Commit): void;
  /** Of these there is a count from now on: an increase from nothing is none. */
  seen(registry: string, mode: string): void;
  family: Family;
}

export function createRollbackCounts({ registries, modes }: NamesInUse): RollbackCounts {
  const counts = createCounts("registry", "mode");
  const at = (registry: string, mode: string) => counts.at(registries.admit(registry), modes.admit(mode));
  return {
    applied({ changes }) {
      for (const change of changes) {
        if (change.operation !== "rollback_rollout" || !("rollout" in change)) continue;
        if (change.details?.trigger !== "manual") at(change.registry, change.rollout.mode).value++;
      }
    },
    seen: at,
    family: {
      name: "profile_registry_automatic_rollbacks_total",
      help: "Rollbacks that this process performed by itself.",
      type: "counter",
      merge: "sum",
      read: () => countSamples(counts),
    },
  };
}
