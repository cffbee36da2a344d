import { mkdir, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { runHere } from "./here.js";
import { run, serve, TEST_DATA, temporaryDirectory } from "./program.js";

/** The one line on stderr with which `serve` refuses to start. */
const refusal = async (
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<[number | null, string]> => {
  const { code, stderr } = await runHere(["serve", "--port", "0", ...args], env);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  return [code, stderr.trimEnd().replace(/^profile-registry: /, "")];
};

test.each([
  [["--nope"], "error: unknown option '--nope'"],
  [["--port", "abc"], '--port must be a non-negative integer, not "abc"'],
  [["--port", "70000"], "--port must be at most 65535, not 70000"],
  [["--cookie-secure=maybe"], '--cookie-secure must be true or false, not "maybe"'],
  [["--log-level", "loud"], "--log-level must be one of trace, debug, info, warn, error, fatal, silent"],
  [["--cors-origin", "*"], '--cors-origin must be an origin such as https://chat.example.org, not "*"'],
  [["--default-registry", "no spaces"], '--default-registry: registry slug "no spaces" is invalid'],
  [["--profile-registry-dsn", "postgres://db/profiles"], "postgres:// is not supported yet"],
  [
    ["--profile-registry-dsn", "file:x.db?_journal_mode=DELETE"],
    'DSN parameter _journal_mode must be WAL, not "DELETE"',
  ],
  [["--profile-registry-dsn", "file:x.db?_cache=1"], 'unknown DSN parameter "_cache"'],
])("%j is wrong usage", async (args, line) => {
  expect(await refusal(args)).toEqual([2, line]);
});

test("a YAML file as the store that is no file stops the start", async () => {
  const [code, line] = await refusal([], { PROFILE_REGISTRY_FILE: TEST_DATA });
  expect([code, line]).toEqual([1, `${TEST_DATA} cannot be written: it is not a file`]);
});

test("a default registry that is not there stops the start and lists those that are", async () => {
  const [code, line] = await refusal([
    "--default-registry",
    "sales",
    "--seed-file",
    `${TEST_DATA}registries.yaml`,
  ]);
  expect([code, line]).toEqual([1, 'default registry "sales" does not exist (there are: default, team)']);
});

test.each([
  ["registries:\n  default:\n    profiles: {a: [1}\n", /^FILE:3:\d+: /],
  [
    "registries:\n  default:\n    profiles:\n      a:\n        runtime:\n          middlewares:\n            - name: nope\n",
    /^FILE:7:21: validation error \(runtime\.middlewares\[0\]\.name\): unknown middleware "nope"$/,
  ],
  [
    "registries:\n  default:\n    default_profile_slug: nope\n    profiles: {}\n",
    /^FILE:3:27: validation error \(registry\.default_profile_slug\): default profile does not exist in registry$/,
  ],
  [
    "registries:\n  default:\n    profiles:\n      a:\n        runtime:\n          tools: 5\n",
    /^FILE:6:18: runtime\.tools must be an array$/,
  ],
  ["slug: default\nprofiles:\n  a:\n    slug: b\n", /^FILE:4:11: /],
])("a broken seed file stops the start with file, line, column and reason: %j", async (text, expected) => {
  await using directory = await temporaryDirectory();
  const file = directory.path("seed.yaml");
  await writeFile(file, text);
  const [code, line] = await refusal(["--seed-file", file]);
  expect(line.replace(file, "FILE")).toMatch(expected);
  expect(code).toBe(1);
});

test("a seed file that is not there is named", async () => {
  const [code, line] = await refusal(["--seed-file", "/nowhere/seed.yaml"]);
  expect(line).toMatch(/^seed file \/nowhere\/seed\.yaml cannot be read: /);
  expect(code).toBe(1);
});

test("a broken catalogue file is named", async () => {
  await using directory = await temporaryDirectory();
  await writeFile(directory.path("a.json"), "{");
  expect((await refusal(["--catalog-dir", directory.path("")]))[1]).toContain(
    `${directory.path("a.json")}: `,
  );
});

test("a middleware that is defined twice is named, with the file", async () => {
  await using directory = await temporaryDirectory();
  const definition = {
    kind: "middleware",
    name: "agentmode",
    version: 1,
    display_name: "A",
    description: "B",
    schema: {},
  };
  await writeFile(directory.path("a.json"), JSON.stringify(definition));
  const [, line] = await refusal(["--catalog-dir", directory.path("")]);
  expect(line).toBe(`${directory.path("a.json")}: middleware "agentmode" is defined twice`);
});

test("a path that is a directory, and a file that is no database, are refused", async () => {
  await using directory = await temporaryDirectory();
  await mkdir(directory.path("folder"));
  await writeFile(
    directory.path("text.db"),
    "not a database, but long enough to be read as one".repeat(100),
    { mode: 0o600 },
  );
  expect(await refusal(["--profile-registry-db", directory.path("folder")])).toEqual([
    1,
    `${directory.path("folder")} is not a file`,
  ]);
  expect((await refusal(["--profile-registry-db", directory.path("text.db")]))[1]).toContain(
    "file is not a database",
  );
});

test("a port that is taken is named", async () => {
  await using server = await serve();
  const port = new URL(server.url).port;
  const { code, stderr } = await run(["serve", "--port", port]);
  expect(stderr).toContain(`EADDRINUSE: address already in use 127.0.0.1:${port}`);
  expect(code).toBe(1);
});
