import { readFile, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { run, serve, TEST_DATA, temporaryDirectory } from "./program.js";

const slugsAt = async (url: string, query = ""): Promise<string[]> => {
  const list = (await (await fetch(`${url}/api/chat/profiles${query}`)).json()) as { slug: string }[];
  return list.map(({ slug }) => slug);
};

test("without flags it serves the built-in profiles from memory, and says that nothing will be kept", async () => {
  await using server = await serve();
  expect(await slugsAt(server.url)).toEqual(["agent", "default"]);
  expect((await server.stop()).stdout).toContain("nothing will be kept");
});

test.each([
  ["registries.yaml", ["analyst", "default", "fast-v1", "inventory", "voice-fast-v1"]],
  ["legacy-engines.yaml", ["gemini-2.5-flash", "gemini-2.5-pro", "sonnet-4-5", "test", "test2"]],
  ["legacy-providers.yaml", ["default", "mixtral", "reasoner", "zephyr-7b"]],
])("the real input %s is loaded into an SQLite file", async (file, slugs) => {
  await using directory = await temporaryDirectory();
  await using server = await serve([
    "--profile-registry-db",
    directory.path("data/profiles.db"),
    "--seed-file",
    TEST_DATA + file,
  ]);
  expect(await slugsAt(server.url)).toEqual(slugs);
});

test("a legacy map without a profile named default gets the first by name as its default", async () => {
  await using server = await serve(["--seed-file", `${TEST_DATA}legacy-engines.yaml`]);
  const answer = (await (await fetch(`${server.url}/api/chat/resolve`)).json()) as { profile: string };
  expect(answer.profile).toBe("gemini-2.5-flash");
});

test("a store that has a registry is never seeded again", async () => {
  await using directory = await temporaryDirectory();
  const store = ["--profile-registry-db", directory.path("profiles.db")];
  await using first = await serve([...store, "--seed-file", `${TEST_DATA}registries.yaml`]);
  await first.stop();
  await using second = await serve([...store, "--seed-file", `${TEST_DATA}legacy-providers.yaml`]);
  expect(await slugsAt(second.url)).toContain("analyst");
  expect(await slugsAt(second.url, "?registry=team")).toEqual(["locked"]);
});

test("a variable gives what its flag gives, and the flag wins", async () => {
  await using directory = await temporaryDirectory();
  const env = {
    PROFILE_REGISTRY_SEED_FILE: `${TEST_DATA}legacy-providers.yaml`,
    PROFILE_REGISTRY_DB: directory.path("a.db"),
  };
  await using byVariable = await serve([], { env });
  expect(await slugsAt(byVariable.url)).toContain("mixtral");
  await using byFlag = await serve(
    ["--profile-registry-db", directory.path("b.db"), "--seed-file", `${TEST_DATA}registries.yaml`],
    { env },
  );
  expect(await slugsAt(byFlag.url)).toContain("analyst");
});

test("a DSN beats a path of the same source, and any store flag beats any store variable", async () => {
  await using directory = await temporaryDirectory();
  const seeded = directory.path("seeded.db");
  await using seeder = await serve([
    "--profile-registry-db",
    seeded,
    "--seed-file",
    `${TEST_DATA}registries.yaml`,
  ]);
  await seeder.stop();
  await using both = await serve([
    "--profile-registry-db",
    directory.path("other.db"),
    "--profile-registry-dsn",
    `file:${seeded}?_journal_mode=WAL&_busy_timeout=5000&_foreign_keys=on`,
  ]);
  expect(await slugsAt(both.url)).toContain("analyst");
  await using flag = await serve(["--profile-registry-db", seeded], {
    env: { PROFILE_REGISTRY_DSN: `file:${directory.path("third.db")}` },
  });
  expect(await slugsAt(flag.url)).toContain("analyst");
});

test("middlewares of a catalogue directory can be used by a seed", async () => {
  await using directory = await temporaryDirectory();
  await writeFile(
    directory.path("echo.json"),
    JSON.stringify({
      kind: "middleware",
      name: "echo",
      version: 1,
      display_name: "Echo",
      description: "Says it again.",
      schema: { type: "object", properties: { times: { type: "integer", default: 2 } } },
    }),
  );
  await writeFile(
    directory.path("seed.yaml"),
    "slug: default\nprofiles:\n  default:\n    runtime:\n      middlewares: [{name: echo}]\n",
  );
  await using server = await serve([
    "--catalog-dir",
    directory.path("."),
    "--seed-file",
    directory.path("seed.yaml"),
  ]);
  const answer = (await (await fetch(`${server.url}/api/chat/resolve/default`)).json()) as {
    runtime: { middlewares: unknown };
  };
  expect(answer.runtime.middlewares).toEqual([{ name: "echo", config: { times: 2 } }]);
});

test("the operator's engine is in every answer, with a warning", async () => {
  await using server = await serve(["--ai-engine", "emergency"]);
  const answer = (await (await fetch(`${server.url}/api/chat/resolve/default`)).json()) as Record<
    string,
    unknown
  >;
  expect(answer.step_settings).toEqual({ "ai-chat": { "ai-engine": "emergency" } });
  expect(answer.warnings).toEqual([
    'the operator of this server sets step_settings.ai-chat.ai-engine to "emergency"',
  ]);
});

test("a variable of the middleware that this service replaces is warned of", async () => {
  await using server = await serve([], { env: { PINOCCHIO_ENABLE_PROFILE_REGISTRY_MIDDLEWARE: "1" } });
  expect((await server.stop()).stdout).toContain(
    "PINOCCHIO_ENABLE_PROFILE_REGISTRY_MIDDLEWARE has no effect",
  );
});

test("--version tells version, commit and schema", async () => {
  const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  const { code, stdout } = await run(["--version"]);
  expect(stdout).toMatch(
    new RegExp(`^profile-registry ${version} \\(commit ([0-9a-f]{40}|unknown), schema 3\\)\\n$`),
  );
  expect(code).toBe(0);
});
