/** The database file as another process sees it. */
import Database from "better-sqlite3";

/** Opens the file, does that, and lets go of it. */
export function withDatabase<T>(path: string, work: (db: Database.Database) => T): T {
  const db = new Database(path, { timeout: 5_000, fileMustExist: true });
  try {
    return work(db);
  } finally {
    db.close();
  }
}

/** What the file holds of a profile in the registry `default`; undefined where it has none. */
export function storedIn(
  path: string,
  slug: string,
): { version: number; text: string | undefined } | undefined {
  return withDatabase(path, (db) => {
    const row = db
      .prepare<[string], { version: number; payload_json: string }>(
        "SELECT version, payload_json FROM profiles WHERE registry_slug = 'default' AND slug = ?",
      )
      .get(slug);
    if (row === undefined) return undefined;
    const { runtime } = JSON.parse(row.payload_json) as { runtime: { system_prompt?: string } };
    return { version: row.version, text: runtime.system_prompt };
  });
}
