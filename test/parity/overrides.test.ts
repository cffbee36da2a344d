import { describe } from "vitest";
import type { JsonObject } from "../../src/index.js";
import { type Case, invalid, onBothEdges } from "./both-edges.js";
import { create, resolve } from "./operations.js";

const OPEN = create("a", {
  runtime: {
    system_prompt: "Prompt",
    tools: ["t"],
    middlewares: [{ name: "sqlite", id: "x", config: { max_rows: 5 } }],
    step_settings_patch: { "ai-chat": { "ai-engine": "profile", n: 1 } },
  },
  policy: { allow_overrides: true },
});
const overriding = (request_overrides: JsonObject, more: JsonObject = {}) =>
  resolve({ profile: "a", request_overrides, ...more });

const accepting = (name: string, overrides: JsonObject, document: JsonObject): Case => ({
  name,
  given: [OPEN],
  when: overriding(overrides),
  gives: { document },
});
const refusing = (name: string, overrides: JsonObject, ...problems: [string, string][]): Case => ({
  name,
  given: [OPEN],
  when: overriding(overrides),
  gives: invalid(...problems),
});
describe("overrides", () => {
  onBothEdges([
    accepting("replace the prompt, with none too", { systemPrompt: "" }, { runtime: { tools: ["t"] } }),
    accepting("replace the tools, trimmed", { TOOLS: [" a ", "b"] }, { runtime: { tools: ["a", "b"] } }),
    accepting(
      "replace the middlewares; an id without a config takes the profile's",
      { middlewares: [{ name: " sqlite ", id: "x" }, { name: "agentmode" }] },
      {
        runtime: {
          middlewares: [
            { name: "sqlite", id: "x", config: { max_rows: 5 } },
            { name: "agentmode", config: { default_mode: "default" } },
          ],
        },
      },
    ),
    accepting(
      "lay settings over the profile's",
      { "step-settings patch": { "ai-chat": { "ai-engine": "mine" } } },
      { step_settings: { "ai-chat": { "ai-engine": "mine", n: 1 } } },
    ),
    {
      name: "by ai_engine and ai_api_type win over the patch, and are warned of",
      given: [OPEN],
      when: overriding(
        { step_settings_patch: { "ai-chat": { "ai-engine": "patch" } } },
        { ai_engine: " direct ", ai_api_type: "openai" },
      ),
      gives: {
        document: {
          step_settings: { "ai-chat": { "ai-engine": "direct", "ai-api-type": "openai" } },
          warnings: [
            "ai_api_type is deprecated: select a profile that sets step_settings_patch.ai-chat.ai-api-type",
            "ai_engine is deprecated: select a profile that sets step_settings_patch.ai-chat.ai-engine",
          ],
        },
      },
    },
    {
      name: "of nothing are no matter of policy",
      given: [create("a", { policy: { denied_override_keys: ["tools"] } })],
      when: overriding({}, { ai_engine: " " }),
      gives: { document: { profile: "a" } },
    },
  ]);
});

describe("overrides are refused for", () => {
  onBothEdges([
    refusing("blank keys", { " ": 1 }, ["request_overrides", "override keys must not be empty"]),
    refusing("keys that are one", { tools: [], Tools: [] }, [
      "request_overrides.tools",
      "duplicate override key after canonicalization",
    ]),
    refusing(
      "keys that nothing knows, and values of the wrong type, all at once",
      { constructor: 1, __proto_: 2, system_prompt: 1, tools: {}, middlewares: "x", step_settings_patch: [] },
      ["request_overrides.__proto_", "unsupported override key"],
      ["request_overrides.constructor", "unsupported override key"],
      ["request_overrides.middlewares", "must be an array"],
      ["request_overrides.step_settings_patch", "must be an object"],
      ["request_overrides.system_prompt", "must be a string"],
      ["request_overrides.tools", "must be an array"],
    ),
    refusing(
      "tools that are no text",
      { tools: ["a", 1, null] },
      ["request_overrides.tools[1]", "must be a string"],
      ["request_overrides.tools[2]", "must be a string"],
    ),
    refusing("blank tools", { tools: [" "] }, ["request_overrides.tools[0]", "must not be empty"]),
    refusing("middlewares that are no objects", { middlewares: [1] }, [
      "request_overrides.middlewares[0]",
      "must be an object",
    ]),
    refusing(
      "blank names of middlewares",
      { middlewares: [{ name: " " }, {}] },
      ["request_overrides.middlewares[0].name", "must not be empty"],
      ["request_overrides.middlewares[1].name", "must not be empty"],
    ),
    refusing("blank ids of middlewares", { middlewares: [{ name: "sqlite", id: " " }] }, [
      "request_overrides.middlewares[0].id",
      "must not be empty",
    ]),
    refusing(
      "unknown middlewares and ids given twice",
      {
        middlewares: [
          { name: "nope", id: "x" },
          { name: "sqlite", id: "x" },
        ],
      },
      ["request_overrides.middlewares[0].name", 'unknown middleware "nope"'],
      [
        "request_overrides.middlewares[1].id",
        'duplicate middleware instance id "x" (first seen at request_overrides.middlewares[0].id)',
      ],
    ),
    refusing(
      "configs that are none, or against their schema",
      {
        middlewares: [
          { name: "sqlite", config: 1 },
          { name: "sqlite", config: { max_rows: 0 } },
        ],
      },
      ["request_overrides.middlewares[0].config", "must be an object"],
      ["request_overrides.middlewares[1].config", "/max_rows must be >= 1"],
    ),
    refusing("an enabled that is no boolean", { middlewares: [{ name: "sqlite", enabled: "yes" }] }, [
      "request_overrides.middlewares[0].enabled",
      "must be a boolean",
    ]),
    refusing("sections that are no objects", { step_settings_patch: { "ai-chat": 1 } }, [
      "request_overrides.step_settings_patch.ai-chat",
      "must be an object",
    ]),
  ]);
});
