/** What a scrape could not read is left out of it, and counted here: a gauge that stays away is easily overlooked. */
import type { Family } from "./family.js";
import { countSamples, createCounts } from "./table.js";

type Part = "store" | "rollouts";

export interface ScrapeFailures {
  /** Undefined where `read` has failed. */
  guarded<T>(part: Part, read: () => Promise<T>): Promise<T | undefined>;
  family: Family;
}

export function createScrapeFailures(): ScrapeFailures {
  const counts = createCounts("part");
  for (const part of ["store", "rollouts"] satisfies Part[]) counts.at(part);
  return {
    async guarded(part, read) {
      try {
        return await read();
      } catch {
        counts.at(part).value++;
        return undefined;
      }
    },
    family: {
      name: "profile_registry_scrape_failures_total",
      help: "Parts that scrapes had to leave out because they could not be read.",
      type: "counter",
      merge: "sum",
      read: () => countSamples(counts),
    },
  };
}
