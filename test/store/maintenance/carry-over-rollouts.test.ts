/** A restore brings rollouts back as documents of the store, and gives none of their versions again (spec 2.1). */
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { backUpDatabase } from "../../../src/store/sqlite/maintenance/backup.js";
import {
  createProfile,
  createRegistry,
  createRollout,
  deleteRegistry,
  deleteRollout,
  expecting,
  findRollout,
  updateRollout,
} from "../documents.js";
import { makeSchema2 } from "../schema-2.js";
import { openStore, tempDirectory } from "../temp.js";
import { change, damage, inDatabase, restore, revisionIn } from "./stores.js";

/** The registry `r` with the rollouts `fast` (version 2, 5 %) and `deep`. Revision 4. */
async function makeDatabase(percentage = 5): Promise<string> {
  const path = join(tempDirectory(), "profiles.db");
  await change(path, createRegistry("r"), createRollout("r", "fast"), createRollout("r", "deep"));
  await change(path, updateRollout("r", "fast", { percentage }));
  return path;
}

async function backUp(path: string): Promise<string> {
  return (await backUpDatabase({ path, output: join(tempDirectory(), "copy.db") })).path;
}

async function rolloutsIn(path: string): Promise<unknown> {
  const store = await openStore(path);
  const { rollouts } = await store.read("r", []);
  await store.close();
  return rollouts.map(({ mode, percentage, version }) => [mode, percentage, version]);
}

const logOf = (path: string, after: number): unknown =>
  inDatabase(path, (db) =>
    db
      .prepare(
        `SELECT revision, operation, profile_slug, mode, version, registry_version, payload_json IS NULL, details_json
         FROM log WHERE revision > ? ORDER BY revision`,
      )
      .raw()
      .all(after),
  );

test("rollouts come back with their versions, and the next ones are beyond all that were given", async () => {
  const path = await makeDatabase();
  const backup = await backUp(path);
  for (const percentage of [10, 20]) await change(path, updateRollout("r", "fast", { percentage }));
  await change(path, deleteRollout("r", "deep"), createRollout("r", "new"));
  await restore(backup, path);
  expect(await rolloutsIn(path)).toEqual([
    ["deep", 0, 1],
    ["fast", 5, 2],
  ]);
  const store = await openStore(path);
  const stale = expecting([{ registry: "r", mode: "fast", version: 4 }], updateRollout("r", "fast"));
  expect(await store.commit(stale)).toMatchObject({ committed: false, actual: 2 });
  await store.close();
  expect(await change(path, updateRollout("r", "fast"))).toEqual([5]);
  expect(await change(path, updateRollout("r", "deep"))).toEqual([2]);
  expect(await change(path, createRollout("r", "new"))).toEqual([2]);
});

test("rollouts of a registry that is gone again go on counting", async () => {
  const path = await makeDatabase();
  const backup = await backUp(path);
  await change(path, createRegistry("s"), createRollout("s", "fast"));
  await change(path, deleteRollout("s", "fast"), deleteRegistry("s"));
  await restore(backup, path);
  expect(await change(path, createRegistry("s"), createRollout("s", "fast"))).toEqual([2, 2]);
});

test("the log keeps the entries of rollouts from after the backup, and says what the restore did", async () => {
  const path = await makeDatabase();
  const backup = await backUp(path);
  await change(path, { ...updateRollout("r", "fast", { percentage: 50 }), details: { reason: "why" } });
  await change(path, deleteRollout("r", "deep"), createRollout("r", "new"));
  const { differences, renumbered } = await restore(backup, path);
  expect(logOf(path, 4)).toEqual([
    [5, "update_rollout", null, "fast", 3, 1, 0, '{"reason":"why"}'],
    [6, "delete_rollout", null, "deep", 1, 1, 1, null],
    [7, "create_rollout", null, "new", 1, 1, 0, null],
    [8, "restore", null, "deep", 1, 1, 0, null],
    [9, "restore", null, "fast", 2, 1, 0, null],
    [10, "restore", null, "new", 1, 1, 1, null],
  ]);
  expect(differences).toEqual([
    { registry: "r", mode: "deep", what: "created" },
    { registry: "r", mode: "fast", what: "changed" },
    { registry: "r", mode: "new", what: "deleted" },
  ]);
  expect(renumbered).toEqual([]);
});

