/** Databases to back up, restore and verify, and what is in them. */
import { closeSync, openSync, readdirSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { type Restored, restoreDatabase } from "../../../src/store/sqlite/maintenance/restore.js";
import type { Change } from "../../../src/store/store.js";
import { createProfile, createRegistry, write } from "../documents.js";
import { openStore, tempDirectory } from "../temp.js";

/** A database with the registry `r` and the profiles `a` and `b`, closed. Revision 3. */
export async function makeDatabase(path = join(tempDirectory(), "profiles.db")): Promise<string> {
  await change(path, createRegistry("r"));
  await change(path, createProfile("r", "a", { display_name: "first" }));
  await change(path, createProfile("r", "b"));
  return path;
}

/** One commit, by a process that then stops. Returns the versions. */
export async function change(path: string, ...changes: Change[]): Promise<readonly number[]> {
  const store = await openStore(path);
  const { versions } = await write(store, ...changes);
  await store.close();
  return versions;
}

/** All documents with their versions, as the rows hold them. */
export function documentsIn(path: string): unknown {
  return inDatabase(path, (db) => [
    db.prepare("SELECT slug, payload_json, updated_at_ms FROM profile_registries ORDER BY slug").all(),
    db
      .prepare(
        "SELECT registry_slug, slug, version, payload_json, updated_at_ms FROM profiles ORDER BY registry_slug, slug",
      )
      .all(),
  ]);
}

export function inDatabase<T>(path: string, work: (db: Database.Database) => T): T {
  const db = new Database(path, { fileMustExist: true });
  try {
    return work(db);
  } finally {
    db.close();
  }
}

export function revisionIn(path: string): number {
  return inDatabase(path, (db) => db.prepare("SELECT max(revision) FROM log").pluck().get() as number);
}

export function restore(from: string, path: string): Promise<Restored> {
  return restoreDatabase({ from, path, actor: "ann", clock: () => 5_000 });
}

/** Writes nonsense over the page that a table or index begins with. */
export function damage(path: string, name: string): void {
  const { page, size } = inDatabase(path, (db) => ({
    page: db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").pluck().get(name) as number,
    size: db.pragma("page_size", { simple: true }) as number,
  }));
  overwrite(path, (page - 1) * size, size);
}

export function overwrite(path: string, at: number, length: number): void {
  const file = openSync(path, "r+");
  writeSync(file, Buffer.alloc(length, 0xa5), 0, length, at);
  closeSync(file);
}

export function filesIn(directory: string): string[] {
  return readdirSync(directory).sort();
}

export function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}
