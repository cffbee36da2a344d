/** The log entries of a restore, and the versions and counters that go with them. */
import type { Database } from "better-sqlite3";
import type { DocumentKey } from "../../store.js";
import type { Difference } from "./differences.js";

/** Who restores, and when (Unix milliseconds). */
export interface Restorer {
  actor: string;
  timeMs: number;
}

/** The last version of a document. A registry has the empty text as `profile`. */
export interface Counter {
  registry: string;
  profile: string;
  version: number;
}

/** A document that has got a new version. */
export interface Renumbered extends DocumentKey {
  version: number;
}

export interface RestoreLog {
  /** Every document there is, as one that has come in. */
  allDocuments(): Difference[];
  /** Gives a new version to each document whose version is not beyond `givenBefore`; returns those. */
  renumber(documents: readonly Difference[], givenBefore: (key: DocumentKey) => number): Renumbered[];
  /** No version up to these is given again. */
  raiseCounters(counters: Iterable<Counter>): void;
  /** An entry per document, of one commit, with revisions after `after`; and rows get the revisions of their last entries. */
  append(documents: readonly Difference[], after: number): void;
}

/** Must be used in a write transaction. */
export function createRestoreLog(db: Database, { actor, timeMs }: Restorer): RestoreLog {
  const sql = prepareStatements(db);
  const find = ({ registry, profile = "" }: DocumentKey): Found | undefined =>
    sql.find.get({ registry, profile });

  return {
    allDocuments: () =>
      sql.all.all().map(({ registry, profile }) => ({
        registry,
        ...(profile === null ? {} : { profile }),
        what: "created",
      })),

    renumber(documents, givenBefore) {
      const renumbered: Renumbered[] = [];
      for (const { what, ...key } of documents) {
        const found = find(key);
        if (what === "deleted" || found === undefined) continue;
        const given = givenBefore(key);
        if (found.version > given) continue;
        const version = Math.max(given, found.counter) + 1;
        const { registry, profile = "" } = key;
        sql.setCounter.run({ registry, profile, version });
        if (key.profile === undefined) sql.setRegistryVersion.run({ registry, version });
        else sql.setProfileVersion.run({ registry, profile, version });
        renumbered.push({ ...key, version });
      }
      return renumbered;
    },

    raiseCounters(counters) {
      for (const counter of counters) sql.setCounter.run({ ...counter });
    },

    append(documents, after) {
      const ordered = [
        ...documents.filter((document) => !isDeletedRegistry(document)),
        // After the deletes of its profiles, as a delete by request logs them.
        ...documents.filter(isDeletedRegistry),
      ];
      ordered.forEach(({ registry, profile = "", what }, i) => {
        const revision = after + 1 + i;
        const found = find({ registry, profile });
        const registryFound = find({ registry });
        sql.append.run({
          revision,
          commitRevision: after + ordered.length,
          timeMs,
          actor,
          registry,
          profile: profile === "" ? null : profile,
          version: (what === "deleted" ? found?.counter : found?.version) ?? 0,
          registryVersion: registryFound?.version ?? 0,
          payload: found?.payload ?? null,
        });
      });
      sql.alignRevisions.run();
    },
  };
}

function isDeletedRegistry({ profile, what }: Difference): boolean {
  return profile === undefined && what === "deleted";
}

/** A document, or what is remembered of a deleted one. */
interface Found {
  /** Of a deleted one, the last. */
  version: number;
  counter: number;
  payload: string | null;
}

function prepareStatements(db: Database) {
  return {
    all: db.prepare<[], { registry: string; profile: string | null }>(
      `SELECT slug AS registry, NULL AS profile FROM profile_registries
       UNION ALL SELECT registry_slug, slug FROM profiles`,
    ),
    find: db.prepare<[{ registry: string; profile: string }], Found>(
      `WITH stored (version, payload) AS (
         SELECT version, payload_json FROM profiles WHERE registry_slug = @registry AND slug = @profile
         UNION ALL
         SELECT CASE WHEN json_valid(payload_json) THEN payload_json ->> '$.metadata.version' END, payload_json
         FROM profile_registries WHERE slug = @registry AND @profile = ''),
       counter (version) AS (
         SELECT version FROM last_versions WHERE registry_slug = @registry AND profile_slug = @profile)
       SELECT coalesce((SELECT version FROM stored), (SELECT version FROM counter), 0) AS version,
         coalesce((SELECT version FROM counter), 0) AS counter, (SELECT payload FROM stored) AS payload`,
    ),
    setCounter: db.prepare<[Counter]>(
      `INSERT INTO last_versions (registry_slug, profile_slug, version) VALUES (@registry, @profile, @version)
       ON CONFLICT DO UPDATE SET version = max(version, excluded.version)`,
    ),
    setProfileVersion: db.prepare<[Counter]>(
      `UPDATE profiles SET version = @version, payload_json = ${withVersion}
       WHERE registry_slug = @registry AND slug = @profile`,
    ),
    setRegistryVersion: db.prepare<[{ registry: string; version: number }]>(
      `UPDATE profile_registries SET payload_json = ${withVersion} WHERE slug = @registry`,
    ),
    // Also of documents that the log has other entries of than the backup knew.
    alignRevisions: db.prepare<[]>(
      `UPDATE profiles SET revision = newest.revision
       FROM (SELECT registry_slug, profile_slug, max(revision) AS revision FROM log
             WHERE profile_slug IS NOT NULL GROUP BY registry_slug, profile_slug) AS newest
       WHERE newest.registry_slug = profiles.registry_slug AND newest.profile_slug = profiles.slug
         AND newest.revision <> profiles.revision`,
    ),
    append: db.prepare(
      `INSERT INTO log (revision, commit_revision, time_ms, actor, source, operation,
         registry_slug, profile_slug, version, registry_version, payload_json)
       VALUES (@revision, @commitRevision, @timeMs, @actor, 'cli', 'restore',
         @registry, @profile, @version, @registryVersion, @payload)`,
    ),
  };
}

/** What cannot be read stays as it is. */
const withVersion = `CASE WHEN json_valid(payload_json)
  THEN json_set(payload_json, '$.metadata.version', @version) ELSE payload_json END`;
