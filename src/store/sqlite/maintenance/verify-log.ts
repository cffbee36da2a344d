/** The log, and whether the rows are what it says last (spec 2.1). */
import { isDeepStrictEqual } from "node:util";
import type { Database } from "better-sqlite3";
import { hasRollouts } from "./has-rollouts.js";
import type { Report } from "./problem.js";
import { checkRolloutLog } from "./verify-rollouts.js";

export function checkLog(db: Database, report: Report): void {
  checkRevisions(db, report);
  checkEntries(db, report);
  checkUnlogged(db, report);
  if (hasRollouts(db)) checkRolloutLog(db, report);
}

/** Revisions without gaps, commits whole. Only a restore may have gone on from a revision whose entries are lost. */
function checkRevisions(db: Database, report: Report): void {
  const entries = db.prepare<[], { revision: number; commit: number; operation: string }>(
    'SELECT revision, commit_revision AS "commit", operation FROM log ORDER BY revision',
  );
  let before = { revision: 0, commit: 0 };
  for (const entry of entries.iterate()) {
    const expected = before.revision + 1;
    if (entry.revision !== expected && entry.operation !== "restore")
      report({ problem: `the log has no entries from revision ${expected} to ${entry.revision - 1}` });
    if (before.commit !== before.revision && before.commit !== entry.commit)
      report({ problem: `the log has not all entries of the commit of revision ${before.commit}` });
    before = entry;
  }
  if (before.commit !== before.revision)
    report({ problem: `the log has not all entries of the commit of revision ${before.commit}` });
}

interface Entry {
  registry: string;
  /** Null of a registry itself. */
  profile: string | null;
  revision: number;
  version: number;
  registry_version: number;
  payload: string | null;
  /** Whether the payload is JSON; null where there is none. */
  valid: 0 | 1 | null;
}

/** In the order of the index: document by document, each from its first entry to its last; those of rollouts are left out. */
export function entriesByDocument(db: Database): string {
  return `
    SELECT registry_slug AS registry, profile_slug AS profile, revision, version, registry_version,
      payload_json AS payload, json_valid(payload_json) AS valid
    FROM log ${hasRollouts(db) ? "WHERE mode IS NULL" : ""} ORDER BY registry_slug, profile_slug, revision`;
}

function checkEntries(db: Database, report: Report): void {
  const againstRow = createRowChecks(db, report);
  const earlier = db.prepare<[Entry]>(
    `SELECT 1 FROM log WHERE registry_slug = @registry AND profile_slug = @profile AND version = @version
       AND revision < @revision AND payload_json <> @payload LIMIT 1`,
  );
  let last: Entry | undefined;
  let highest = 0;
  /** Of the registry whose documents are being read: its own last entry, and what all entries say of its version. */
  let own: Entry | undefined;
  let moved = { revision: 0, version: 0, highest: 0 };

  const endDocument = (): void => {
    if (last === undefined) return;
    if (last.profile === null) own = last;
    else againstRow.profile(last, highest);
  };
  const endRegistry = (): void => {
    endDocument();
    if (last !== undefined) againstRow.registry(last.registry, own, moved);
  };
  for (const entry of db.prepare<[], Entry>(entriesByDocument(db)).iterate()) {
    const { registry, profile, revision, version } = entry;
    if (registry !== last?.registry) {
      endRegistry();
      own = undefined;
      moved = { revision: 0, version: 0, highest: 0 };
      highest = 0;
    } else if (profile !== last.profile) {
      endDocument();
      highest = 0;
    }
    const key = { registry, ...(profile === null ? {} : { profile }) };
    if (entry.valid === 0) report({ ...key, problem: `the log entry of revision ${revision} is no JSON` });
    // A version comes again with a delete, and with a restore, which brings the same document.
    if (profile !== null && entry.payload !== null && version <= highest && earlier.get(entry) !== undefined)
      report({ ...key, problem: `the log has two documents of version ${version}` });
    highest = Math.max(highest, version);
    moved.highest = Math.max(moved.highest, entry.registry_version);
    if (revision > moved.revision) Object.assign(moved, { revision, version: entry.registry_version });
    last = entry;
  }
  endRegistry();
}

