/** Tells what has changed, by whichever process, at next to no cost while nothing has. */
import type { Database } from "better-sqlite3";
import type { ChangesSince, DocumentKey } from "../store.js";

/** How far a database has come: the last revision, and how often rows of documents were changed, logged or not. */
export interface Progress {
  revision: number;
  documents: number;
}

export interface ChangeDetector {
  /** The last revision committed by anyone. */
  revision(): number;
  since(revision: number): ChangesSince;
  /** Whether `since` has nothing to tell; false also where the database would have to be read for it, or cannot be. */
  isUnchangedSince(revision: number): boolean;
  /** Of the last look; revision -1 before the first. */
  seen(): Progress;
  /**
   * To be told of own commits over another connection: how far the database was after them, and whether they have met an
   * edit by hand, which they would cover up.
   */
  written(after: Progress, unlogged: boolean): void;
}

/** Not DISTINCT: for that the planner reads the whole log by the index that has these columns. */
export const CHANGED_SINCE = "SELECT registry_slug, profile_slug, mode FROM log WHERE revision > ?";

/** Naming more than these takes longer than reading again what is still asked for. */
const MOST_NAMED = 10_000;

interface ChangedRow {
  registry_slug: string;
  profile_slug: string | null;
  mode: string | null;
}

/**
 * `writtenBy`: whether it is this connection that writes, as the only one, or others. For either SQLite has a number that
 * moves with what they do, and not with the other's doing.
 */
export function createChangeDetector(db: Database, writtenBy: "itself" | "others"): ChangeDetector {
  const stamp = db
    .prepare<[]>(writtenBy === "itself" ? "SELECT total_changes()" : "PRAGMA data_version")
    .pluck();
  const readProgress = createProgressReader(db);
  const changed = db.prepare<[number], ChangedRow>(CHANGED_SINCE);
  let seen: Progress & { stamp: number } = { revision: -1, documents: -1, stamp: -1 };
  /** Somebody edited rows by hand, and no cache has been told. */
  let unlogged = false;

  const current = (): number => {
    // Before the look: what is committed between the two makes the next call look again.
    const now = stamp.get() as number;
    return now === seen.stamp ? seen.revision : look(now);
  };

  const look = (now: number): number => {
    const progress = readProgress();
    if (isUnlogged(seen, progress)) unlogged = true;
    seen = { ...progress, stamp: now };
    return seen.revision;
  };

  const readSince = db.transaction((revision: number): ChangesSince => {
    const now = current();
    if (unlogged || revision < 0 || now < revision || now - revision > MOST_NAMED) {
      unlogged = false;
      return { revision: now, changed: "all" };
    }
    const keys = new Map<string, DocumentKey>();
    for (const { registry_slug: registry, profile_slug: profile, mode } of changed.all(revision)) {
      if (mode !== null) {
        keys.set(`${registry}/rollouts/${mode}`, { registry, mode });
        continue;
      }
      // A write to a profile moves its registry.
      keys.set(registry, { registry });
      if (profile !== null) keys.set(`${registry}/${profile}`, { registry, profile });
    }
    return { revision: now, changed: [...keys.values()] };
  });

  return {
    revision: current,
    since: (revision) =>
      current() === revision && !unlogged ? { revision, changed: [] } : readSince(revision),
    isUnchangedSince(revision) {
      if (seen.revision !== revision || unlogged) return false;
      try {
        return stamp.get() === seen.stamp;
      } catch {
        return false;
      }
    },
    seen: () => ({ revision: seen.revision, documents: seen.documents }),
    written(after, met) {
      unlogged ||= met;
      // The stamp stays: whoever edited documents after these commits is found by the next look.
      if (seen.revision !== -1 && after.revision > seen.revision) seen = { ...after, stamp: seen.stamp };
    },
  };
}

/** One statement, so that both are of one snapshot. */
export function createProgressReader(db: Database): () => Progress {
  const progress = db.prepare<[], Progress>(
    `SELECT (SELECT coalesce(max(revision), 0) FROM log) AS revision,
       (SELECT n FROM document_changes) AS documents`,
  );
  return () => progress.get()!;
}

/** Whether somebody has changed documents between the two and logged nothing. */
export function isUnlogged(before: Progress, after: Progress): boolean {
  return before.revision === after.revision && before.documents !== after.documents;
}
