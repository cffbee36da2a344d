import type { Profile, Registry } from "./document.js";
import type { Rollout } from "./rollout.js";

/**
 * All documents as of one revision, for pure functions to look things up in. Slugs are normalised. Throws `data_loss` for a
 * document that cannot be read.
 */
export interface DocumentView {
  readonly revision: number;
  registry(slug: string): Registry | undefined;
  profile(registry: string, slug: string): Profile | undefined;
  /** Those of a registry by mode; one that cannot be read is not among them. */
  rollouts(registry: string): readonly Rollout[];
}
