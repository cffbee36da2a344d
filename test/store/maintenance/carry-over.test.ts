import { join } from "node:path";
import { expect, test } from "vitest";
import { backUpDatabase } from "../../../src/store/sqlite/maintenance/backup.js";
import {
  createProfile,
  createRegistry,
  deleteProfile,
  deleteRegistry,
  expecting,
  findProfile,
  findRegistry,
  updateProfile,
  updateRegistry,
} from "../documents.js";
import { openStore, tempDirectory } from "../temp.js";
import { change, documentsIn, inDatabase, makeDatabase, restore, revisionIn } from "./stores.js";

async function backUp(path: string): Promise<string> {
  return (await backUpDatabase({ path, output: join(tempDirectory(), "copy.db") })).path;
}

/** Every version that the log has of a profile, with what it was. */
function versionsIn(path: string, slug: string): [number, string][] {
  return inDatabase(path, (db) =>
    db
      .prepare(
        "SELECT version, payload_json FROM log WHERE profile_slug = ? AND payload_json NOT NULL ORDER BY revision",
      )
      .raw()
      .all(slug),
  ) as [number, string][];
}

test("the next version of a document is beyond every one that the replaced file has given", async () => {
  const path = await makeDatabase();
  const backup = await backUp(path);
  for (let i = 0; i < 3; i++) await change(path, updateProfile("r", "a"));
  await change(path, createProfile("r", "c"));
  await change(path, deleteProfile("r", "c"), deleteProfile("r", "b"));
  await restore(backup, path);
  expect(await change(path, updateProfile("r", "a"))).toEqual([5]);
  expect(await change(path, updateProfile("r", "b"))).toEqual([2]);
  expect(await change(path, createProfile("r", "c"))).toEqual([2]);
});

test("the versions of a registry that was deleted since go on too", async () => {
  const path = await makeDatabase();
  const backup = await backUp(path);
  await change(path, createRegistry("s"), createProfile("s", "x"));
  await change(path, deleteProfile("s", "x"), deleteRegistry("s"));
  await restore(backup, path);
  expect(await change(path, createRegistry("s"), createProfile("s", "x"))).toEqual([2, 2]);
});

test("a registry is back at its version, which the next write may expect, and moves beyond all that were given", async () => {
  const path = await makeDatabase();
  const backup = await backUp(path);
  await change(path, updateRegistry("r", { display_name: "later" }));
  await change(path, updateRegistry("r", { display_name: "latest" }));
  await restore(backup, path);
  const store = await openStore(path);
  expect((await findRegistry(store, "r"))?.metadata.version).toBe(3);
  const commit = (version: number) =>
    store.commit(expecting([{ registry: "r", version }], updateRegistry("r", { display_name: "new" })));
  expect(await commit(5)).toMatchObject({ committed: false, actual: 3 });
  expect(await commit(3)).toMatchObject({ committed: true, versions: [6] });
});

test("revisions go on from the replaced file", async () => {
  const path = await makeDatabase();
  const backup = await backUp(path);
  for (let i = 0; i < 3; i++) await change(path, updateProfile("r", "a"));
  const { revision } = await restore(backup, path);
  expect(revision).toBe(6 + 2);
  await change(path, updateProfile("r", "b"));
  expect(revisionIn(path)).toBe(9);
});

test("the log keeps what was written after the backup, and says what the restore did, in one commit", async () => {
  const path = await makeDatabase();
  const backup = await backUp(path);
  await change(path, updateProfile("r", "a"), createProfile("r", "c"), deleteProfile("r", "b"));
  await restore(backup, path);
  const log = inDatabase(path, (db) =>
    db
      .prepare(
        `SELECT revision, commit_revision, operation, profile_slug, version, registry_version, payload_json IS NULL
         FROM log WHERE revision > 3 ORDER BY revision`,
      )
      .raw()
      .all(),
  );
  expect(log).toEqual([
    [4, 6, "update_profile", "a", 2, 4, 0],
    [5, 6, "create_profile", "c", 1, 4, 0],
    [6, 6, "delete_profile", "b", 1, 4, 1],
    [7, 10, "restore", null, 3, 3, 0],
    [8, 10, "restore", "a", 1, 3, 0],
    [9, 10, "restore", "b", 1, 3, 0],
    [10, 10, "restore", "c", 1, 3, 1],
  ]);
  expect(
    inDatabase(path, (db) =>
      db.prepare("SELECT DISTINCT actor, source, time_ms FROM log WHERE operation = 'restore'").raw().all(),
    ),
  ).toEqual([["ann", "cli", 5_000]]);
});

