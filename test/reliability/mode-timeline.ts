/** What a store held at each of its revisions, read back from its log: a view for the rules that knows nothing of caches. */
import type { Profile, Registry } from "../../src/domain/document.js";
import type { DocumentView } from "../../src/domain/document-view.js";
import type { Rollout } from "../../src/domain/rollout.js";
import type { LogEntry, Store } from "../../src/store/store.js";

type Stored = Profile | Registry | Rollout | undefined;

export interface Timeline {
  /** The revisions at which a commit ended, rising. */
  revisions: readonly number[];
  at(revision: number): DocumentView;
}

export async function readTimeline(store: Pick<Store, "readLog">): Promise<Timeline> {
  const histories = new Map<string, { revision: number; document: Stored }[]>();
  const revisions = new Set<number>();
  for (let after = 0; ; ) {
    const entries: LogEntry[] = await store.readLog({ after, limit: 500, documents: true });
    for (const { revision, commitRevision, registry, profile, mode, document } of entries) {
      const key = keyOf(registry, profile, mode);
      histories.set(key, [...(histories.get(key) ?? []), { revision, document }]);
      revisions.add(commitRevision);
      after = revision;
    }
    if (entries.length === 0) break;
  }
  return {
    revisions: [...revisions].sort((a, b) => a - b),
    at(revision) {
      const find = (key: string): Stored =>
        histories.get(key)?.findLast((entry) => entry.revision <= revision)?.document;
      const rolloutsOf = (registry: string): Rollout[] =>
        [...histories.keys()]
          .filter((key) => key.startsWith(keyOf(registry, undefined, "")))
          .map((key) => find(key) as Rollout | undefined)
          .filter((rollout) => rollout !== undefined);
      return {
        revision,
        registry: (slug) => find(keyOf(slug)) as Registry | undefined,
        profile: (registry, slug) => find(keyOf(registry, slug)) as Profile | undefined,
        rollouts: rolloutsOf,
      };
    },
  };
}

function keyOf(registry: string, profile?: string, mode?: string): string {
  if (mode !== undefined) return `${registry} mode ${mode}`;
  return profile === undefined ? registry : `${registry} profile ${profile}`;
}
