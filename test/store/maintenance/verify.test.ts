import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { createCatalog } from "../../../src/catalog/catalog.js";
import { DEFAULT_LIMITS } from "../../../src/domain/limits.js";
import { backUpDatabase } from "../../../src/store/sqlite/maintenance/backup.js";
import type { Problem } from "../../../src/store/sqlite/maintenance/problem.js";
import { verifyDatabase } from "../../../src/store/sqlite/maintenance/verify.js";
import { entriesByDocument } from "../../../src/store/sqlite/maintenance/verify-log.js";
import {
  createProfile,
  createRegistry,
  deleteProfile,
  deleteRegistry,
  updateProfile,
  updateRegistry,
  write,
} from "../documents.js";
import { openStore, tempDirectory } from "../temp.js";
import { change, damage, filesIn, inDatabase, makeDatabase, overwrite, restore } from "./stores.js";

const rules = { catalog: createCatalog(), limits: DEFAULT_LIMITS };

async function problemsOf(path: string, own = rules): Promise<Problem[]> {
  const problems: Problem[] = [];
  await verifyDatabase({ path, rules: own, report: (problem) => problems.push(problem) });
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

const A = { registry: "r", profile: "a" };

test("a database with a history of deletes, of registries too, is sound", async () => {
  const path = await makeDatabase();
  await change(path, updateProfile("r", "a"), deleteProfile("r", "b"));
  await change(path, createProfile("r", "b"), updateRegistry("r", { default_profile_slug: "a" }));
  await change(path, createRegistry("s"), createProfile("s", "x"), createProfile("s", "y"));
  await change(path, deleteProfile("s", "x"), deleteProfile("s", "y"), deleteRegistry("s"));
  await change(path, createRegistry("s"), createProfile("s", "x"));
  await change(path, createRegistry("t"));
  await change(path, deleteRegistry("t"));
  expect(await problemsOf(path)).toEqual([]);
});

test("a restored database is sound, and stays so when it is written", async () => {
  const path = await makeDatabase();
  const { path: backup } = await backUpDatabase({ path, output: `${path}.copy` });
  await change(path, updateProfile("r", "a"), deleteProfile("r", "b"), createRegistry("s"));
  await restore(backup, path);
  expect(await problemsOf(path)).toEqual([]);
  await change(path, updateProfile("r", "a"), createRegistry("s"), createProfile("s", "x"));
  expect(await problemsOf(path)).toEqual([]);
});

test("a database restored again and again from one backup is sound", async () => {
  const path = await makeDatabase();
  const { path: backup } = await backUpDatabase({ path, output: `${path}.copy` });
  await change(path, updateProfile("r", "a"));
  for (let i = 0; i < 3; i++) {
    await restore(backup, path);
    expect(await problemsOf(path)).toEqual([]);
  }
});

test("a database restored from another history, or over a lost log, is sound", async () => {
  const path = await makeDatabase();
  const { path: backup } = await backUpDatabase({ path, output: `${path}.copy` });
  const other = await makeDatabase();
  await change(other, updateProfile("r", "b", { display_name: "other" }));
  await restore(backup, other);
  expect(await problemsOf(other)).toEqual([]);
  for (let i = 0; i < 5; i++) await change(path, updateProfile("r", "a"));
  damage(path, "log");
  await restore(backup, path);
  expect(await problemsOf(path)).toEqual([]);
});

test("what there is is told", async () => {
  const path = await makeDatabase();
  const contents = await verifyDatabase({ path, rules, report: () => {} });
  expect(contents).toEqual({ revision: 3, registries: 1, profiles: 2 });
});

test("a database is verified while it is written, as of one moment, and is not changed", async () => {
  const path = await makeDatabase();
  const store = await openStore(path);
  await write(store, updateProfile("r", "a"));
  const bytes = readFileSync(path);
  expect(await problemsOf(path)).toEqual([]);
  expect(readFileSync(path).equals(bytes)).toBe(true);
  await write(store, updateProfile("r", "a"));
});

test("nothing is left beside a database that was verified", async () => {
  const path = await makeDatabase();
  const bytes = readFileSync(path);
  await problemsOf(path);
  expect([filesIn(dirname(path)), readFileSync(path).equals(bytes)]).toEqual([["profiles.db"], true]);
});

test("a missing database is an error, and not made", async () => {
  const path = join(tempDirectory(), "profiles.db");
  await expect(problemsOf(path)).rejects.toThrow(`${path} does not exist`);
  expect(filesIn(dirname(path))).toEqual([]);
});

test("a file that is no database any more is a problem", async () => {
  const path = await makeDatabase();
  overwrite(path, 0, 100);
  expect(await problemsOf(path)).toEqual([
    { problem: `${path} cannot be opened: store is damaged: file is not a database` },
  ]);
});

test("a file that was cut is a problem", async () => {
  const path = await makeDatabase();
  writeFileSync(path, readFileSync(path).subarray(0, 3 * 4096));
  expect((await problemsOf(path)).length).toBeGreaterThan(0);
});

for (const part of ["profiles", "profile_registries", "log", "log_by_document", "last_versions"]) {
  test(`pages of ${part} that are damaged are found`, async () => {
    const path = await makeDatabase();
    damage(path, part);
    const problems = await problemsOf(path);
    expect(problems.some(({ registry }) => registry === undefined)).toBe(true);
    for (const { problem } of problems) expect(problem).not.toContain("\n");
  });
}

test.each([
  ["{", "it is no JSON"],
  ["", "it is no JSON"],
  ["[]", "not an object"],
  ['{"slug":"b"}', "metadata must be an object"],
])("a stored profile %j is found, and not quoted", async (payload, reason) => {
  const problems = await edited(`UPDATE profiles SET payload_json = '${payload}' WHERE slug = 'a'`);
  expect(problems).toEqual([
    { ...A, problem: `the stored document cannot be read: ${reason}` },
    { ...A, problem: "it is stored otherwise than the log says (revision 2)" },
  ]);
});

test("a stored registry that is no JSON is found", async () => {
  expect(await edited("UPDATE profile_registries SET payload_json = '{'")).toEqual([
    { registry: "r", problem: "the stored document cannot be read: it is no JSON" },
  ]);
});

const set = (path: string, value: string): string =>
  `UPDATE profiles SET payload_json = json_set(payload_json, '${path}', json('${value}')) WHERE slug = 'a'`;

test.each([
  ["$.runtime.middlewares", '[{"name":"nope"}]', 'runtime.middlewares[0].name: unknown middleware "nope"'],
  ["$.runtime.tools", '[""]', "runtime.tools[0]: must not be empty"],
  ["$.slug", '"b"', 'the stored document cannot be read: it is named "b"'],
  ["$.metadata.version", "7", "its row has version 1, its document 7"],
  [
    "$.extensions",
    '{"middleware.agentmode_config@v1":{"instances":{"id:x":{"default_mode":5}}}}',
    /^profile\.extensions\[middleware\.agentmode_config@v1\]: /,
  ],
])("a stored profile whose %s is %s is held against its schema", async (path, value, problem) => {
  const expected = typeof problem === "string" ? problem : expect.stringMatching(problem);
  expect(await edited(set(path, value))).toContainEqual({ ...A, problem: expected });
});

test("a document is held against the limits and the catalogue that are given", async () => {
  const path = await makeDatabase();
  await change(path, updateProfile("r", "a", { runtime: { tools: ["x", "y"] } }));
  const limits = { ...DEFAULT_LIMITS, tools: 1 };
  expect(await problemsOf(path, { ...rules, limits })).toEqual([
    { ...A, problem: "runtime.tools: must not have more than 1 items" },
  ]);
});

test("a default profile that does not exist is found", async () => {
  const path = await makeDatabase();
  await change(path, updateRegistry("r", { default_profile_slug: "gone" }));
  expect(await problemsOf(path)).toEqual([
    { registry: "r", problem: 'its default profile "gone" does not exist' },
  ]);
});

test("a name that no request could mean is found", async () => {
  const problems = await edited("UPDATE profiles SET slug = 'A b' WHERE slug = 'a'");
  expect(problems).toContainEqual({
    registry: "r",
    profile: "A b",
    problem: 'profile slug "A b" is invalid',
  });
});

const CONTRADICTIONS: Record<string, [sql: string, problem: Problem]> = {
  "a row that is not the log's": [
    "UPDATE profiles SET payload_json = json_set(payload_json, '$.display_name', 'by hand') WHERE slug = 'a'",
    { ...A, problem: "it is stored otherwise than the log says (revision 2)" },
  ],
  "a row with another version": [
    "UPDATE profiles SET version = 2 WHERE slug = 'a'",
    { ...A, problem: "it is stored with version 2; the log ends with 1 (revision 2)" },
  ],
  "a row that is gone": [
    "DELETE FROM profiles WHERE slug = 'a'",
    { ...A, problem: "it is not stored, but the log says nothing of a delete (revision 2)" },
  ],
  "a row of a deleted profile": [
    "UPDATE log SET payload_json = NULL, operation = 'delete_profile' WHERE profile_slug = 'a'",
    { ...A, problem: "it is stored, but deleted in the log (revision 2)" },
  ],
  "a row without an entry": [
    "INSERT INTO profiles SELECT registry_slug, 'z', version, revision, replace(payload_json, '\"a\"', '\"z\"'), updated_at_ms FROM profiles WHERE slug = 'a'",
    { registry: "r", profile: "z", problem: "it is stored, and the log has no entry of it" },
  ],
  "a row without its registry": [
    "UPDATE profiles SET registry_slug = 'gone' WHERE slug = 'a'",
    { registry: "gone", profile: "a", problem: "its registry does not exist" },
  ],
  "a registry that is not the log's": [
    "UPDATE profile_registries SET payload_json = json_set(payload_json, '$.display_name', 'by hand')",
    { registry: "r", problem: "it is stored otherwise than the log says (revision 1)" },
  ],
  "a registry with another version": [
    "UPDATE profile_registries SET payload_json = json_set(payload_json, '$.metadata.version', 9)",
    { registry: "r", problem: "it is stored with version 9; the log ends with 3" },
  ],
  "a registry that is gone": [
    "DELETE FROM profile_registries",
    { registry: "r", problem: "it is not stored, but the log says nothing of a delete (revision 1)" },
  ],
  "a registry without an entry": [
    `INSERT INTO profile_registries SELECT 's', json_set(payload_json, '$.slug', 's'), 1 FROM profile_registries`,
    { registry: "s", problem: "it is stored, and the log has no entry of it" },
  ],
  "entries that are missing": [
    "DELETE FROM log WHERE revision = 2",
    { problem: "the log has no entries from revision 2 to 2" },
  ],
  "a commit that is half there": [
    "UPDATE log SET commit_revision = 4 WHERE revision = 3",
    { problem: "the log has not all entries of the commit of revision 4" },
  ],
  "an entry that is no JSON": [
    "UPDATE log SET payload_json = '{' WHERE revision = 2",
    { ...A, problem: "the log entry of revision 2 is no JSON" },
  ],
  "a version that names two documents": [
    `INSERT INTO log (revision, commit_revision, time_ms, actor, source, operation, registry_slug, profile_slug, version, registry_version, payload_json)
     SELECT 4, 4, time_ms, actor, source, operation, registry_slug, profile_slug, version, 4, '{"slug":"a"}' FROM log WHERE revision = 2`,
    { ...A, problem: "the log has two documents of version 1" },
  ],
  "a profile's counter that is behind": [
    "DELETE FROM last_versions WHERE profile_slug = 'a'",
    { ...A, problem: "version 1 was given, but the last version is kept as 0" },
  ],
  "a registry's counter that is behind": [
    "UPDATE last_versions SET version = 1 WHERE profile_slug = ''",
    { registry: "r", problem: "version 3 was given, but the last version is kept as 1" },
  ],
};
for (const [what, [sql, problem]] of Object.entries(CONTRADICTIONS)) {
  test(`${what} is found`, async () => {
    expect(await edited(sql)).toContainEqual(problem);
  });
}

test("the log is read in the order of its index, whatever its size", async () => {
  const path = await makeDatabase();
  const plan = inDatabase(path, (db) =>
    db.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${entriesByDocument(db)}`).all(),
  );
  expect(plan.map(({ detail }) => detail)).toEqual(["SCAN log USING INDEX log_by_document"]);
});
