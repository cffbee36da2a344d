/** How the service itself is doing, for metrics: plain numbers, and rollouts as they act in this process. */
import { effectiveFlags } from "../domain/processing.js";
import type { Rollout, RolloutFlags } from "../domain/rollout.js";
import type { CacheUsage } from "../store/document-cache.js";
import type { ServiceContext } from "./context.js";
import type { KnownRollouts } from "./known-rollouts.js";
import { type ModeProblem, modeProblems } from "./mode-problems.js";
import { unlessUnreadable } from "./unless-unreadable.js";

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
  /** Documents in memory. */
  documents(): CacheUsage;
  /** Encoded answers in memory. */
  answers(): CacheUsage;
}

export function createVitals(
  { documents, environmentFlags }: Pick<ServiceContext, "documents" | "environmentFlags">,
  known: KnownRollouts,
  counted: Pick<Vitals, "outcomes" | "documents" | "answers">,
): Vitals {
  const problemsOf = async (slug: string): Promise<ModeProblem[]> => {
    const found = await unlessUnreadable(
      documents.decide((view) => {
        const registry = view.registry(slug);
        return registry && modeProblems(view, registry);
      }),
    );
    return found ?? [];
  };

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
