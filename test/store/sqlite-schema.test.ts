import { join } from "node:path";
import { expect, test } from "vitest";
import { SCHEMA_VERSION } from "../../src/store/sqlite/migrations.js";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.js";
import { createProfile, createRegistry, slugsOf, updateProfile, write } from "./documents.js";
import { openByHand, openStore, tempDirectory } from "./temp.js";

const recordedIn = (path: string): unknown[] =>
  openByHand(path).prepare("SELECT version, compatible_from FROM schema_migrations ORDER BY version").all();

/** A store as releases to come leave it. */
async function storeOfLaterReleases(
  ...steps: { version: number; compatibleFrom: number; sql?: string }[]
): Promise<string> {
  const path = join(tempDirectory(), "profiles.db");
  const store = await openStore(path);
  await write(store, createRegistry("r"), createProfile("r", "a"));
  await store.close();
  const db = openByHand(path);
  for (const { version, compatibleFrom, sql } of steps) {
    if (sql !== undefined) db.exec(sql);
    db.prepare("INSERT INTO schema_migrations VALUES (?, 'later', ?, 0)").run(version, compatibleFrom);
  }
  db.close();
  return path;
}

test("the steps of the schema are recorded with their times", async () => {
  const path = join(tempDirectory(), "profiles.db");
  const before = Date.now();
  await openStore(path);
  const steps = openByHand(path)
    .prepare<[], { version: number; name: string; applied_at_ms: number }>("SELECT * FROM schema_migrations")
    .all();
  expect(steps.map(({ version }) => version)).toEqual(
    Array.from({ length: SCHEMA_VERSION }, (_, i) => i + 1),
  );
  for (const { name, applied_at_ms } of steps) {
    expect(name).not.toBe("");
    expect(applied_at_ms).toBeGreaterThanOrEqual(before);
  }
});

test("a store tells its schema", async () => {
  const path = join(tempDirectory(), "profiles.db");
  expect((await openStore(path)).schemaVersion).toBe(SCHEMA_VERSION);
});

test("opening again applies no step again", async () => {
  const path = join(tempDirectory(), "profiles.db");
  await (await openStore(path)).close();
  const before = recordedIn(path);
  await (await openStore(path)).close();
  expect(recordedIn(path)).toEqual(before);
});

test("connections that open a new file at the same time all get the one store", async () => {
  const path = join(tempDirectory(), "profiles.db");
  const stores = await Promise.all(Array.from({ length: 8 }, () => openStore(path)));
  await write(stores[0]!, createRegistry("r"));
  for (const store of stores) expect(await store.revision()).toBe(1);
  expect(recordedIn(path)).toHaveLength(SCHEMA_VERSION);
});

test("an up-to-date file is opened while another connection writes", async () => {
  const path = join(tempDirectory(), "profiles.db");
  await write(await openStore(path), createRegistry("r"));
  openByHand(path).exec("BEGIN IMMEDIATE");
  const second = await openStore(path, { busyTimeoutMs: 0 });
  expect(await second.revision()).toBe(1);
});

test("a newer schema that this program can serve is served, and told", async () => {
  const path = await storeOfLaterReleases({
    version: SCHEMA_VERSION + 1,
    compatibleFrom: SCHEMA_VERSION,
    sql: "ALTER TABLE profiles ADD COLUMN colour TEXT; CREATE TABLE callers (id INTEGER)",
  });
  const store = await openStore(path);
  expect(store.schemaVersion).toBe(SCHEMA_VERSION + 1);
  await write(store, updateProfile("r", "a"), createProfile("r", "b"));
  expect(await slugsOf(store, "r")).toEqual(["a", "b"]);
});

test("a newer schema that needs a newer program is refused, naming both", async () => {
  const next = SCHEMA_VERSION + 1;
  const path = await storeOfLaterReleases({ version: next, compatibleFrom: next });
  await expect(openSqliteStore({ path })).rejects.toThrow(
    `${path} has schema ${next}, which needs a program of schema ${next} or later; this one has ${SCHEMA_VERSION}`,
  );
});

test("a schema needs the newest program that any of its steps needs", async () => {
  const [next, last] = [SCHEMA_VERSION + 1, SCHEMA_VERSION + 2];
  const path = await storeOfLaterReleases(
    { version: next, compatibleFrom: next },
    { version: last, compatibleFrom: 1 },
  );
  await expect(openSqliteStore({ path })).rejects.toThrow(
    `${path} has schema ${last}, which needs a program of schema ${next}`,
  );
});