test("a restore that changes nothing gives no revision", async () => {
  const path = await makeDatabase();
  const backup = await backUp(path);
  expect(await restore(backup, path)).toMatchObject({ revision: 3, differences: [] });
});

test("readers that follow the log are told of every document that the restore changed", async () => {
  const path = await makeDatabase();
  const backup = await backUp(path);
  await change(path, updateProfile("r", "a"), createProfile("r", "c"));
  const seen = revisionIn(path);
  await restore(backup, path);
  const { changed } = await (await openStore(path)).changesSince(seen);
  expect(changed).toEqual([
    { registry: "r" },
    { registry: "r", profile: "a" },
    { registry: "r", profile: "c" },
  ]);
});

test("a slug and a version name one document through restores and what is written between them", async () => {
  const path = await makeDatabase();
  const backups = [await backUp(path)];
  for (let round = 0; round < 3; round++) {
    await change(path, updateProfile("r", "a", { display_name: `round ${round}` }));
    if (round % 2 === 0) backups.push(await backUp(path));
    await restore(backups[round % backups.length]!, path);
    await change(path, updateProfile("r", "a", { display_name: `after ${round}` }));
  }
  const named = new Map<number, string>();
  for (const [version, payload] of versionsIn(path, "a")) {
    expect(named.get(version) ?? payload).toBe(payload);
    named.set(version, payload);
  }
  expect(named.size).toBeGreaterThan(6);
});

test("a backup of another history keeps its own, and documents whose version was given already get the next one", async () => {
  const path = await makeDatabase();
  await change(path, updateProfile("r", "a", { display_name: "mine" }));
  const other = await makeDatabase();
  await change(other, updateProfile("r", "b", { display_name: "b of the other" }));
  await change(other, createProfile("r", "a2"));
  const { history, renumbered, revision } = await restore(other, path);
  expect(history).toBe("other");
  // The same document, made at the same time in the tests, stays what it is; versions 2 and more of b are new here.
  expect(renumbered).toEqual([{ registry: "r", profile: "a", version: 3 }]);
  expect(revision).toBeGreaterThan(5);
  const store = await openStore(path);
  expect(await findProfile(store, "r", "a")).toMatchObject({
    display_name: "first",
    metadata: { version: 3 },
  });
  expect(await findProfile(store, "r", "b")).toMatchObject({ metadata: { version: 2 } });
  expect((await findRegistry(store, "r"))?.metadata.version).toBe(5);
  await store.close();
  expect(versionsIn(path, "b").map(([version]) => version)).toEqual([1, 2, 2]);
});

test("over a store that was begun anew the history of the backup comes back", async () => {
  const path = await makeDatabase();
  for (let i = 0; i < 5; i++) await change(path, updateProfile("r", "a", { display_name: `${i}` }));
  const before = documentsIn(path);
  const fresh = join(tempDirectory(), "profiles.db");
  await change(fresh, createRegistry("r"), createProfile("r", "a", { display_name: "seed" }));
  await restore(path, fresh);
  expect(documentsIn(fresh)).toEqual(before);
  expect(versionsIn(fresh, "a").map(([version]) => version)).toEqual([1, 2, 3, 4, 5, 6, 6]);
});

test("a copy that is ahead of the replaced file keeps all its versions", async () => {
  const path = await makeDatabase();
  const behind = await backUp(path);
  await change(path, updateProfile("r", "a", { display_name: "ahead" }));
  expect(await restore(path, behind)).toMatchObject({ renumbered: [] });
  expect(documentsIn(behind)).toEqual(documentsIn(path));
});
