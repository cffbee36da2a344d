import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.js";
import { StoreOpenError } from "../../src/store/store.js";
import { tempDirectory } from "./temp.js";

/** Root may write everywhere. */
const asRoot = process.getuid?.() === 0;

async function refusalOf(path: string): Promise<string> {
  const error: unknown = await openSqliteStore({ path, busyTimeoutMs: 100 }).then(
    () => "was opened",
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StoreOpenError);
  const { message } = error as StoreOpenError;
  expect(message).toContain(path);
  expect(message).not.toContain("\n");
  return message;
}

function makeDatabase(path: string, sql: string): void {
  const db = new Database(path);
  db.exec(sql);
  db.close();
}

/** The file byte by byte, and what lies beside it. */
function stateOf(path: string): unknown {
  return [readFileSync(path).toString("base64"), readdirSync(join(path, "..")).sort()];
}

const FIRST_GENERATION = `
  CREATE TABLE profile_registries (slug TEXT PRIMARY KEY, payload_json TEXT NOT NULL, updated_at_ms INTEGER NOT NULL);
  INSERT INTO profile_registries VALUES ('default', '{"slug":"default","profiles":{"a":{"slug":"a"}}}', 1)`;

test("a file that is no database is refused untouched", async () => {
  const path = join(tempDirectory(), "profiles.yaml");
  writeFileSync(path, "registries:\n  default: {}\n".repeat(100));
  const before = stateOf(path);
  expect(await refusalOf(path)).toContain("file is not a database");
  expect(stateOf(path)).toEqual(before);
});

test("a directory is refused", async () => {
  const path = tempDirectory();
  expect(await refusalOf(path)).toBe(`${path} is not a file`);
});

test("a path that leads through a file is refused", async () => {
  const directory = tempDirectory();
  writeFileSync(join(directory, "file"), "");
  expect(await refusalOf(join(directory, "file", "profiles.db"))).toContain("cannot be written");
});

test.skipIf(asRoot)("a file that cannot be written is refused", async () => {
  const path = join(tempDirectory(), "profiles.db");
  writeFileSync(path, "", { mode: 0o400 });
  expect(await refusalOf(path)).toContain("cannot be written");
});

test.skipIf(asRoot)("a file in a directory that cannot be written is refused", async () => {
  const directory = join(tempDirectory(), "closed");
  mkdirSync(directory);
  writeFileSync(join(directory, "profiles.db"), "", { mode: 0o600 });
  chmodSync(directory, 0o500);
  expect(await refusalOf(join(directory, "profiles.db"))).toContain("cannot be written");
  chmodSync(directory, 0o700);
});

test("a first-generation table among others is refused untouched", async () => {
  const path = join(tempDirectory(), "profiles.db");
  makeDatabase(path, `${FIRST_GENERATION}; CREATE TABLE albums (title TEXT)`);
  const before = stateOf(path);
  expect(await refusalOf(path)).toBe(
    `${path} holds other tables besides those of a first-generation database, and is not upgraded`,
  );
  expect(stateOf(path)).toEqual(before);
});

test("a database of something else is refused untouched", async () => {
  const path = join(tempDirectory(), "profiles.db");
  makeDatabase(path, "CREATE TABLE albums (title TEXT)");
  const before = stateOf(path);
  expect(await refusalOf(path)).toBe(`${path} is an SQLite database of something else`);
  expect(stateOf(path)).toEqual(before);
});

test("a database locked past the timeout is refused as busy", async () => {
  const path = join(tempDirectory(), "profiles.db");
  const holder = new Database(path);
  holder.exec("BEGIN EXCLUSIVE");
  expect(await refusalOf(path)).toContain("store is busy");
  holder.close();
});
