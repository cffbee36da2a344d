/** A copy of a database beside it, before it is upgraded (spec 6.2). */
import { closeSync, existsSync, openSync, rmSync } from "node:fs";
import Database from "better-sqlite3";
import { companionsOf, nameNewFile, syncToDisk, timeStamp } from "./maintenance/files.js";

/**
 * Copies what is committed, whatever the journal mode, for the owner alone. The caller holds the write lock, so that the copy
 * is what the upgrade starts from, and only one process makes one. Returns the name of the copy.
 */
export function copyBeside(path: string, nowMs: number): string {
  const unfinished = `${path}.bak.unfinished`;
  // What a process has left that was killed meanwhile.
  remove(unfinished);
  closeSync(openSync(unfinished, "wx", 0o600));
  try {
    const db = new Database(path, { readonly: true, timeout: 0 });
    try {
      db.prepare("VACUUM INTO ?").run(unfinished);
    } finally {
      db.close();
    }
    // SQLite does not sync such a copy.
    syncToDisk(unfinished);
    const backup = freeName(path, nowMs);
    nameNewFile(unfinished, backup);
    return backup;
  } catch (error) {
    remove(unfinished);
    throw error;
  }
}

/** With its journal, which would be applied to the next file of that name. */
function remove(path: string): void {
  for (const file of [path, ...companionsOf(path)]) rmSync(file, { force: true });
}

/** `<db>.bak.YYYYMMDD-HHMMSS`, in UTC; of a later second where that is taken. */
function freeName(path: string, nowMs: number): string {
  for (let at = nowMs; ; at += 1_000) {
    const name = `${path}.bak.${timeStamp(new Date(at))}`;
    if (!existsSync(name)) return name;
  }
}
