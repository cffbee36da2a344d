import { expect, test } from "vitest";
import { jsonOf, runHere } from "./here.js";
import { sharedTargets } from "./targets.js";

const { rest, server, store } = sharedTargets();

/** All that a profile can hold, and a secret. */
const FULL = {
  slug: "full",
  display_name: "Full",
  description: "All members",
  runtime: {
    system_prompt: "Be\nbrief.",
    step_settings_patch: { "ai-chat": { "ai-engine": "x", api_key: "hush", empty: {}, list: [1, null] } },
    middlewares: [
      { name: "agentmode", enabled: false },
      { name: "sqlite", id: "s", config: { max_rows: 3 } },
    ],
    tools: ["b", "a"],
  },
  policy: { allow_overrides: true, denied_override_keys: ["tools"] },
  extensions: { "any.thing@v1": [{ constructor: 1 }], "metadata.thing@v1": { metadata: "text" } },
  metadata: { tags: ["x"] },
};

test("--json is what REST answers, from a server and from a store", async () => {
  await rest("POST", "/profiles", { body: FULL });
  await rest("POST", "/profiles", { body: { slug: "empty" } });
  await rest("PATCH", "/profiles/full", { body: { runtime: {} } });
  for (const [args, path] of [
    ["profile get full", "/profiles/full"],
    ["profile get full --version 1", "/profiles/full/versions/1"],
    ["profile get empty", "/profiles/empty"],
    ["profile get analyst", "/profiles/analyst"],
    ["profile get default", "/profiles/default"],
    ["profile get locked --registry team", "/profiles/locked?registry=team"],
    ["profile list", "/profiles"],
    ["profile list --tag x", "/profiles?tag=x"],
    ["profile history full", "/profiles/full/versions"],
    ["registry get team", "/registries/team"],
    ["registry get", "/registries/default"],
    ["rollout status", "/rollouts"],
    ["rollout status fast", "/rollouts/fast"],
  ] as const) {
    const { json } = await rest("GET", path);
    for (const target of [server(), store()])
      expect(await jsonOf([...args.split(" "), ...target]), args).toEqual(json);
  }
});

test("log --json has a line for each entry, as REST answers it", async () => {
  const { json } = await rest("GET", "/log");
  for (const target of [server(), store()]) {
    const { stdout } = await runHere(["log", "--after", "0", "--json", ...target]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(json);
  }
});

test("a secret is not shown", async () => {
  await rest("POST", "/profiles", { body: { ...FULL, slug: "secret" } });
  for (const target of [server(), store()]) {
    const { stdout } = await runHere(["profile", "get", "secret", ...target]);
    expect(stdout).toContain("api_key: <redacted>");
    expect(stdout).not.toContain("hush");
  }
});
