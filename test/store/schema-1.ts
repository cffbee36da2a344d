/** What the program of schema 1 did to a file, statement by statement: it knows nothing of what came after. */
import Database from "better-sqlite3";

export interface ProgramOfSchema1 {
  /** As it asked before it served a file: a greater number than 1 made it refuse. */
  neededSchema(): number;
  /** The document of a profile; undefined where there is none. */
  read(registry: string, slug: string): { metadata: { version: number }; description?: string } | undefined;
  /** Gives a profile another description, as an update did, and returns its version. */
  update(registry: string, slug: string, description: string): number;
  close(): void;
}

export function openWithSchema1(path: string): ProgramOfSchema1 {
  const db = new Database(path, { timeout: 5_000 });
  db.pragma("foreign_keys = ON");
  const sql = {
    needed: db.prepare<[], number>("SELECT coalesce(max(compatible_from), 0) FROM schema_migrations").pluck(),
    profile: db
      .prepare<[string, string], string>(
        "SELECT payload_json FROM profiles WHERE registry_slug = ? AND slug = ?",
      )
      .pluck(),
    registry: db
      .prepare<[string], string>("SELECT payload_json FROM profile_registries WHERE slug = ?")
      .pluck(),
    revision: db.prepare<[], number>("SELECT coalesce(max(revision), 0) FROM log").pluck(),
    last: db
      .prepare<[string, string], number>(
        "SELECT version FROM last_versions WHERE registry_slug = ? AND profile_slug = ?",
      )
      .pluck(),
    setLast: db.prepare(
      `INSERT INTO last_versions (registry_slug, profile_slug, version) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET version = excluded.version`,
    ),
    putRegistry: db.prepare(
      `INSERT INTO profile_registries (slug, payload_json, updated_at_ms) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET payload_json = excluded.payload_json, updated_at_ms = excluded.updated_at_ms`,
    ),
    putProfile: db.prepare(
      `INSERT INTO profiles (registry_slug, slug, version, revision, payload_json, updated_at_ms)
       VALUES (@registry, @slug, @version, @revision, @payload, @timeMs)
       ON CONFLICT DO UPDATE SET version = excluded.version, revision = excluded.revision,
         payload_json = excluded.payload_json, updated_at_ms = excluded.updated_at_ms`,
    ),
    appendLog: db.prepare(
      `INSERT INTO log (revision, commit_revision, time_ms, actor, source, operation,
         registry_slug, profile_slug, version, registry_version, payload_json)
       VALUES (@revision, @revision, @timeMs, 'ann', 'rest', 'update_profile',
         @registry, @slug, @version, @registryVersion, @payload)`,
    ),
  };
  const read = (registry: string, slug: string) => {
    const text = sql.profile.get(registry, slug);
    return text === undefined
      ? undefined
      : (JSON.parse(text) as { metadata: { version: number }; description?: string });
  };
  return {
    neededSchema: () => sql.needed.get()!,
    read,
    update: db.transaction((registry: string, slug: string, description: string): number => {
      const revision = sql.revision.get()! + 1;
      const version = sql.last.get(registry, slug)! + 1;
      const registryVersion = sql.last.get(registry, "")! + 1;
      const timeMs = 9_000;
      const document = read(registry, slug)!;
      const payload = JSON.stringify({
        ...document,
        description,
        metadata: { ...document.metadata, version },
      });
      const owner = JSON.parse(sql.registry.get(registry)!) as { metadata: object };
      const moved = { ...owner, metadata: { ...owner.metadata, version: registryVersion } };
      sql.setLast.run(registry, slug, version);
      sql.setLast.run(registry, "", registryVersion);
      sql.putRegistry.run(registry, JSON.stringify(moved), timeMs);
      sql.putProfile.run({ registry, slug, version, revision, payload, timeMs });
      sql.appendLog.run({ revision, timeMs, registry, slug, version, registryVersion, payload });
      return version;
    }).immediate,
    close: () => db.close(),
  };
}
