import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../src/domain/json.js";
import type { Limits } from "../../src/domain/limits.js";
import { aProfile } from "./documents.js";
import { allowing, faultsOf, overriding, read, refused } from "./overriding.js";

describe("no overrides", () => {
  const locked = aProfile();

  test.each([
    {},
    { request_overrides: undefined },
    { request_overrides: {} },
    { ai_engine: "", ai_api_type: " " },
  ])("%j: policy is not consulted", (request) => {
    expect(read(request, locked)).toEqual({});
  });
});

describe("override keys", () => {
  test.each(["systemPrompt", "SystemPrompt", "system-prompt", "SYSTEM_PROMPT", " system prompt "])(
    "%j is system_prompt",
    (key) => {
      expect(overriding({ [key]: "s" })).toEqual({ system_prompt: "s" });
    },
  );

  test.each(["", " ", "\t"])("must not be empty: %j", (key) => {
    expect(refused(() => overriding({ tools: 1, [key]: 1 }))).toBe(
      "validation: validation error (request_overrides): override keys must not be empty",
    );
  });

  test("must not be two spellings of one", () => {
    expect(faultsOf({ tools: [], systemPrompt: "a", "system-prompt": "b", TOOLS: [] })).toEqual([
      "request_overrides.system_prompt: duplicate override key after canonicalization",
      "request_overrides.tools: duplicate override key after canonicalization",
    ]);
  });

  test("are checked before the policy", () => {
    expect(refused(() => overriding({ a: 1, A: 2 }, aProfile()))).toBe(
      "validation: validation error (request_overrides.a): duplicate override key after canonicalization",
    );
  });

  test("are refused when nobody knows them, all at once", () => {
    const unknown = JSON.parse('{"temperature":1,"__proto__":2,"constructor":3}') as JsonObject;
    expect(faultsOf(unknown)).toEqual([
      "request_overrides.__proto__: unsupported override key",
      "request_overrides.constructor: unsupported override key",
      "request_overrides.temperature: unsupported override key",
    ]);
  });

  test("are quoted cut after 128 characters", () => {
    expect(faultsOf({ ["k".repeat(200)]: 1 })).toEqual([
      `request_overrides.${"k".repeat(128)}: unsupported override key`,
    ]);
  });
});

describe("system_prompt", () => {
  test("may be empty", () => {
    expect(overriding({ system_prompt: "" })).toEqual({ system_prompt: "" });
  });

  test("is kept verbatim", () => {
    expect(overriding({ system_prompt: " s\n" })).toEqual({ system_prompt: " s\n" });
  });

  test.each<Json>([null, 1, true, [], {}])("must be a string, not %j", (value) => {
    expect(faultsOf({ system_prompt: value })).toEqual(["request_overrides.system_prompt: must be a string"]);
  });
});

describe("tools", () => {
  test("are trimmed", () => {
    expect(overriding({ tools: [" a ", "b"] })).toEqual({ tools: ["a", "b"] });
  });

  test("may be empty", () => {
    expect(overriding({ tools: [] })).toEqual({ tools: [] });
  });

  test.each<Json>([null, "a", {}])("must be an array, not %j", (value) => {
    expect(faultsOf({ tools: value })).toEqual(["request_overrides.tools: must be an array"]);
  });

  test("must be strings", () => {
    expect(faultsOf({ tools: ["a", 1, null] })).toEqual([
      "request_overrides.tools[1]: must be a string",
      "request_overrides.tools[2]: must be a string",
    ]);
  });

  test("must not be blank", () => {
    expect(faultsOf({ tools: ["a", " "] })).toEqual(["request_overrides.tools[1]: must not be empty"]);
  });
});

describe("step_settings_patch", () => {
  test("is kept as it is", () => {
    const step_settings_patch = { a: { b: { c: [1, {}] } }, d: {} };
    expect(overriding({ step_settings_patch })).toEqual({ step_settings_patch });
  });

  test.each<Json>([null, "a", []])("must be an object, not %j", (value) => {
    expect(faultsOf({ step_settings_patch: value })).toEqual([
      "request_overrides.step_settings_patch: must be an object",
    ]);
  });

  test("must hold objects", () => {
    expect(faultsOf({ step_settings_patch: { a: 1, b: {}, c: null } })).toEqual([
      "request_overrides.step_settings_patch.a: must be an object",
      "request_overrides.step_settings_patch.c: must be an object",
    ]);
  });

  test("must not say <redacted> of a secret, stored or not", () => {
    const stored = allowing({}, { runtime: { step_settings_patch: { openai: { api_key: "k" } } } });
    expect(faultsOf({ step_settings_patch: { openai: { api_key: "<redacted>" } } }, stored)).toEqual([
      "request_overrides.step_settings_patch.openai.api_key: no stored value to keep",
    ]);
  });
});

test("all that is wrong with the values is told at once, by key in sorted order", () => {
  expect(faultsOf({ tools: 1, systemPrompt: 2, step_settings_patch: 3, middlewares: 4, zzz: 5 })).toEqual([
    "request_overrides.middlewares: must be an array",
    "request_overrides.step_settings_patch: must be an object",
    "request_overrides.system_prompt: must be a string",
    "request_overrides.tools: must be an array",
    "request_overrides.zzz: unsupported override key",
  ]);
});

describe("limits hold for", () => {
  test.each<[string, JsonObject, Partial<Limits>, string]>([
    [
      "system_prompt",
      { system_prompt: "abcd" },
      { systemPromptBytes: 3 },
      "system_prompt: must not be longer than 3 bytes",
    ],
    ["tools", { tools: ["a", "b"] }, { tools: 1 }, "tools: must not have more than 1 items"],
    ["a tool", { tools: ["abcd"] }, { nameBytes: 3 }, "tools[0]: must not be longer than 3 bytes"],
    [
      "middlewares",
      { middlewares: [{ name: "vault" }, { name: "vault" }] },
      { middlewares: 1 },
      "middlewares: must not have more than 1 items",
    ],
  ])("%s", (_, overrides, limits, violation) => {
    expect(faultsOf(overrides, undefined, limits)).toEqual([`request_overrides.${violation}`]);
  });
});
