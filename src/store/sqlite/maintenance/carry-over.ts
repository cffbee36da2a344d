/**
 * What a restored database takes over from the one that it replaces, so that no revision is given twice and a slug and a
 * version name one document for ever (spec 2.1, docs/adr/013-what-a-restore-carries-over.md).
 */
import type { Database } from "better-sqlite3";
import type { DocumentKey } from "../../store.js";
import { isDamage } from "./damage.js";
import { type Difference, differencesBetween } from "./differences.js";
import { hasRollouts } from "./has-rollouts.js";
import { type Counter, createRestoreLog, type Renumbered, type Restorer } from "./restore-log.js";

export interface CarriedOver {
  /** The last revision of the restored database, from which the next write goes on. */
  revision: number;
  /**
   * `same`: the copy is an earlier state of the replaced file; `other`: of another one, or of one that went another way
   * since; `unknown`: the replaced file's log cannot be read; `none`: nothing of it can.
   */
  history: "same" | "other" | "unknown" | "none";
  /** Undefined where that cannot be told, because nothing was replaced or it could not be read. */
  differences: Difference[] | undefined;
  /** Documents whose version names another document in the replaced file, and the version that they have got instead. */
  renumbered: Renumbered[];
  /** What of the replaced file could not be read, and so not be taken over. */
  lost: string[];
}

/** Must run in a write transaction on `restored`. `replaced` may be damaged. */
export function carryOver(restored: Database, replaced: Database | undefined, by: Restorer): CarriedOver {
  if (replaced === undefined) {
    const revision = lastRevisionOf(restored);
    return { revision, history: "none", differences: undefined, renumbered: [], lost: [] };
  }
  const lost = new Set<string>();
  const salvage = <T>(what: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!isDamage(error)) throw error;
      lost.add(what);
      return undefined;
    }
  };

  const reached = Math.max(
    salvage("revisions", () => lastRevisionOf(replaced)) ?? 0,
    salvage("revisions", () => greatest(replaced, "SELECT max(revision) AS revision FROM profiles")) ?? 0,
  );
  const counters: Counters = new Map();
  const modes = salvage("versions", () => hasRollouts(replaced)) ?? false;
  const count = (sources: Source[]): void => {
    for (const { sql, ofRollouts } of sources) {
      if (modes || !ofRollouts) salvage("versions", () => readCounters(replaced, sql, counters));
    }
  };
  count(LAST_VERSIONS);
  // What is missing there can be told from the documents and the log.
  if (lost.has("versions")) count(FOUND_VERSIONS);
  const history = historyOf(restored, replaced);
  if (history === "same") {
    const copy = restored.transaction(() => copyLog(replaced, restored, lastRevisionOf(restored)));
    salvage("the log", copy);
  }
  const differences = salvage("documents", () => differencesBetween(replaced, restored));

  const log = createRestoreLog(restored, by);
  let changed = differences ?? log.allDocuments();
  const givenBefore = (key: DocumentKey): number => counters.get(keyOf(key))?.version ?? 0;
  const renumbered = history === "same" ? [] : log.renumber(changed, givenBefore);
  log.raiseCounters(counters.values());
  const last = lastRevisionOf(restored);
  // The next revision is the last of the log plus one: an entry must stand for those that are not in it.
  if (changed.length === 0 && last < reached) changed = log.allDocuments();
  log.append(changed, Math.max(last, reached));
  return { revision: lastRevisionOf(restored), history, differences, renumbered, lost: [...lost] };
}

type Counters = Map<string, Counter>;

function keyOf({ registry, profile = "", mode = "" }: DocumentKey): string {
  return `${registry}/${profile}/${mode}`;
}

function lastRevisionOf(db: Database): number {
  return greatest(db, "SELECT max(revision) AS revision FROM log");
}

function greatest(db: Database, sql: string): number {
  return db.prepare<[], { revision: number | null }>(sql).get()?.revision ?? 0;
}

interface Source {
  sql: string;
  ofRollouts: boolean;
}

const LAST_VERSIONS: Source[] = [
  {
    sql: "SELECT registry_slug AS registry, profile_slug AS profile, '' AS mode, version FROM last_versions",
    ofRollouts: false,
  },
  {
    sql: "SELECT registry_slug AS registry, '' AS profile, mode, version FROM rollout_versions",
    ofRollouts: true,
  },
];
const FOUND_VERSIONS: Source[] = [
  {
    sql: "SELECT registry_slug AS registry, slug AS profile, '' AS mode, version FROM profiles",
    ofRollouts: false,
  },
  {
    sql: `SELECT registry_slug AS registry, '' AS profile, '' AS mode, registry_version AS version FROM log
      UNION ALL SELECT registry_slug, profile_slug, '', version FROM log WHERE profile_slug IS NOT NULL`,
    ofRollouts: false,
  },
  {
    sql: "SELECT registry_slug AS registry, '' AS profile, mode, version FROM rollouts",
    ofRollouts: true,
  },
  {
    sql: "SELECT registry_slug AS registry, '' AS profile, mode, version FROM log WHERE mode IS NOT NULL",
    ofRollouts: true,
  },
];

/** As many as can be read: those before the damage count too. */
function readCounters(db: Database, sql: string, counters: Counters): void {
  for (const counter of db.prepare<[], Counter>(sql).iterate()) {
    const known = counters.get(keyOf(counter));
    if (known === undefined || known.version < counter.version) counters.set(keyOf(counter), counter);
  }
}

const LOG_COLUMNS = `revision, commit_revision, time_ms, actor, source, operation,
  registry_slug, profile_slug, version, registry_version, payload_json, mode, details_json`;

function logColumnsOf(db: Database): string {
  return hasRollouts(db) ? LOG_COLUMNS : LOG_COLUMNS.replace("mode, details_json", "NULL, NULL");
}

/** Whether the log of `later` begins with the whole log of `earlier`, as far as it can be read. */
function historyOf(earlier: Database, later: Database): "same" | "other" | "unknown" {
  const entries = (db: Database): IterableIterator<LogRow> =>
    db
      .prepare<[], LogRow>(`SELECT ${logColumnsOf(db)} FROM log ORDER BY revision`)
      .raw()
      .iterate();
  const others = entries(later);
  let compared = 0;
  try {
    for (const row of entries(earlier)) {
      const other = others.next();
      if (other.done || !row.every((value, i) => value === other.value[i])) return "other";
      compared++;
    }
    return "same";
  } catch (error) {
    if (!isDamage(error)) throw error;
    return compared > 0 ? "same" : "unknown";
  } finally {
    others.return?.();
  }
}

type LogRow = (number | string | null)[];

/** The entries after a revision, all of them or none. */
function copyLog(from: Database, to: Database, after: number): void {
  const insert = to.prepare<LogRow>(
    `INSERT INTO log (${LOG_COLUMNS}) VALUES (${LOG_COLUMNS.split(",")
      .map(() => "?")
      .join(", ")})`,
  );
  const rows = from.prepare<[number], LogRow>(
    `SELECT ${logColumnsOf(from)} FROM log WHERE revision > ? ORDER BY revision`,
  );
  for (const row of rows.raw().iterate(after)) insert.run(...row);
}
