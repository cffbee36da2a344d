/** The log entries of a restore, and the versions and counters that go with them. */
import type { Database } from "better-sqlite3";
import type { DocumentKey } from "../../store.js";
import type { Difference } from "./differences.js";

/** Who restores, and when (Unix milliseconds). */
export interface Restorer {
  actor: string;
  timeMs: number;
}

/** The last version of a document. What does not name it is the empty text. */
export interface Counter {
  registry: string;
  profile: string;
  mode: string;
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
  const find = ({ registry, profile = "", mode }: DocumentKey): Found | undefined =>
    mode === undefined ? sql.find.get({ registry, profile }) : sql.findRollout.get({ registry, mode });
  const raise = ({ registry, profile, mode, version }: Counter): void => {
    if (mode === "") sql.setCounter.run({ registry, profile, version });
    else sql.setRolloutCounter.run({ registry, mode, version });
  };

  return {
    allDocuments: () =>
      sql.all.all().map(({ registry, profile, mode }) => ({
        registry,
        ...(profile === null ? {} : { profile }),
        ...(mode === null ? {} : { mode }),
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
        const { registry, profile = "", mode = "" } = key;
        raise({ registry, profile, mode, version });
        if (mode !== "") sql.setRolloutVersion.run({ registry, mode, version });
        else if (profile !== "") sql.setProfileVersion.run({ registry, profile, version });
        else sql.setRegistryVersion.run({ registry, version });
        renumbered.push({ ...key, version });
      }
      return renumbered;
    },

    raiseCounters(counters) {
      for (const counter of counters) raise(counter);
    },

    append(documents, after) {
      const ordered = [
        ...documents.filter((document) => !isDeletedRegistry(document)),
        // After the deletes of its profiles, as a delete by request logs them.
        ...documents.filter(isDeletedRegistry),
      ];
      ordered.forEach(({ what, ...key }, i) => {
        const revision = after + 1 + i;
        const { registry, profile = null, mode = null } = key;
        const found = find(key);
        const registryFound = find({ registry });
        sql.append.run({
          revision,
          commitRevision: after + ordered.length,
          timeMs,
          actor,
          registry,
          profile,
          mode,
          version: (what === "deleted" ? found?.counter : found?.version) ?? 0,
          registryVersion: registryFound?.version ?? 0,
          payload: found?.payload ?? null,
        });
      });
      sql.alignRevisions.run();
    },
  };
}

function isDeletedRegistry({ profile, mode, what }: Difference): boolean {
  return profile === undefined && mode === undefined && what === "deleted";
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
    all: db.prepare<[], { registry: string; profile: string | null; mode: string | null }>(
      `SELECT slug AS registry, NULL AS profile, NULL AS mode FROM profile_registries
       UNION ALL SELECT registry_slug, slug, NULL FROM profiles
       UNION ALL SELECT registry_slug, NULL, mode FROM rollouts`,
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
    findRollout: db.prepare<[{ registry: string; mode: string }], Found>(
      `SELECT coalesce(stored.version, last.version) AS version, last.version AS counter, payload_json AS payload
       FROM (SELECT coalesce((SELECT version FROM rollout_versions
                              WHERE registry_slug = @registry AND mode = @mode), 0) AS version) AS last
         LEFT JOIN rollouts AS stored ON registry_slug = @registry AND mode = @mode`,
    ),
    setCounter: db.prepare<[{ registry: string; profile: string; version: number }]>(
      `INSERT INTO last_versions (registry_slug, profile_slug, version) VALUES (@registry, @profile, @version)
       ON CONFLICT DO UPDATE SET version = max(version, excluded.version)`,
    ),
    setRolloutCounter: db.prepare<[{ registry: string; mode: string; version: number }]>(
      `INSERT INTO rollout_versions (registry_slug, mode, version) VALUES (@registry, @mode, @version)
       ON CONFLICT DO UPDATE SET version = max(version, excluded.version)`,
    ),
    setProfileVersion: db.prepare<[{ registry: string; profile: string; version: number }]>(
      `UPDATE profiles SET version = @version, payload_json = ${withVersion("$.metadata.version")}
       WHERE registry_slug = @registry AND slug = @profile`,
    ),
    setRegistryVersion: db.prepare<[{ registry: string; version: number }]>(
      `UPDATE profile_registries SET payload_json = ${withVersion("$.metadata.version")} WHERE slug = @registry`,
    ),
    setRolloutVersion: db.prepare<[{ registry: string; mode: string; version: number }]>(
      `UPDATE rollouts SET version = @version, payload_json = ${withVersion("$.version")}
       WHERE registry_slug = @registry AND mode = @mode`,
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
         registry_slug, profile_slug, mode, version, registry_version, payload_json)
       VALUES (@revision, @commitRevision, @timeMs, @actor, 'cli', 'restore',
         @registry, @profile, @mode, @version, @registryVersion, @payload)`,
    ),
  };
}

/** What cannot be read stays as it is. */
const withVersion = (member: string): string => `CASE WHEN json_valid(payload_json)
  THEN json_set(payload_json, '${member}', @version) ELSE payload_json END`;
