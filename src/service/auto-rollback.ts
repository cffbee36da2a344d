/** Turns rollouts back that have gone wrong and ask for that (spec 5.5): every process watches, one of them does it. */
import { gatesOf } from "../domain/gates.js";
import { type Populations, populationsOf, windowOf } from "../domain/populations.js";
import { isWatched, type Regression, regressionsOf } from "../domain/regression.js";
import type { Rollout } from "../domain/rollout.js";
import { rolledBack } from "../domain/rollout-draft.js";
import type { ServiceContext } from "./context.js";
import type { KnownRollouts } from "./known-rollouts.js";
import type { Outcomes } from "./outcomes.js";
import { rollbackDetails } from "./rollback-details.js";

export interface AutoRollback {
  /** Looks at every rollout once, and turns back those that must be. Throws what the store throws. */
  evaluate(): Promise<void>;
}

/** What only figures tell must hold in two evaluations at least this far apart. */
export const CONFIRMED_AFTER_MS = 10_000;

/** Nobody calls: the server itself does it. */
const WATCH = { actor: "anonymous", source: "auto" } as const;

export function createAutoRollback(
  { store, clock }: ServiceContext,
  outcomes: Outcomes,
  known: KnownRollouts,
  tell: (message: string) => void,
): AutoRollback {
  /** When each trigger was first seen and since then always, by the rollout as it was then. */
  let suspicions = new Map<string, number>();

  const turnBack = async (
    rollout: Rollout,
    populations: Populations,
    { trigger, reason, deployment }: Regression,
  ): Promise<void> => {
    const nowMs = clock();
    const { version, ...back } = rolledBack(rollout, "soft", nowMs);
    const gates = gatesOf(populations, rollout, nowMs);
    // Where the version is another one already, somebody has acted on it: what was seen was before that.
    const outcome = await store.commit({
      timeMs: nowMs,
      ...WATCH,
      expect: [{ registry: rollout.registry, mode: rollout.mode, version }],
      changes: [
        {
          operation: "rollback_rollout",
          registry: rollout.registry,
          rollout: back,
          details: rollbackDetails(rollout, { kind: "soft", trigger, reason, deployment, gates }),
        },
      ],
    });
    if (outcome.committed) {
      tell(
        `rollout "${rollout.mode}" of registry "${rollout.registry}" was turned back: ${trigger}: ${reason}`,
      );
    }
  };

  return {
    async evaluate() {
      const watched = (await known.all()).map(({ rollout }) => rollout).filter(isWatched);
      const seen = new Map<string, number>();
      for (const registry of new Set(watched.map((rollout) => rollout.registry))) {
        const rollouts = watched.filter((rollout) => rollout.registry === registry);
        const nowMs = clock();
        const windows = rollouts.map((rollout) => windowOf(rollout, nowMs).from_ms);
        const cells = await outcomes.read(registry, Math.min(...windows));
        for (const [i, rollout] of rollouts.entries()) {
          const populations = populationsOf(cells, rollout, windows[i]!);
          for (const regression of regressionsOf(populations, rollout.thresholds)) {
            const name = `${registry}/${rollout.mode}/${rollout.version}/${regression.trigger}`;
            const since = suspicions.get(name) ?? nowMs;
            seen.set(name, since);
            if (!regression.certain && nowMs - since < CONFIRMED_AFTER_MS) continue;
            await turnBack(rollout, populations, regression);
            break;
          }
        }
      }
      suspicions = seen;
    },
  };
}
