/** What SQLite says about files that are no longer sound. */
import Database from "better-sqlite3";
import { DomainError } from "../../../domain/errors.js";

/** Whether a database, and not our use of it, is at fault. */
export function isDamage(error: unknown): boolean {
  if (error instanceof DomainError) return error.code === "data_loss";
  return error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code);
}

/** The first hundred; none where the pages are sound. `quick_check` does not hold indexes against their tables. */
export function pageFaults(db: Database.Database, check: "quick_check" | "integrity_check"): string[] {
  try {
    const lines = db.prepare<[]>(`PRAGMA ${check}`).pluck().all() as string[];
    return lines.filter((line) => line !== "ok");
  } catch (error) {
    if (!isDamage(error)) throw error;
    return [(error as Error).message];
  }
}
