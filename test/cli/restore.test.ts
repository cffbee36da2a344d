import { readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { backUpDatabase } from "../../src/store/sqlite/maintenance/backup.js";
import { createProfile, updateProfile } from "../store/documents.js";
import {
  change,
  documentsIn,
  filesIn,
  inDatabase,
  makeDatabase,
  overwrite,
} from "../store/maintenance/stores.js";
import { tempDirectory } from "../store/temp.js";
import { runHere } from "./here.js";
import { run, serve } from "./program.js";
import { hasTerminals, runOnTerminal } from "./terminal.js";

async function backedUp() {
  const path = await makeDatabase();
  const { path: backup } = await backUpDatabase({ path, output: join(tempDirectory(), "copy.db") });
  await change(path, updateProfile("r", "a"), createProfile("r", "c"));
  return { path, backup, args: ["restore", backup, "--profile-registry-db", path] };
}

test("what has changed is told, and where the replaced file is", async () => {
  const { path, backup, args } = await backedUp();
  const { code, stdout, stderr } = await runHere([...args, "--yes"]);
  const [, kept = ""] = /^replaced file: (.*)$/m.exec(stdout) ?? [];
  expect(stdout).toBe(
    [
      `restored: ${path}`,
      `from: ${backup} (revision 3, 1 registries, 2 profiles)`,
      `replaced file: ${kept}`,
      'changed: registry "r"',
      'changed: profile "a" of registry "r"',
      'deleted: profile "c" of registry "r"',
      "revision 8; the next write goes on from it",
      "",
    ].join("\n"),
  );
  expect([code, stderr]).toEqual([0, ""]);
  expect(documentsIn(path)).toEqual(documentsIn(backup));
  expect(filesIn(dirname(path))).toContain(kept.slice(dirname(path).length + 1));
});

test("the outcome is JSON on request", async () => {
  const { path, backup, args } = await backedUp();
  const { stdout } = await runHere([...args, "--yes", "--json"]);
  expect(JSON.parse(stdout)).toEqual({
    restored: path,
    from: backup,
    replaced: expect.stringContaining(`${path}.replaced.`),
    revision: 8,
    copy_revision: 3,
    registries: 1,
    profiles: 2,
    history: "same",
    changes: [
      { registry: "r", what: "changed" },
      { registry: "r", profile: "a", what: "changed" },
      { registry: "r", profile: "c", what: "deleted" },
    ],
    renumbered: [],
    damage: null,
    lost: [],
  });
});

test("the log says who has restored", async () => {
  const { path, args } = await backedUp();
  await runHere([...args, "--yes"]);
  const actors = inDatabase(path, (db) =>
    db.prepare("SELECT DISTINCT actor FROM log WHERE operation = 'restore'").pluck().all(),
  );
  expect(actors).toEqual([userInfo().username]);
});

test("what could not be carried over is said plainly", async () => {
  const { path, args } = await backedUp();
  overwrite(path, 0, 100);
  const { code, stdout } = await runHere([...args, "--yes"]);
  expect(stdout).toContain("the replaced file cannot be read: store is damaged: file is not a database\n");
  expect(stdout).toContain("counters were not carried over: nothing could be read of the replaced file;");
  expect(code).toBe(0);
});

test("without a terminal it must be told that it is meant", async () => {
  const { path, args } = await backedUp();
  const bytes = readFileSync(path);
  expect(await run(args)).toEqual({
    code: 2,
    stdout: "",
    stderr: "profile-registry: there is no terminal to ask on: give --yes\n",
  });
  expect(readFileSync(path).equals(bytes)).toBe(true);
});

test.skipIf(!hasTerminals)("on a terminal it asks, and does nothing unless the answer is yes", async () => {
  const { path, backup, args } = await backedUp();
  const bytes = readFileSync(path);
  for (const answer of ["", "yellow", "\u0003", "\u0004"]) {
    const { code, output } = await runOnTerminal(args, answer);
    expect(output).toContain(`Replace ${path} by ${backup}? [y/N] `);
    expect(output).toContain("profile-registry: nothing was restored");
    expect(code).toBe(1);
  }
  expect(readFileSync(path).equals(bytes)).toBe(true);
  const { code, output } = await runOnTerminal(args, "y");
  expect(output).toContain(`restored: ${path}`);
  expect(code).toBe(0);
});

test("while a server has the database open, an idle one too, it is refused", async () => {
  const { path, args } = await backedUp();
  await using server = await serve(["--profile-registry-db", path, "--default-registry", "r"]);
  expect(await runHere([...args, "--yes"])).toEqual({
    code: 1,
    stdout: "",
    stderr: `profile-registry: ${path} is in use: stop every process that has it open first\n`,
  });
  expect((await server.stop()).code).toBe(0);
  expect((await runHere([...args, "--yes"])).code).toBe(0);
});

test("a copy that is no profile registry is refused in one line", async () => {
  const { path } = await backedUp();
  const text = join(tempDirectory(), "notes.txt");
  writeFileSync(text, "notes\n".repeat(200));
  const { code, stderr } = await runHere(["restore", text, "--yes", "--profile-registry-db", path]);
  expect(stderr).toBe(
    `profile-registry: ${text} cannot be opened: store is damaged: file is not a database\n`,
  );
  expect(code).toBe(1);
});

test.each([
  [["restore", "--yes"], "missing required argument 'file'"],
  [["restore", "x", "--yes", "--server", "http://127.0.0.1:1"], "restore works on a file, not with --server"],
])("%j is wrong usage", async (args, text) => {
  const { code, stderr } = await runHere(args, { PROFILE_REGISTRY_DB: "x.db" });
  expect(stderr).toContain(text);
  expect(code).toBe(2);
});
