/** Directories of tests' own, gone afterwards. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { onTestFinished } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.js";
import type { Store } from "../../src/store/store.js";

export function makeTempDirectory(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "profile-registry-store-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** For the test that is running. */
export function tempDirectory(): string {
  const { path, remove } = makeTempDirectory();
  onTestFinished(remove);
  return path;
}

/** Opens a store that is closed when the test that is running is finished. */
export async function openStore(path: string, options: { busyTimeoutMs?: number } = {}): Promise<Store> {
  const store = await openSqliteStore({ path, ...options });
  onTestFinished(() => store.close());
  return store;
}

/** What an operator's own tool does to the file. */
export function openByHand(path: string): Database.Database {
  const db = new Database(path, { timeout: 0 });
  onTestFinished(() => {
    db.close();
  });
  return db;
}
