import { writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../support/files.js";
import { jsonOf, runHere } from "./here.js";
import { sharedTargets } from "./targets.js";

const { rest, server, store } = sharedTargets();
const created = (slug: string) =>
  rest("POST", "/profiles", { body: { slug, runtime: { system_prompt: "first" } } });
const prompted = (slug: string, system_prompt: string) =>
  rest("PATCH", `/profiles/${slug}`, { body: { runtime: { system_prompt } } });

test("a history tells when, who, over what and what of every version, the newest first", async () => {
  await created("told");
  await runHere(["profile", "lock", "told", ...store()]);
  const { stdout } = await runHere(["profile", "history", "told", ...server()]);
  const [head, newest, oldest] = stdout.split("\n").map((line) => line.split(/ {2,}/));
  expect(head).toEqual(["VERSION", "WHEN", "WHO", "SOURCE", "OPERATION", "CHANGED"]);
  expect(newest).toEqual([
    "2",
    expect.stringMatching(/Z$/),
    expect.any(String),
    "cli",
    "set_read_only",
    "/policy/read_only",
  ]);
  expect(oldest?.slice(2, 5)).toEqual(["anonymous", "rest", "create_profile"]);
});

test("a write on a store carries the name of the machine's user", async () => {
  await created("signed");
  await runHere(["profile", "lock", "signed", ...store()]);
  expect((await rest("GET", "/profiles/signed")).json).toMatchObject({
    metadata: { version: 2, updated_by: userInfo().username, source: "cli" },
  });
});

test("a difference is shown from a version to another, by default the one now", async () => {
  await created("compared");
  await prompted("compared", "second");
  await prompted("compared", "third");
  expect((await runHere(["profile", "diff", "compared", "1", ...server()])).stdout).toBe(
    '~ /runtime/system_prompt: "first" → "third"\n',
  );
  expect(await jsonOf(["profile", "diff", "compared", "2", "1", ...store()])).toEqual([
    { pointer: "/runtime/system_prompt", from: "second", to: "first" },
  ]);
});

test("versions are compared by what was written, not by what is shown beside it", async () => {
  await created("unmoved");
  await rest("POST", "/profiles/unmoved/default", { body: {} });
  expect((await runHere(["profile", "diff", "unmoved", "1", "1", ...server()])).stdout).toBe("");
});

test("a rollback writes an older version as a new one", async () => {
  await created("rolled");
  await prompted("rolled", "second");
  const { stdout } = await runHere(["profile", "rollback", "rolled", "--to", "1", "--yes", ...server()]);
  expect(stdout).toBe("default/rolled: went back to version 1, now version 3\n");
  expect(await jsonOf(["profile", "get", "rolled", ...store()])).toMatchObject({
    runtime: { system_prompt: "first" },
    metadata: { version: 3 },
  });
});

test("a deleted profile comes back by a rollback", async () => {
  await created("gone");
  await rest("DELETE", "/profiles/gone");
  expect((await runHere(["profile", "get", "gone", ...store()])).stderr).toBe(
    "profile-registry: profile not found\n",
  );
  await runHere(["profile", "rollback", "gone", "--to", "1", "--yes", ...store()]);
  expect((await rest("GET", "/profiles/gone")).json).toMatchObject({ metadata: { version: 2 } });
});

test("a rollback that only tries stores nothing", async () => {
  await created("tried");
  await prompted("tried", "second");
  const { stdout } = await runHere(["profile", "rollback", "tried", "--to", "1", "--dry-run", ...server()]);
  expect(stdout).toBe("default/tried: went back to version 1, now version 3 (dry run: nothing was stored)\n");
  expect((await rest("GET", "/profiles/tried")).json).toMatchObject({ metadata: { version: 2 } });
});

test("without a terminal a rollback needs --yes, and does nothing without it", async () => {
  await created("unasked");
  expect(await runHere(["profile", "rollback", "unasked", "--to", "1", ...server()])).toEqual({
    code: 2,
    stdout: "",
    stderr: "profile-registry: there is no terminal to ask on: give --yes\n",
  });
  expect((await rest("GET", "/profiles/unasked")).json).toMatchObject({ metadata: { version: 1 } });
});

test("only an unlock lifts a lock", async () => {
  await created("locked");
  expect((await runHere(["profile", "lock", "locked", ...server()])).stdout).toBe(
    "default/locked: locked, now version 2\n",
  );
  expect((await prompted("locked", "second")).status).toBe(403);
  expect(await runHere(["profile", "rollback", "locked", "--to", "1", "--yes", ...store()])).toMatchObject({
    code: 1,
    stderr: 'profile-registry: policy violation for profile "locked": profile is read-only\n',
  });
  await runHere(["profile", "unlock", "locked", ...store()]);
  expect((await prompted("locked", "second")).status).toBe(200);
});

test("another version than the expected one is left alone", async () => {
  await created("expected");
  for (const line of ["lock expected", "rollback expected --to 1 --yes"]) {
    const args = ["profile", ...line.split(" "), "--expected-version", "7", ...server()];
    expect(await runHere(args)).toMatchObject({
      code: 1,
      stderr: 'profile-registry: profile "expected" version conflict: expected=7 actual=1\n',
    });
  }
});

test("stored text cannot act on a terminal", async () => {
  const text = "a\u001b[31m\u009b2J\nb\u202e";
  const body = { slug: "acting", display_name: text, description: text, runtime: { system_prompt: text } };
  await rest("POST", "/profiles", { body });
  await prompted("acting", "second");
  for (const line of ["list", "get acting", "get acting --version 1", "history acting", "diff acting 1"]) {
    const { stdout } = await runHere(["profile", ...line.split(" "), ...server()]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(stdout, line).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  }
});

test("lists longer than a page are whole", async () => {
  const profiles = Object.fromEntries(Array.from({ length: 1_050 }, (_, i) => [`many-${i}`, {}]));
  const seed = join(temporaryDirectory(), "seed.json");
  writeFileSync(seed, JSON.stringify({ registries: { default: { profiles } } }));
  expect(await jsonOf(["profile", "list", "--seed-file", seed])).toHaveLength(1_050);
});
