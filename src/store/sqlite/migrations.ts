/** The schema, as numbered steps that each run once, in a transaction, and are recorded (spec 6.2). */
import type { Database } from "better-sqlite3";
import { StoreOpenError } from "../store.js";

interface Migration {
  version: number;
  name: string;
  /** The oldest schema whose program can still serve a database with this step applied. */
  compatibleFrom: number;
  sql: string;
}

const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: "registries, profiles, log, last versions",
    compatibleFrom: 1,
    sql: `
      CREATE TABLE profile_registries (
        slug TEXT PRIMARY KEY,
        payload_json TEXT NOT NULL,
        updated_at_ms INTEGER NOT NULL
      );
      CREATE TABLE profiles (
        registry_slug TEXT NOT NULL REFERENCES profile_registries (slug),
        slug TEXT NOT NULL,
        version INTEGER NOT NULL,
        revision INTEGER NOT NULL,
        payload_json TEXT NOT NULL,
        updated_at_ms INTEGER NOT NULL,
        PRIMARY KEY (registry_slug, slug)
      );
      CREATE TABLE log (
        revision INTEGER PRIMARY KEY,
        commit_revision INTEGER NOT NULL,
        time_ms INTEGER NOT NULL,
        actor TEXT NOT NULL,
        source TEXT NOT NULL,
        operation TEXT NOT NULL,
        registry_slug TEXT NOT NULL,
        profile_slug TEXT,
        version INTEGER NOT NULL,
        registry_version INTEGER NOT NULL,
        payload_json TEXT
      );
      CREATE INDEX log_by_document ON log (registry_slug, profile_slug, revision);
      CREATE TABLE last_versions (
        registry_slug TEXT NOT NULL,
        profile_slug TEXT NOT NULL,
        version INTEGER NOT NULL,
        PRIMARY KEY (registry_slug, profile_slug)
      ) WITHOUT ROWID;
    `,
  },
  {
    version: 2,
    name: "idempotency keys",
    // A program of schema 1 takes no keys.
    compatibleFrom: 1,
    sql: `
      CREATE TABLE idempotency_keys (
        key TEXT PRIMARY KEY,
        request TEXT NOT NULL,
        time_ms INTEGER NOT NULL,
        outcome_json TEXT NOT NULL
      ) WITHOUT ROWID;
      CREATE INDEX idempotency_keys_by_time ON idempotency_keys (time_ms);
    `,
  },
  {
    version: 3,
    name: "rollouts and their figures",
    // A program of schema 2 answers every mode with the default runtime. It takes figures of others for edits by hand, and
    // reads its documents again: slower, and right.
    compatibleFrom: 1,
    sql: `
      CREATE TABLE rollouts (
        registry_slug TEXT NOT NULL REFERENCES profile_registries (slug) ON DELETE CASCADE,
        mode TEXT NOT NULL,
        version INTEGER NOT NULL,
        payload_json TEXT NOT NULL,
        updated_at_ms INTEGER NOT NULL,
        PRIMARY KEY (registry_slug, mode)
      ) WITHOUT ROWID;
      CREATE TABLE rollout_versions (
        registry_slug TEXT NOT NULL,
        mode TEXT NOT NULL,
        version INTEGER NOT NULL,
        PRIMARY KEY (registry_slug, mode)
      ) WITHOUT ROWID;
      CREATE TABLE rollout_figures (
        registry_slug TEXT NOT NULL,
        slot_ms INTEGER NOT NULL,
        asked_mode TEXT NOT NULL,
        applied_mode TEXT NOT NULL,
        deployment TEXT NOT NULL,
        counts_json TEXT NOT NULL,
        PRIMARY KEY (registry_slug, slot_ms, asked_mode, applied_mode, deployment)
      ) WITHOUT ROWID;
      CREATE INDEX rollout_figures_by_time ON rollout_figures (slot_ms);
      ALTER TABLE log ADD COLUMN mode TEXT;
      ALTER TABLE log ADD COLUMN details_json TEXT;
      CREATE INDEX log_by_rollout ON log (registry_slug, mode, revision) WHERE mode IS NOT NULL;
      -- Counts what is done to rows of documents, so that figures, which move no revision either, are not taken for edits by hand.
      CREATE TABLE document_changes (n INTEGER NOT NULL);
      INSERT INTO document_changes VALUES (0);
      ${["profile_registries", "profiles", "rollouts"]
        .flatMap((table) =>
          ["INSERT", "UPDATE", "DELETE"].map(
            (event) => `CREATE TRIGGER ${table}_${event.toLowerCase()} AFTER ${event} ON ${table}
              BEGIN UPDATE document_changes SET n = n + 1; END;`,
          ),
        )
        .join("\n")}
    `,
  },
];

