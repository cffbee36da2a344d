/** The rollouts of all registries, for work that nobody asks for. */
import { DomainError } from "../domain/errors.js";
import { modesOf } from "../domain/processing-modes.js";
import type { ServiceContext } from "./context.js";
import { allRollouts, type RolloutState } from "./rollout-state.js";

export interface KnownRollouts {
  /** As of now, or, where that is more recent, of at most `maxAgeMs` ago. Leaves out those of registries that cannot be read. */
  all(maxAgeMs?: number): Promise<readonly RolloutState[]>;
}

export function createKnownRollouts({
  store,
  documents,
  clock,
}: Pick<ServiceContext, "store" | "documents" | "clock">): KnownRollouts {
  let known: { revision: number; atMs: number; rollouts: readonly RolloutState[] } | undefined;
  return {
    async all(maxAgeMs = 0) {
      const nowMs = clock();
      if (known !== undefined && nowMs - known.atMs < maxAgeMs) return known.rollouts;
      const revision = await store.revision();
      if (known?.revision === revision) return known.rollouts;
      const { registries } = await store.listRegistries();
      const rollouts: RolloutState[] = [];
      for (const { slug } of registries.filter((registry) => modesOf(registry).size > 0)) {
        rollouts.push(...(await rolloutsOf(slug)));
      }
      known = { revision, atMs: nowMs, rollouts };
      return rollouts;
    },
  };

  async function rolloutsOf(slug: string): Promise<RolloutState[]> {
    try {
      return await documents.decide((view) => {
        const registry = view.registry(slug);
        return registry === undefined ? [] : allRollouts(view, registry);
      });
    } catch (error) {
      if (error instanceof DomainError && error.code === "data_loss") return [];
      throw error;
    }
  }
}
