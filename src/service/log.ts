/** The append-only log, read and followed (spec 2.1, 3). */
import { setTimeout as sleep } from "node:timers/promises";
import type { LogEntry, LogQuery, Operation } from "../store/store.js";
import type { ServiceContext } from "./context.js";
import { chooseRegistry, profileSlug } from "./names.js";

export type { LogEntry, Operation };

export interface LogFilter {
  /** Blank: all registries; with `profile`, the default one. */
  registry?: string | undefined;
  /** Blank: all. */
  profile?: string | undefined;
  /** Whether entries bring their documents, with clear secrets: edges redact. */
  documents?: boolean;
}

export interface ListLog extends LogFilter {
  after?: number | undefined;
  before?: number | undefined;
  newestFirst?: boolean;
  limit: number;
}

export interface LogPart {
  entries: LogEntry[];
  /** All that was asked for up to it has been given. */
  revision: number;
}

export interface LogService {
  listEntries(request: ListLog): Promise<LogPart & { more: boolean }>;
  /**
   * Entries after a revision (default: the last one now), then those that follow, by whichever process. A part without
   * entries is a sign of life. Ends when the signal is aborted.
   */
  watchEntries(
    request: LogFilter & { after?: number | undefined },
    signal: AbortSignal,
  ): AsyncGenerator<LogPart>;
  /** How many follow it now. */
  followers(): number;
}

/** Asking costs microseconds, and followers are few; an entry must reach them within 200 ms. */
const LOOK_MS = 50;
const HEARTBEAT_MS = 15_000;
/** They may bring documents, which are large. */
const READ_AT_ONCE = 100;

/** `heartbeatMs`: after how long without entries a follower gets a sign of life. */
export function createLogService(
  { store, defaultRegistry }: Pick<ServiceContext, "store" | "defaultRegistry">,
  heartbeatMs = HEARTBEAT_MS,
): LogService {
  const filterOf = ({ registry, profile, documents = false }: LogFilter): Partial<LogQuery> => {
    const named = profile?.trim() ? { profile: profileSlug(profile) } : {};
    const within =
      registry?.trim() || "profile" in named ? { registry: chooseRegistry(registry, defaultRegistry) } : {};
    return { ...within, ...named, documents };
  };

  const follow: LogService["watchEntries"] = async function* ({ after: start, ...raw }, signal) {
    const filter = filterOf(raw);
    let after = start ?? (await store.revision());
    // The first part tells from where on: a client that is cut off before the first entry goes on from there.
    yield { entries: [], revision: after };
    let saidAt = performance.now();
    while (!signal.aborted) {
      const revision = await store.revision();
      while (after < revision && !signal.aborted) {
        const entries = await store.readLog({
          ...filter,
          after,
          before: revision + 1,
          limit: READ_AT_ONCE,
        });
        after = entries.length === READ_AT_ONCE ? entries.at(-1)!.revision : revision;
        if (entries.length === 0) continue;
        yield { entries, revision: after };
        saidAt = performance.now();
      }
      if (performance.now() - saidAt >= heartbeatMs) {
        yield { entries: [], revision: after };
        saidAt = performance.now();
      }
      await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
    }
  };
  let followers = 0;

  return {
    async listEntries({ after, before, newestFirst = false, limit, ...filter }) {
      const revision = await store.revision();
      const entries = await store.readLog({
        ...filterOf(filter),
        ...(after === undefined ? {} : { after }),
        before: Math.min(before ?? revision + 1, revision + 1),
        newestFirst,
        limit: limit + 1,
      });
      return { entries: entries.slice(0, limit), more: entries.length > limit, revision };
    },

    async *watchEntries(request, signal) {
      followers++;
      try {
        yield* follow(request, signal);
      } finally {
        followers--;
      }
    },

    followers: () => followers,
  };
}