export const SCHEMA_VERSION = MIGRATIONS.at(-1)?.version ?? 0;

/**
 * The schema of a database, 0 for an empty one. Changes nothing. Throws StoreOpenError for a schema that this program cannot
 * serve, for one of the first generation, and for databases of other kinds.
 */
export function findSchema(db: Database, path: string): number {
  const tables = tablesOf(db);
  if (!tables.has("schema_migrations")) {
    if (isFirstGeneration(db)) {
      throw new StoreOpenError(
        `${path} holds a first-generation database, which is upgraded when a server starts on it`,
      );
    }
    if (tables.has("profile_registries")) {
      throw new StoreOpenError(
        `${path} holds other tables besides those of a first-generation database, and is not upgraded`,
      );
    }
    if (tables.size > 0) throw new StoreOpenError(`${path} is an SQLite database of something else`);
    return 0;
  }
  const applied = db
    .prepare<[], { version: number; compatible_from: number }>(
      // Every step applied counts, not only the last: each says for itself who can serve a database that has it.
      `SELECT coalesce(max(version), 0) AS version, coalesce(max(compatible_from), 0) AS compatible_from
       FROM schema_migrations`,
    )
    .get()!;
  if (applied.compatible_from > SCHEMA_VERSION) {
    throw new StoreOpenError(
      `${path} has schema ${applied.version}, which needs a program of schema ${applied.compatible_from} or later; this one has ${SCHEMA_VERSION}`,
    );
  }
  return applied.version;
}

/** Whether there is one table only, a row per registry with its profiles: what was before schemas had numbers (spec 6.2). */
export function isFirstGeneration(db: Database): boolean {
  const tables = tablesOf(db);
  return tables.size === 1 && tables.has("profile_registries");
}

/** Without SQLite's own, such as what ANALYZE leaves. */
function tablesOf(db: Database): Set<unknown> {
  return new Set(
    db
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*'")
      .pluck()
      .all(),
  );
}

/**
 * Brings a database to the schema of this program. Must run in a write transaction. A newer schema is served as it is where
 * it says that this program can. Throws as `findSchema`. Returns the schema in use.
 */
export function migrate(db: Database, path: string, nowMs: number): number {
  return applyMigrations(db, findSchema(db, path), nowMs);
}

/** The steps after `found`, the schema of the database, each recorded. Must run in a write transaction. */
export function applyMigrations(db: Database, found: number, nowMs: number): number {
  db.exec(`CREATE TABLE IF NOT EXISTS schema_migrations (
    version INTEGER PRIMARY KEY, name TEXT NOT NULL, compatible_from INTEGER NOT NULL, applied_at_ms INTEGER NOT NULL)`);
  const record = db.prepare(
    "INSERT INTO schema_migrations (version, name, compatible_from, applied_at_ms) VALUES (?, ?, ?, ?)",
  );
  for (const migration of MIGRATIONS) {
    if (migration.version <= found) continue;
    db.exec(migration.sql);
    record.run(migration.version, migration.name, migration.compatibleFrom, nowMs);
  }
  return Math.max(found, SCHEMA_VERSION);
}
