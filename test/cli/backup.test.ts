import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { documentsIn, filesIn, makeDatabase } from "../store/maintenance/stores.js";
import { tempDirectory } from "../store/temp.js";
import { runHere } from "./here.js";
import { run } from "./program.js";
import { hasTerminals, runOnTerminal } from "./terminal.js";

test("a backup is named, with what it holds, and nothing is written to stderr elsewhere than on a terminal", async () => {
  const path = await makeDatabase();
  const { code, stdout, stderr } = await run(["backup", "--profile-registry-db", path]);
  expect([code, stderr]).toEqual([0, ""]);
  const [, name = ""] =
    /^backup: (.*)\nrevision 3, 1 registries, 2 profiles, \d+ bytes\n$/.exec(stdout) ?? [];
  expect(documentsIn(name)).toEqual(documentsIn(path));
});

test("the outcome is JSON on request", async () => {
  const path = await makeDatabase();
  const output = join(tempDirectory(), "copy.db");
  const { stdout } = await runHere(["backup", "--output", output, "--json"], { PROFILE_REGISTRY_DB: path });
  expect(JSON.parse(stdout)).toEqual({
    backup: output,
    bytes: expect.any(Number),
    schema_version: expect.any(Number),
    revision: 3,
    registries: 1,
    profiles: 2,
    removed: [],
  });
});

test("backups that are removed are named", async () => {
  const path = await makeDatabase();
  const first = await runHere(["backup", "--profile-registry-db", path]);
  const [, name] = /^backup: (.*)$/m.exec(first.stdout) ?? [];
  const second = await runHere(["backup", "--profile-registry-dsn", `file:${path}`, "--keep", "1"]);
  expect(second.stdout).toContain(`\nremoved: ${name}\n`);
  expect(filesIn(dirname(path))).toHaveLength(2);
});

test.each([
  [["--server", "http://127.0.0.1:1"], "backup works on a file, not with --server"],
  [["--keep", "0"], '--keep must be a positive integer, not "0"'],
  [["--keep", "x"], '--keep must be a positive integer, not "x"'],
  [["--nope"], "unknown option '--nope'"],
  [["--profile-registry-dsn", "file:x?_nope=1"], 'unknown DSN parameter "_nope"'],
])("%j is wrong usage", async (args, text) => {
  const path = await makeDatabase();
  const { code, stderr } = await runHere(["backup", ...args], { PROFILE_REGISTRY_DB: path });
  expect(stderr).toContain(text);
  expect(code).toBe(2);
  expect(filesIn(dirname(path))).toEqual(["profiles.db"]);
});

test("in memory there is nothing to back up, and the variable of a server is for other commands", async () => {
  for (const command of [["backup"], ["verify"], ["restore", "x", "--yes"]]) {
    const { code, stderr } = await runHere(command, { PROFILE_REGISTRY_SERVER: "http://127.0.0.1:1" });
    expect(stderr).toBe(
      `profile-registry: ${command[0]} needs a database file: --profile-registry-db PATH, or the variable PROFILE_REGISTRY_DB\n`,
    );
    expect(code).toBe(2);
  }
});

test("a failure is one line, and leaves nothing", async () => {
  const path = join(tempDirectory(), "missing.db");
  const { code, stdout, stderr } = await runHere(["backup", "--profile-registry-db", path]);
  expect([code, stdout, stderr]).toEqual([1, "", `profile-registry: ${path} does not exist\n`]);
  const known = await makeDatabase();
  const nowhere = await runHere(["backup", "--profile-registry-db", known, "--output", "/nowhere/copy.db"]);
  expect(nowhere.code).toBe(1);
  expect(nowhere.stderr).toMatch(/^profile-registry: .*\/nowhere\/copy\.db.*\n$/);
});

test.skipIf(!hasTerminals)("on a terminal the progress is shown", async () => {
  const path = await makeDatabase();
  const { code, output } = await runOnTerminal(["backup", "--profile-registry-db", path], "");
  expect(output).toMatch(/\rbackup: \d+ % of \d+ pages/);
  expect(code).toBe(0);
});

test.each(["backup", "restore", "verify"])("the help of %s has examples", async (command) => {
  const { code, stdout } = await runHere([command, "--help"]);
  expect(stdout).toMatch(new RegExp(`Examples:\n  \\$ profile-registry ${command} `));
  expect(stdout).not.toContain("--server");
  expect(code).toBe(0);
});
