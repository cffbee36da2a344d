/** How the service itself is doing, for metrics: plain numbers, and rollouts as they act in this process. */
import { DomainError } from "../domain/errors.js";
import { effectiveFlags } from "../domain/processing.js";
import type { Rollout, RolloutFlags } from "../domain/rollout.js";
import type { CacheUsage } from "../store/document-cache.js";
import type { ServiceContext } from "./context.js";
import type { KnownRollouts } from "./known-rollouts.js";
import { type ModeProblem, modeProblems } from "./mode-problems.js";

export interface ActingRollout {
  rollout: Rollout;
  /** With what they need and what the environment holds off. */
  flags: RolloutFlags;
  problems: readonly ModeProblem[];
}

export interface Vitals {
  /** Of all registries that can be read. */
  rollouts(): Promise<ActingRollout[]>;
  /** Reports of turns since the process began. */
  outcomes(): { accepted: number; dropped: number };
  cache(): CacheUsage;
}

export function createVitals(
  { documents, environmentFlags }: Pick<ServiceContext, "documents" | "environmentFlags">,
  known: KnownRollouts,
  counted: Pick<Vitals, "outcomes" | "cache">,
): Vitals {
  const problemsOf = (slug: string): Promise<ModeProblem[]> =>
    documents
      .decide((view) => {
        const registry = view.registry(slug);
        return registry === undefined ? [] : modeProblems(view, registry);
      })
      .catch((error: unknown) => {
        // The registry itself: it is reported as unreadable.
        if (error instanceof DomainError && error.code === "data_loss") return [];
        throw error;
      });

  return {
    ...counted,
    async rollouts() {
      const states = await known.all();
      const problems = new Map<string, ModeProblem[]>();
      for (const slug of new Set(states.map(({ rollout }) => rollout.registry)))
        problems.set(slug, await problemsOf(slug));
      return states.map(({ rollout }) => ({
        rollout,
        flags: effectiveFlags(rollout, rollout.mode, environmentFlags),
        problems: problems.get(rollout.registry)!.filter(({ mode }) => mode === rollout.mode),
      }));
    },
  };
}
