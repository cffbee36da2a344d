import { join } from "node:path";
import { expect, test } from "vitest";
import { createCatalog } from "../../../src/catalog/catalog.js";
import { DEFAULT_LIMITS } from "../../../src/domain/limits.js";
import { backUpDatabase } from "../../../src/store/sqlite/maintenance/backup.js";
import type { Problem } from "../../../src/store/sqlite/maintenance/problem.js";
import { verifyDatabase } from "../../../src/store/sqlite/maintenance/verify.js";
import { ENTRIES_BY_ROLLOUT } from "../../../src/store/sqlite/maintenance/verify-rollouts.js";
import {
  createProfile,
  createRegistry,
  createRollout,
  deleteProfile,
  deleteRegistry,
  deleteRollout,
  updateRegistry,
  updateRollout,
} from "../documents.js";
import { makeSchema2, openWithSchema2 } from "../schema-2.js";
import { openStore, tempDirectory } from "../temp.js";
import { change, inDatabase, restore } from "./stores.js";

const MODES = { fast: { profiles: ["a"] }, deep: { profiles: ["a"] } };
const FAST = { registry: "r", mode: "fast" };

/** The registry `r` with rollouts of two modes. Revision 5. */
async function makeDatabase(): Promise<string> {
  const path = join(tempDirectory(), "profiles.db");
  await change(path, createRegistry("r", { processing_modes: MODES }), createProfile("r", "a"));
  await change(path, createRollout("r", "fast"), createRollout("r", "deep"));
  await change(path, updateRollout("r", "fast", { percentage: 5, cohort: ["me"] }));
  return path;
}

async function problemsOf(path: string): Promise<Problem[]> {
  const problems: Problem[] = [];
  const rules = { catalog: createCatalog(), limits: DEFAULT_LIMITS };
  await verifyDatabase({ path, rules, report: (problem) => problems.push(problem) });
  return problems;
}

const edited = async (sql: string): Promise<Problem[]> => {
  const path = await makeDatabase();
  inDatabase(path, (db) => {
    db.pragma("foreign_keys = OFF");
    db.exec(sql);
  });
  return problemsOf(path);
};

test("a database with a history of rollouts, ended ones too, is sound", async () => {
  const path = await makeDatabase();
  await change(
    path,
    updateRegistry("r", { processing_modes: { deep: MODES.deep } }),
    deleteRollout("r", "fast"),
  );
  await change(path, updateRegistry("r", { processing_modes: MODES }), createRollout("r", "fast"));
  await change(path, updateRollout("r", "fast", { percentage: 1.25 }));
  await change(path, createRegistry("s", { processing_modes: MODES }));
  await change(path, createRollout("s", "fast"), createRollout("s", "deep"));
  await change(path, deleteRollout("s", "fast"), deleteRollout("s", "deep"), deleteRegistry("s"));
  expect(await problemsOf(path)).toEqual([]);
});

test("a restored database is sound, whether its histories are one or two", async () => {
  const path = await makeDatabase();
  const { path: backup } = await backUpDatabase({ path, output: `${path}.copy` });
  await change(path, updateRollout("r", "fast", { percentage: 7 }), deleteRollout("r", "deep"));
  await restore(backup, path);
  expect(await problemsOf(path)).toEqual([]);
  await change(path, updateRollout("r", "fast", { percentage: 9 }));
  expect(await problemsOf(path)).toEqual([]);
  const other = await makeDatabase();
  await change(other, updateRollout("r", "fast", { percentage: 50 }));
  await restore(backup, other);
  expect(await problemsOf(other)).toEqual([]);
});

test("a database of schema 2 is sound, and stays as it is", async () => {
  const path = join(tempDirectory(), "profiles.db");
  makeSchema2(path, { fast: { profiles: ["a"] } });
  expect(await problemsOf(path)).toEqual([]);
  expect(
    inDatabase(path, (db) => db.prepare("SELECT max(version) FROM schema_migrations").pluck().get()),
  ).toBe(2);
});

test("modes of schema 2 that nobody looked at are found, by the name that they have", async () => {
  const path = join(tempDirectory(), "profiles.db");
  makeSchema2(path);
  const fields = (await problemsOf(path)).map(({ problem }) => problem.split(":")[0]);
  expect(fields).toEqual([
    "registry.processing_modes.No Slug",
    "registry.processing_modes.empty.profiles",
    "registry.processing_modes.text",
  ]);
});

test("a mode that is declared and has no rollout is found", async () => {
  const path = join(tempDirectory(), "profiles.db");
  makeSchema2(path, { fast: { profiles: ["a"] } });
  const store = await openStore(path);
  await store.close();
  expect(await problemsOf(path)).toEqual([
    { ...FAST, problem: "the mode is declared and has no rollout: it counts as off" },
  ]);
});

