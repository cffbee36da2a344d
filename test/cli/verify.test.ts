import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { updateProfile } from "../store/documents.js";
import { change, inDatabase, makeDatabase, overwrite } from "../store/maintenance/stores.js";
import { tempDirectory } from "../store/temp.js";
import { runHere } from "./here.js";
import { serve } from "./program.js";

const edit = (path: string, sql: string): void => {
  inDatabase(path, (db) => db.exec(sql));
};

test("a sound database is said to be so, while a server uses it too", async () => {
  const path = await makeDatabase();
  const sound = { code: 0, stdout: "sound: revision 3, 1 registries, 2 profiles\n", stderr: "" };
  expect(await runHere(["verify", "--profile-registry-db", path])).toEqual(sound);
  await using server = await serve(["--profile-registry-db", path, "--default-registry", "r"]);
  expect(await runHere(["verify", "--profile-registry-db", path])).toEqual(sound);
  expect((await server.stop()).code).toBe(0);
});

test("each problem is a line that names registry and profile, and there being any is exit code 1", async () => {
  const path = await makeDatabase();
  edit(
    path,
    `UPDATE profiles SET payload_json = '{' WHERE slug = 'a';
     UPDATE profile_registries SET payload_json = json_set(payload_json, '$.default_profile_slug', 'gone')`,
  );
  const { code, stdout, stderr } = await runHere(["verify", "--profile-registry-db", path]);
  expect(stdout.trimEnd().split("\n")).toEqual(
    [
      'registry "r": its default profile "gone" does not exist',
      'profile "a" of registry "r": the stored document cannot be read: it is no JSON',
      'registry "r": it is stored otherwise than the log says (revision 1)',
      'profile "a" of registry "r": it is stored otherwise than the log says (revision 2)',
    ].toSorted((a, b) => stdout.indexOf(a) - stdout.indexOf(b)),
  );
  expect([code, stderr]).toEqual([1, `profile-registry: ${path} has 4 problems\n`]);
});

test("problems are JSON on request", async () => {
  const path = await makeDatabase();
  edit(path, "DELETE FROM last_versions WHERE profile_slug = 'a'");
  const { code, stdout } = await runHere(["verify", "--profile-registry-db", path, "--json"]);
  expect(JSON.parse(stdout)).toEqual({
    database: path,
    revision: 3,
    registries: 1,
    profiles: 2,
    problems: [
      { registry: "r", profile: "a", problem: "version 1 was given, but the last version is kept as 0" },
    ],
  });
  expect(code).toBe(1);
});

test("a file that is no database any more is a problem, not a failure", async () => {
  const path = await makeDatabase();
  overwrite(path, 0, 100);
  expect(await runHere(["verify", "--profile-registry-db", path])).toEqual({
    code: 1,
    stdout: `${path} cannot be opened: store is damaged: file is not a database\n`,
    stderr: `profile-registry: ${path} has 1 problem\n`,
  });
});

test("a missing file is a failure, on stderr", async () => {
  const path = join(tempDirectory(), "missing.db");
  expect(await runHere(["verify", "--profile-registry-db", path])).toEqual({
    code: 1,
    stdout: "",
    stderr: `profile-registry: ${path} does not exist\n`,
  });
});

test("documents are held against the catalogue directory", async () => {
  const path = await makeDatabase();
  await change(path, updateProfile("r", "a", { runtime: { middlewares: [{ name: "web-search" }] } }));
  const catalog = join(tempDirectory(), "catalog");
  mkdirSync(catalog);
  const definition = {
    kind: "middleware",
    name: "web-search",
    version: 1,
    display_name: "W",
    description: "W",
    schema: {},
  };
  writeFileSync(join(catalog, "web-search.json"), JSON.stringify(definition));
  const args = ["verify", "--profile-registry-db", path];
  expect((await runHere(args)).stdout).toBe(
    'profile "a" of registry "r": runtime.middlewares[0].name: unknown middleware "web-search"\n',
  );
  expect((await runHere([...args, "--catalog-dir", catalog])).code).toBe(0);
});

test("--server is wrong usage", async () => {
  const { code, stderr } = await runHere(["verify", "--server", "http://127.0.0.1:1"]);
  expect(stderr).toBe("profile-registry: verify works on a file, not with --server\n");
  expect(code).toBe(2);
});
