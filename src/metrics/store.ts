/** What a store is asked to write, and how it fares. */
import { DomainError } from "../domain/errors.js";
import type { CacheUsage } from "../store/document-cache.js";
import type { Commit, Committed, Conflict, Store } from "../store/store.js";
import { addDuration, durationSamples, noDurations } from "./durations.js";
import { type Family, single } from "./family.js";
import type { ScrapeFailures } from "./scrape-failures.js";
import { countSamples, createCounts } from "./table.js";

const RESULTS = ["committed", "conflict", "busy", "unavailable", "failed"] as const;
const COMMIT_SECONDS = "profile_registry_store_commit_duration_seconds";

export interface CommitCounts {
  /** The store, with its commits counted; dry runs are none. */
  counted(store: Store): Store;
  families: Family[];
}

export function createCommitCounts(applied: (commit: Commit) => void): CommitCounts {
  const commits = createCounts("result");
  for (const result of RESULTS) commits.at(result);
  const changes = createCounts("operation");
  const seconds = noDurations();

  const run = async (store: Store, commit: Commit): Promise<Committed | Conflict> => {
    const start = performance.now();
    let result: (typeof RESULTS)[number] = "failed";
    try {
      const outcome = await store.commit(commit);
      result = outcome.committed ? "committed" : "conflict";
      return outcome;
    } catch (error) {
      if (error instanceof DomainError && error.code === "unavailable")
        // The one text that it has (spec 6.2); other causes share the code.
        result = error.message === "store is busy" ? "busy" : "unavailable";
      throw error;
    } finally {
      commits.at(result).value++;
      addDuration(seconds, performance.now() - start);
      if (result === "committed") {
        for (const { operation } of commit.changes) changes.at(operation).value++;
        applied(commit);
      }
    }
  };

  return {
    counted: (store) => ({
      ...store,
      // Another file may have come to the path of this one.
      get schemaVersion() {
        return store.schemaVersion;
      },
      commit: (commit) => (commit.dryRun ? store.commit(commit) : run(store, commit)),
    }),
    families: [
      {
        name: "profile_registry_store_commits_total",
        help: "Commits that the store was asked for.",
        type: "counter",
        merge: "sum",
        read: () => countSamples(commits),
      },
      {
        name: COMMIT_SECONDS,
        help: "How long commits took, with waiting for a locked database.",
        type: "histogram",
        merge: "sum",
        read: () => durationSamples(COMMIT_SECONDS, [[{}, seconds]]),
      },
      {
        name: "profile_registry_store_changes_total",
        help: "Documents changed by commits.",
        type: "counter",
        merge: "sum",
        read: () => countSamples(changes),
      },
    ],
  };
}

/** How the store is now. */
export function storeFamilies(
  store: Pick<Store, "revision" | "problem" | "unreadable">,
  failures: ScrapeFailures,
): Family[] {
  const read = (value: () => number | Promise<number>) => async () => {
    const found = await failures.guarded("store", async () => value());
    return found === undefined ? [] : single(found);
  };
  return [
    {
      name: "profile_registry_store_revision",
      help: "The store's revision.",
      type: "gauge",
      merge: "max",
      read: read(() => store.revision()),
    },
    {
      name: "profile_registry_store_problem",
      help: "1 while the store cannot be written, where that is known without trying.",
      type: "gauge",
      merge: "max",
      read: read(() => (store.problem() === undefined ? 0 : 1)),
    },
    {
      name: "profile_registry_unreadable_documents",
      help: "Stored documents met so far that cannot be read.",
      type: "gauge",
      merge: "max",
      read: read(() => store.unreadable().length),
    },
  ];
}

/** What is in memory: documents, and answers of resolves as they are sent. */
export function cacheFamilies(documents: () => CacheUsage, answers: () => CacheUsage): Family[] {
  return [
    ...cacheFamiliesOf(
      "document_cache",
      documents,
      "Documents looked up in memory; a miss is read from the store.",
      "Size of the documents in memory, as JSON.",
    ),
    ...cacheFamiliesOf(
      "answer_cache",
      answers,
      "Answers of resolves looked up in memory; a miss is computed and encoded.",
      "Size of the encoded answers in memory, with what is kept beside them.",
    ),
  ];
}

function cacheFamiliesOf(
  name: string,
  usage: () => CacheUsage,
  lookupsHelp: string,
  bytesHelp: string,
): Family[] {
  return [
    {
      name: `profile_registry_${name}_lookups_total`,
      help: lookupsHelp,
      type: "counter",
      merge: "sum",
      read: () => {
        const { hits, misses } = usage();
        return [
          { labels: { result: "hit" }, value: hits },
          { labels: { result: "miss" }, value: misses },
        ];
      },
    },
    {
      name: `profile_registry_${name}_bytes`,
      help: bytesHelp,
      type: "gauge",
      merge: "sum",
      read: () => single(usage().bytes),
    },
  ];
}