test("a rollout that went with its registry, by a program that knows of none, is no loss", async () => {
  const path = await makeDatabase();
  await change(path, createRegistry("s"));
  const before = openWithSchema2(path);
  before.deleteRegistry("r");
  before.close();
  expect(await problemsOf(path)).toEqual([]);
});

const CONTRADICTIONS: Record<string, [sql: string, problem: Problem]> = {
  "a rollout that is no JSON": [
    "UPDATE rollouts SET payload_json = '{' WHERE mode = 'fast'",
    { ...FAST, problem: "the stored document cannot be read: it is no JSON" },
  ],
  "a rollout with a member of the wrong type": [
    "UPDATE rollouts SET payload_json = json_set(payload_json, '$.percentage', '5') WHERE mode = 'fast'",
    { ...FAST, problem: "the stored document cannot be read: percentage must be a number" },
  ],
  "a rollout that no write would have made": [
    "UPDATE rollouts SET payload_json = json_set(payload_json, '$.percentage', 101) WHERE mode = 'fast'",
    {
      ...FAST,
      problem: "rollout.percentage: must be a number from 0 to 100 with at most two decimals",
    },
  ],
  "a rollout of another mode": [
    "UPDATE rollouts SET payload_json = json_set(payload_json, '$.mode', 'x') WHERE mode = 'fast'",
    { ...FAST, problem: 'the stored document cannot be read: it is named "x"' },
  ],
  "a version that differs between row and document": [
    "UPDATE rollouts SET payload_json = json_set(payload_json, '$.version', 9) WHERE mode = 'fast'",
    { ...FAST, problem: "its row has version 2, its document 9" },
  ],
  "a rollout without its registry": [
    "DELETE FROM profile_registries",
    { ...FAST, problem: "its registry does not exist" },
  ],
  "a rollout of a mode that is not declared": [
    "UPDATE profile_registries SET payload_json = json_remove(payload_json, '$.processing_modes.fast')",
    { ...FAST, problem: "its registry does not declare the mode" },
  ],
  "a declared mode whose rollout is lost": [
    "DELETE FROM rollouts WHERE mode = 'fast'",
    { ...FAST, problem: "the mode is declared and has no rollout: it counts as off" },
  ],
  "a rollout that is lost and was not deleted": [
    "DELETE FROM rollouts WHERE mode = 'fast'",
    { ...FAST, problem: "it is not stored, but the log says nothing of a delete (revision 5)" },
  ],
  "a rollout that the log has deleted": [
    "UPDATE log SET payload_json = NULL WHERE revision = 5",
    { ...FAST, problem: "it is stored, but deleted in the log (revision 5)" },
  ],
  "a rollout that differs from the log": [
    "UPDATE rollouts SET payload_json = json_set(payload_json, '$.percentage', 6) WHERE mode = 'fast'",
    { ...FAST, problem: "it is stored otherwise than the log says (revision 5)" },
  ],
  "a rollout of another version than the log's": [
    "UPDATE rollouts SET version = 1, payload_json = json_set(payload_json, '$.version', 1) WHERE mode = 'fast'",
    { ...FAST, problem: "it is stored with version 1; the log ends with 2 (revision 5)" },
  ],
  "a rollout that the log does not know": [
    "DELETE FROM log WHERE mode = 'fast'",
    { ...FAST, problem: "it is stored, and the log has no entry of it" },
  ],
  "a rollout's counter that is behind": [
    "UPDATE rollout_versions SET version = 1 WHERE mode = 'fast'",
    { ...FAST, problem: "version 2 was given, but the last version is kept as 1" },
  ],
  "a version that names two rollouts": [
    "UPDATE log SET version = 1 WHERE revision = 5",
    { ...FAST, problem: "the log has two documents of version 1" },
  ],
  "details that are no JSON": [
    "UPDATE log SET details_json = '{' WHERE revision = 5",
    { ...FAST, problem: "the log entry of revision 5 is no JSON" },
  ],
};
for (const [what, [sql, problem]] of Object.entries(CONTRADICTIONS)) {
  test(`${what} is found`, async () => {
    expect(await edited(sql)).toContainEqual(problem);
  });
}

test("the rollouts' part of the log is read in the order of its index, whatever the size of the rest", async () => {
  const path = await makeDatabase();
  const plan = inDatabase(path, (db) =>
    db.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${ENTRIES_BY_ROLLOUT}`).all(),
  );
  expect(plan.map(({ detail }) => detail)).toEqual(["SCAN log USING INDEX log_by_rollout"]);
});

test("log entries of deleted profiles and rollouts of one name are apart", async () => {
  const path = await makeDatabase();
  await change(path, createProfile("r", "fast"));
  await change(path, deleteProfile("r", "fast"));
  expect(await problemsOf(path)).toEqual([]);
});
