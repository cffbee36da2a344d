/** The rollouts of all registries, for work that nobody asks for. */
import { modesOf } from "../domain/processing-modes.js";
import type { ServiceContext } from "./context.js";
import { allRollouts, type RolloutState } from "./rollout-state.js";
import { unlessUnreadable } from "./unless-unreadable.js";

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
    const found = await unlessUnreadable(
      documents.decide((view) => {
        const registry = view.registry(slug);
        return registry && allRollouts(view, registry);
      }),
    );
    return found ?? [];
  }
}
