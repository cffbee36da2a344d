import type { Database } from "better-sqlite3";

/** Whether the schema of a database knows rollouts: copies and replaced files may be from before them. */
export function hasRollouts(db: Database): boolean {
  return (
    db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'rollouts'").get() !== undefined
  );
}
