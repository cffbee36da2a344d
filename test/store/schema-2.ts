/** A database as the program of schema 2 made it, and what that program did to one: it knows nothing of rollouts. */
import Database from "better-sqlite3";

const SCHEMA_2 = `
  CREATE TABLE schema_migrations (
    version INTEGER PRIMARY KEY, name TEXT NOT NULL, compatible_from INTEGER NOT NULL, applied_at_ms INTEGER NOT NULL);
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
  INSERT INTO schema_migrations VALUES (1, 'registries, profiles, log, last versions', 1, 1000);
  CREATE TABLE idempotency_keys (
    key TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    time_ms INTEGER NOT NULL,
    outcome_json TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX idempotency_keys_by_time ON idempotency_keys (time_ms);
  INSERT INTO schema_migrations VALUES (2, 'idempotency keys', 1, 1000);`;

const metadata = {
  version: 1,
  created_at_ms: 1_000,
  updated_at_ms: 1_000,
  created_by: "ann",
  updated_by: "ann",
  source: "import",
};

/** What a seed file of that time could hold: nobody looked at modes. */
export const MODES_OF_SCHEMA_2 = {
  fast: { profiles: ["a"], description: "quick answers" },
  deep: { profiles: ["gone", "a"] },
  "No Slug": { profiles: ["a"] },
  empty: {},
  text: "fast",
};

/** The registry `r` with modes and the profiles `a` and `b`, the registry `s` with none. Revision 4. */
export function makeSchema2(path: string, modes: unknown = MODES_OF_SCHEMA_2): void {
  const db = new Database(path);
  db.pragma("journal_mode = WAL");
  db.exec(SCHEMA_2);
  db.close();
  const program = openWithSchema2(path);
  program.writeRegistry("r", { default_profile_slug: "a", processing_modes: modes });
  program.writeProfile("r", "a");
  program.writeProfile("r", "b");
  program.writeRegistry("s", {});
  program.close();
}

export interface ProgramOfSchema2 {
  /** As it asked before it served a file: a greater number than 2 made it refuse. */
  neededSchema(): number;
  writeRegistry(slug: string, content: object): void;
  writeProfile(registry: string, slug: string, content?: object): void;
  /** With its profiles. */
  deleteRegistry(slug: string): void;
  close(): void;
}

export function openWithSchema2(path: string, foreignKeys = true): ProgramOfSchema2 {
  const db = new Database(path, { timeout: 5_000 });
  db.pragma(`foreign_keys = ${foreignKeys ? "ON" : "OFF"}`);
  const last = db
    .prepare<[string, string], number>(
      "SELECT version FROM last_versions WHERE registry_slug = ? AND profile_slug = ?",
    )
    .pluck();
  const setLast = db.prepare(
    `INSERT INTO last_versions (registry_slug, profile_slug, version) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET version = excluded.version`,
  );
  const putRegistry = db.prepare(
    `INSERT INTO profile_registries (slug, payload_json, updated_at_ms) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET payload_json = excluded.payload_json, updated_at_ms = excluded.updated_at_ms`,
  );
  const putProfile = db.prepare(
    `INSERT INTO profiles (registry_slug, slug, version, revision, payload_json, updated_at_ms)
     VALUES (@registry, @slug, @version, @revision, @payload, @timeMs)
     ON CONFLICT DO UPDATE SET version = excluded.version, revision = excluded.revision,
       payload_json = excluded.payload_json, updated_at_ms = excluded.updated_at_ms`,
  );
  const appendLog = db.prepare(
    `INSERT INTO log (revision, commit_revision, time_ms, actor, source, operation,
       registry_slug, profile_slug, version, registry_version, payload_json)
     VALUES (@revision, @commitRevision, @timeMs, 'ann', 'rest', @operation,
       @registry, @profile, @version, @registryVersion, @payload)`,
  );
  const nextRevision = db.prepare<[], number>("SELECT coalesce(max(revision), 0) + 1 FROM log").pluck();
  const timeMs = 2_000;

  const next = (registry: string, slug: string): number => (last.get(registry, slug) ?? 0) + 1;
  const log = (operation: string, entry: object, commitRevision = nextRevision.get()): void => {
    appendLog.run({
      profile: null,
      revision: nextRevision.get(),
      commitRevision,
      timeMs,
      operation,
      ...entry,
    });
  };

  const writeRegistry = (slug: string, content: object): void => {
    const version = next(slug, "");
    const payload = JSON.stringify({ slug, ...content, metadata: { ...metadata, version } });
    setLast.run(slug, "", version);
    putRegistry.run(slug, payload, timeMs);
    const operation = version === 1 ? "create_registry" : "update_registry";
    log(operation, { registry: slug, version, registryVersion: version, payload });
  };
  const writeProfile = (registry: string, slug: string, content: object = {}): void => {
    const [version, registryVersion] = [next(registry, slug), next(registry, "")];
    const text = db
      .prepare<[string], string>("SELECT payload_json FROM profile_registries WHERE slug = ?")
      .pluck()
      .get(registry)!;
    const moved = { ...JSON.parse(text), metadata: { ...metadata, version: registryVersion } };
    const policy = { allow_overrides: false, read_only: false };
    const payload = JSON.stringify({
      slug,
      runtime: {},
      policy,
      ...content,
      metadata: { ...metadata, version },
    });
    setLast.run(registry, slug, version);
    setLast.run(registry, "", registryVersion);
    putRegistry.run(registry, JSON.stringify(moved), timeMs);
    putProfile.run({ registry, slug, version, revision: nextRevision.get(), payload, timeMs });
    const operation = version === 1 ? "create_profile" : "update_profile";
    log(operation, { registry, profile: slug, version, registryVersion, payload });
  };
  const deleteRegistry = (slug: string): void => {
    const profiles = db
      .prepare<[string], string>("SELECT slug FROM profiles WHERE registry_slug = ? ORDER BY slug")
      .pluck()
      .all(slug);
    const commitRevision = nextRevision.get()! + profiles.length;
    const registryVersion = last.get(slug, "");
    for (const profile of profiles) {
      db.prepare("DELETE FROM profiles WHERE registry_slug = ? AND slug = ?").run(slug, profile);
      const version = last.get(slug, profile);
      log(
        "delete_profile",
        { registry: slug, profile, version, registryVersion, payload: null },
        commitRevision,
      );
    }
    db.prepare("DELETE FROM profile_registries WHERE slug = ?").run(slug);
    log(
      "delete_registry",
      { registry: slug, version: registryVersion, registryVersion, payload: null },
      commitRevision,
    );
  };
  return {
    neededSchema: () =>
      db
        .prepare<[], number>("SELECT coalesce(max(compatible_from), 0) FROM schema_migrations")
        .pluck()
        .get()!,
    writeRegistry: db.transaction(writeRegistry).immediate,
    writeProfile: db.transaction(writeProfile).immediate,
    deleteRegistry: db.transaction(deleteRegistry).immediate,
    close: () => db.close(),
  };
}