interface RowChecks {
  profile(last: Entry, highest: number): void;
  registry(slug: string, own: Entry | undefined, moved: { version: number; highest: number }): void;
}

function createRowChecks(db: Database, report: Report): RowChecks {
  const profileRow = db.prepare<[Entry], { version: number; revision: number; payload: string }>(
    `SELECT version, revision, payload_json AS payload FROM profiles
     WHERE registry_slug = @registry AND slug = @profile`,
  );
  const registryRow = db.prepare<[string], { payload: string }>(
    "SELECT payload_json AS payload FROM profile_registries WHERE slug = ?",
  );
  const counterOf = db.prepare<[string, string], { version: number }>(
    "SELECT version FROM last_versions WHERE registry_slug = ? AND profile_slug = ?",
  );
  const checkCounter = (registry: string, profile: string | null, given: number): void => {
    const counter = counterOf.get(registry, profile ?? "")?.version ?? 0;
    if (counter >= given) return;
    const key = { registry, ...(profile === null ? {} : { profile }) };
    report({ ...key, problem: `version ${given} was given, but the last version is kept as ${counter}` });
  };
  return {
    profile(last, highest) {
      const { registry, profile, revision, version, payload } = last;
      const key = { registry, profile: profile ?? "" };
      const row = profileRow.get(last);
      checkCounter(registry, profile, highest);
      if (row === undefined) {
        if (payload !== null)
          report({
            ...key,
            problem: `it is not stored, but the log says nothing of a delete (revision ${revision})`,
          });
      } else if (payload === null) {
        report({ ...key, problem: `it is stored, but deleted in the log (revision ${revision})` });
      } else if (row.version !== version) {
        report({
          ...key,
          problem: `it is stored with version ${row.version}; the log ends with ${version} (revision ${revision})`,
        });
      } else if (row.payload !== payload || row.revision !== revision) {
        report({ ...key, problem: `it is stored otherwise than the log says (revision ${revision})` });
      }
    },
    registry(registry, own, moved) {
      const row = registryRow.get(registry);
      checkCounter(registry, null, moved.highest);
      if (own === undefined) {
        report({ registry, problem: "the log has entries of its profiles and none of it" });
      } else if (row === undefined) {
        if (own.payload !== null)
          report({
            registry,
            problem: `it is not stored, but the log says nothing of a delete (revision ${own.revision})`,
          });
      } else if (own.payload === null) {
        report({ registry, problem: `it is stored, but deleted in the log (revision ${own.revision})` });
      } else {
        const [stored, logged] = [parseRegistry(row.payload), parseRegistry(own.payload)];
        if (stored === undefined || logged === undefined) return;
        if (!isDeepStrictEqual(stored.content, logged.content))
          report({
            registry,
            problem: `it is stored otherwise than the log says (revision ${own.revision})`,
          });
        if (stored.version !== moved.version)
          report({
            registry,
            problem: `it is stored with version ${String(stored.version)}; the log ends with ${moved.version}`,
          });
      }
    },
  };
}

/** A write to a profile moves its registry without an entry of that, so some of it may differ. */
function parseRegistry(payload: string): { content: unknown; version: unknown } | undefined {
  try {
    const { metadata, ...document } = JSON.parse(payload) as { metadata: Record<string, unknown> };
    const { version, updated_at_ms: _, updated_by: __, ...kept } = metadata;
    return { content: { ...document, metadata: kept }, version };
  } catch {
    // Reported where documents are read.
    return undefined;
  }
}

function checkUnlogged(db: Database, report: Report): void {
  const rows = db.prepare<[], { registry: string; profile: string | null }>(
    `SELECT slug AS registry, NULL AS profile FROM profile_registries
     WHERE NOT EXISTS (SELECT 1 FROM log WHERE registry_slug = profile_registries.slug)
     UNION ALL SELECT registry_slug, slug FROM profiles
     WHERE NOT EXISTS (SELECT 1 FROM log WHERE registry_slug = profiles.registry_slug AND profile_slug = profiles.slug)`,
  );
  for (const { registry, profile } of rows.iterate())
    report({
      registry,
      ...(profile === null ? {} : { profile }),
      problem: "it is stored, and the log has no entry of it",
    });
}
