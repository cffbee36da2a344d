import { expect, test } from "vitest";
import { runHere } from "./here.js";
import { serve, TEST_DATA, temporaryDirectory } from "./program.js";
import { sharedTargets } from "./targets.js";

const targets = sharedTargets();
const SEED = ["--seed-file", `${TEST_DATA}registries.yaml`];

test.each([
  [["analyst"]],
  [["analyst", "--override", "systemPrompt=Be brief.", "--explain"]],
  [["inventory", "--override", 'step_settings_patch={"ai-chat":{"ai-engine":"x"}}']],
  [["--registry", "team"]],
  [["analyst", "--ai-engine", "gpt-x"]],
  [["voice-fast-v1", "--override", "tools=[]"]],
  [["nope"]],
  [["--registry", "nope"]],
  [["analyst", "--override", "middlewares=[]"]],
])("a server and a store give the same output, errors and exit code: %j", async (args) => {
  const fromServer = await runHere(["resolve", ...args, ...targets.server()]);
  const fromStore = await runHere(["resolve", ...args, ...targets.store()]);
  expect(fromStore).toEqual(fromServer);
});

test("a direct override is warned of on stderr", async () => {
  const { stdout, stderr } = await runHere(["resolve", "agent", "--ai-engine", "x"]);
  expect(JSON.parse(stdout)).toMatchObject({ step_settings: { "ai-chat": { "ai-engine": "x" } } });
  expect(stderr).toBe(
    "warning: ai_engine is deprecated: select a profile that sets step_settings_patch.ai-chat.ai-engine\n",
  );
});

test("a seed file can be resolved from without a store", async () => {
  const { stdout } = await runHere([
    "resolve",
    "mixtral",
    "--seed-file",
    `${TEST_DATA}legacy-providers.yaml`,
  ]);
  expect(JSON.parse(stdout)).toMatchObject({
    step_settings: { "openai-chat": { "openai-api-key": "<redacted>" } },
  });
});

test("a file that is not there is not made by looking at it", async () => {
  await using directory = await temporaryDirectory();
  const file = directory.path("missing.db");
  expect(await runHere(["resolve", "--profile-registry-db", file])).toMatchObject({
    code: 1,
    stderr: `profile-registry: ${file} does not exist\n`,
  });
});

test("the variable PROFILE_REGISTRY_SERVER names the server, and a store flag beats it", async () => {
  await using directory = await temporaryDirectory();
  await using server = await serve(SEED);
  const env = { PROFILE_REGISTRY_SERVER: server.url };
  expect((await runHere(["resolve", "analyst"], env)).code).toBe(0);
  const file = directory.path("missing.db");
  expect((await runHere(["resolve", "analyst", "--profile-registry-db", file], env)).stderr).toContain(
    "does not exist",
  );
});

test.each([
  [
    ["--server", "http://x", "--profile-registry-db", "y"],
    "--server and --profile-registry-db exclude each other",
  ],
  [["--server", "ftp://x"], 'the server must be a URL such as http://127.0.0.1:8080, not "ftp://x"'],
  [["--override", "novalue"], '--override must have the form KEY=VALUE, not "novalue"'],
  [["--override", "tools=[1"], "--override tools: the value is not valid JSON"],
])("%j is wrong usage", async (args, text) => {
  const { code, stderr } = await runHere(["resolve", ...args]);
  expect(stderr).toContain(text);
  expect(code).toBe(2);
});

test("a server that cannot be reached is named", async () => {
  const { code, stderr } = await runHere(["resolve", "--server", "http://127.0.0.1:9"]);
  expect(stderr).toMatch(/^profile-registry: http:\/\/127\.0\.0\.1:9 cannot be reached: .*\n$/);
  expect(code).toBe(1);
});
