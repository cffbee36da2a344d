/** Tells what has changed, by whichever process, at next to no cost while nothing has. */
import type { Database } from "better-sqlite3";
import type { ChangesSince, DocumentKey } from "../store.js";

export interface ChangeDetector {
  /** The last revision committed by anyone. */
  revision(): number;
  since(revision: number): ChangesSince;
  /**
   * To be told of own commits as soon as they are made: asked at the end of the transaction, which has asked for `revision` at
   * its beginning; what it returns is called once the transaction is committed.
   */
  written(revision: number): () => void;
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

export function createChangeDetector(db: Database): ChangeDetector {
  const lastRevision = db.prepare<[]>("SELECT coalesce(max(revision), 0) FROM log").pluck();
  const dataVersion = db.prepare<[]>("PRAGMA data_version").pluck();
  const totalChanges = db.prepare<[]>("SELECT total_changes()").pluck();
  const documentChanges = db.prepare<[]>("SELECT n FROM document_changes").pluck();
  const changed = db.prepare<[number], ChangedRow>(CHANGED_SINCE);
  let seen = { data: -1, own: -1, revision: -1, documents: -1 };
  /** Somebody edited rows by hand, and no cache has been told. */
  let unlogged = false;

  const current = (): number =>
    dataVersion.get() === seen.data && totalChanges.get() === seen.own ? seen.revision : look();

  const look = db.transaction((): number => {
    const now = {
      data: dataVersion.get() as number,
      own: totalChanges.get() as number,
      revision: lastRevision.get() as number,
      documents: documentChanges.get() as number,
    };
    // Another connection changed documents and logged nothing.
    if (seen.data !== -1 && now.documents !== seen.documents && now.revision === seen.revision)
      unlogged = true;
    seen = now;
    return now.revision;
  });

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
    written(revision) {
      // After the transaction others may have edited documents as well, which must not pass for ours.
      const now = { own: totalChanges.get() as number, documents: documentChanges.get() as number };
      return () => {
        seen = { ...seen, ...now, revision };
      };
    },
  };
}