test("readers that follow the log are told of the rollouts that the restore changed", async () => {
  const path = await makeDatabase();
  const backup = await backUp(path);
  await change(path, updateRollout("r", "fast", { percentage: 50 }));
  const seen = revisionIn(path);
  await restore(backup, path);
  const { changed } = await (await openStore(path)).changesSince(seen);
  expect(changed).toEqual([{ registry: "r", mode: "fast" }]);
});

test("a restore that changes no rollout gives no revision", async () => {
  const path = await makeDatabase();
  const backup = await backUp(path);
  expect(await restore(backup, path)).toMatchObject({ history: "same", revision: 4, differences: [] });
});

test("of another history, a rollout whose version was given already gets the next one", async () => {
  const path = await makeDatabase();
  const other = await makeDatabase(77);
  await change(path, updateRollout("r", "fast", { percentage: 50 }));
  const { history, renumbered } = await restore(await backUp(other), path);
  expect(history).toBe("other");
  expect(renumbered).toEqual([{ registry: "r", mode: "fast", version: 4 }]);
  expect(await rolloutsIn(path)).toEqual([
    ["deep", 0, 1],
    ["fast", 77, 4],
  ]);
  expect(await change(path, updateRollout("r", "fast"))).toEqual([5]);
});

test("a backup of schema 2 is restored over a file with rollouts: they are gone, and their versions are not", async () => {
  const path = join(tempDirectory(), "profiles.db");
  makeSchema2(path);
  const backup = join(tempDirectory(), "copy.db");
  copyFileSync(path, backup);
  await change(path, createRollout("r", "fast"), updateRollout("r", "fast"), createProfile("r", "c"));
  expect(await restore(backup, path)).toMatchObject({ history: "same", lost: [] });
  expect(await rolloutsIn(path)).toEqual([]);
  expect(await change(path, createRollout("r", "fast"))).toEqual([3]);
});

test("a file of schema 2 is replaced by a backup with rollouts", async () => {
  const path = join(tempDirectory(), "profiles.db");
  makeSchema2(path);
  const newer = join(tempDirectory(), "newer.db");
  copyFileSync(path, newer);
  await change(newer, createRollout("r", "fast", { percentage: 3 }));
  const { history, lost, differences } = await restore(await backUp(newer), path);
  expect({ history, lost, differences }).toEqual({
    history: "other",
    lost: [],
    differences: [{ registry: "r", mode: "fast", what: "created" }],
  });
  expect(await rolloutsIn(path)).toEqual([["fast", 3, 1]]);
});

test.each(["rollout_versions", "rollouts"])(
  "versions are told from the log where %s cannot be read",
  async (table) => {
    const path = await makeDatabase();
    const backup = await backUp(path);
    for (const percentage of [10, 20]) await change(path, updateRollout("r", "fast", { percentage }));
    damage(path, table);
    await restore(backup, path);
    expect(await change(path, updateRollout("r", "fast"))).toEqual([5]);
  },
);

test("an unreadable rollout is restored as it was", async () => {
  const path = await makeDatabase();
  inDatabase(path, (db) => db.exec("UPDATE rollouts SET payload_json = '{' WHERE mode = 'deep'"));
  const backup = await backUp(path);
  await change(path, updateRollout("r", "fast", { percentage: 50 }));
  await restore(backup, path);
  const store = await openStore(path);
  expect(await findRollout(store, "r", "fast")).toMatchObject({ percentage: 5 });
  expect(store.unreadable()).toEqual(["r/rollouts/deep"]);
});
