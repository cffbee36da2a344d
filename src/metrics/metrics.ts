/** The metrics of an app (docs/observability.md lists them), in a registry of their own: a process may hold several apps. */
import { Registry } from "prom-client";
import type { Services } from "../service/services.js";
import type { Store } from "../store/store.js";
import { addFamilies, single } from "./family.js";
import { createNamesInUse } from "./label-names.js";
import { type Build, buildFamily, processFigures } from "./process.js";
import { createRequestCounts, type RequestCounts } from "./requests.js";
import { createResolveCounts, type ResolveCounts } from "./resolves.js";
import { createRollbackCounts } from "./rollbacks.js";
import { rolloutFamilies } from "./rollouts.js";
import { createScrapeFailures } from "./scrape-failures.js";
import { cacheFamilies, createCommitCounts, storeFamilies } from "./store.js";

/** What is counted as it happens. */
export interface Metrics {
  resolves: ResolveCounts["observer"];
  requests: Pick<RequestCounts, "rest" | "rpc">;
  /** The store, with its commits counted. */
  counted(store: Store): Store;
  /** Adds what is read from these at a scrape. To be called once. */
  watch(sources: { services: Services; store: Store; build: () => Build }): void;
  /** As of now. Its JSON form merges with that of other processes. */
  registry(): Registry;
}

/** Begins to measure the process too. */
export function createMetrics(defaultRegistry: string): Metrics {
  const own = new Registry();
  const names = createNamesInUse(defaultRegistry);
  const resolves = createResolveCounts(names, defaultRegistry);
  const requests = createRequestCounts();
  const rollbacks = createRollbackCounts(names);
  const commits = createCommitCounts(rollbacks.applied);
  const failures = createScrapeFailures();
  const figures = processFigures();
  addFamilies(own, [
    ...resolves.families,
    ...requests.families,
    ...commits.families,
    rollbacks.family,
    failures.family,
  ]);

  return {
    resolves: resolves.observer,
    requests,
    counted: commits.counted,
    watch({ services, store, build }) {
      addFamilies(own, [
        ...storeFamilies(store, failures),
        ...cacheFamilies(services.vitals.documents, services.vitals.answers),
        ...rolloutFamilies(services, names, { seen: rollbacks.seen, failures }),
        {
          name: "profile_registry_outcomes_total",
          help: "Reported outcomes of turns, by whether they were taken in.",
          type: "counter",
          merge: "sum",
          read: () =>
            Object.entries(services.vitals.outcomes()).map(([result, value]) => ({
              labels: { result },
              value,
            })),
        },
        {
          name: "profile_registry_log_followers",
          help: "Callers that follow the log.",
          type: "gauge",
          merge: "sum",
          read: () => single(services.log.followers()),
        },
        buildFamily(build),
      ]);
    },
    registry: () => Registry.merge([own, figures]),
  };
}
