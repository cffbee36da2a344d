/** What becomes of a profile that two people changed from one version. */
import { expect, it } from "vitest";
import type { Json, JsonObject } from "../../../web/console/json/json.js";
import { type Choice, compareThree, mergeThree } from "../../../web/console/profile/three-way-merge.js";

const base: JsonObject = {
  display_name: "Support",
  description: "Helps",
  runtime: {
    system_prompt: "Be kind.",
    tools: ["a", "b"],
    middlewares: [
      { name: "sqlite", id: "db", config: { max_rows: 10, dsn: "x" } },
      { name: "agentmode", config: {} },
    ],
    step_settings_patch: { "ai-chat": { engine: "one", temperature: 1 } },
  },
};

function merge(theirs: Json, mine: Json, choices: Record<string, Choice> = {}): Json {
  return mergeThree(theirs, compareThree(base, theirs, mine), new Map(Object.entries(choices)));
}

const by = (theirs: Json, mine: Json) =>
  Object.fromEntries(compareThree(base, theirs, mine).map((field) => [field.pointer, field.by]));

const withRuntime = (runtime: JsonObject): JsonObject => ({
  ...base,
  runtime: { ...(base as { runtime: object }).runtime, ...runtime },
});

it("takes what only one of them changed from the one who did", () => {
  const theirs = { ...base, description: "Theirs" };
  const mine = withRuntime({ system_prompt: "Mine." });
  expect(by(theirs, mine)).toEqual({ "/description": "theirs", "/runtime/system_prompt": "mine" });
  expect(merge(theirs, mine)).toEqual({ ...withRuntime({ system_prompt: "Mine." }), description: "Theirs" });
});

it("has somebody choose where both changed the same field differently, and only there", () => {
  const theirs = { ...base, description: "Theirs" };
  const mine = { ...base, description: "Mine" };
  expect(by(theirs, mine)).toEqual({ "/description": "both" });
  expect(merge(theirs, mine, { "/description": "mine" })).toEqual(mine);
  expect(merge(theirs, mine, { "/description": "theirs" })).toEqual(theirs);
});

it("asks nobody where both made the same change", () => {
  const changed = { ...base, description: "Same" };
  expect(by(changed, changed)).toEqual({ "/description": "same" });
  expect(merge(changed, changed)).toEqual(changed);
});

it("compares settings field by field", () => {
  const theirs = withRuntime({ step_settings_patch: { "ai-chat": { engine: "two", temperature: 1 } } });
  const mine = withRuntime({
    step_settings_patch: { "ai-chat": { engine: "one", temperature: 2 }, more: { x: 1 } },
  });
  expect(merge(theirs, mine)).toEqual(
    withRuntime({ step_settings_patch: { "ai-chat": { engine: "two", temperature: 2 }, more: { x: 1 } } }),
  );
});

it("keeps a field deleted that one of them deleted and the other left alone", () => {
  const mine = withRuntime({ step_settings_patch: { "ai-chat": { engine: "one" } } });
  const theirs = { ...base, description: "Theirs" };
  expect(merge(theirs, mine)).toEqual({ ...mine, description: "Theirs" });
});

it("shows a deletion against a change as both", () => {
  const theirs = withRuntime({ step_settings_patch: { "ai-chat": { engine: "two", temperature: 1 } } });
  const mine = withRuntime({ step_settings_patch: {} });
  expect(by(theirs, mine)).toEqual({ "/runtime/step_settings_patch/ai-chat": "both" });
  expect(merge(theirs, mine, { "/runtime/step_settings_patch/ai-chat": "mine" })).toEqual(mine);
});

it("merges the configs of middlewares that are the same instances in the same order", () => {
  const middlewares = (max_rows: number, dsn: string): Json => [
    { name: "sqlite", id: "db", config: { max_rows, dsn } },
    { name: "agentmode", config: {} },
  ];
  expect(
    merge(
      withRuntime({ middlewares: middlewares(20, "x") }),
      withRuntime({ middlewares: middlewares(10, "y") }),
    ),
  ).toEqual(withRuntime({ middlewares: middlewares(20, "y") }));
});

it("takes middlewares that one of them moved as a whole", () => {
  const [first = null, second = null] = (base as { runtime: { middlewares: Json[] } }).runtime.middlewares;
  const theirs = withRuntime({ middlewares: [second, first] });
  const mine = withRuntime({ middlewares: [first] });
  expect(by(theirs, mine)).toEqual({ "/runtime/middlewares": "both" });
});

it("treats names that objects have by themselves as names", () => {
  const extensions = (text: string): Json =>
    JSON.parse(`{"a.b@v1": {"__proto__": ${text}, "constructor": 1}}`);
  const mine = { ...base, extensions: extensions("2") };
  const merged = merge({ ...base, description: "Theirs" }, mine);
  expect(JSON.stringify(merged)).toContain('"__proto__":2');
});
