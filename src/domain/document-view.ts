import type { Profile, Registry } from "./document.js";

/** All documents as of one revision, for pure functions to look things up in. Slugs are normalised. */
export interface DocumentView {
  readonly revision: number;
  registry(slug: string): Registry | undefined;
  profile(registry: string, slug: string): Profile | undefined;
}
