/** The rows of the table in spec 1.4 that both edges can send. */
import { describe } from "vitest";
import { type Case, invalid, onBothEdges } from "./both-edges.js";
import { create, update } from "./operations.js";

const EMPTY = "must not be empty";

const refusing = (
  name: string,
  document: Parameters<typeof create>[1],
  ...problems: [string, string][]
): Case => ({
  name,
  when: create("a", document),
  gives: invalid(...problems),
});
const middlewares = (...entries: object[]) => ({ runtime: { middlewares: entries as never } });
const tools = (...names: string[]) => ({ runtime: { tools: names } });
const settings = (patch: object) => ({ runtime: { step_settings_patch: patch as never } });

describe("a profile is refused for", () => {
  onBothEdges([
    refusing(
      "middlewares without a name",
      middlewares({ name: " " }, { id: "x" }),
      ["runtime.middlewares[0].name", EMPTY],
      ["runtime.middlewares[1].name", EMPTY],
    ),
    refusing("middlewares that the catalogue lacks", middlewares({ name: "Sqlite" }), [
      "runtime.middlewares[0].name",
      'unknown middleware "Sqlite"',
    ]),
    refusing("middlewares named after what objects inherit", middlewares({ name: "constructor" }), [
      "runtime.middlewares[0].name",
      'unknown middleware "constructor"',
    ]),
    refusing(
      "an id that two middlewares have, whatever their names",
      middlewares({ name: "sqlite", id: "x" }, { name: "agentmode" }, { name: "agentmode", id: " x " }),
      [
        "runtime.middlewares[2].id",
        'duplicate middleware instance id "x" (first seen at runtime.middlewares[0].id)',
      ],
    ),
    refusing(
      "tools without a name",
      tools("a", "", "\t"),
      ["runtime.tools[1]", EMPTY],
      ["runtime.tools[2]", EMPTY],
    ),
    refusing(
      "settings without a section's name, or without a field's",
      settings({ " ": {}, "ai-chat": { "": 1 } }),
      ["runtime.step_settings_patch", "section names must not be empty"],
      ["runtime.step_settings_patch.ai-chat", "field names must not be empty"],
    ),
    refusing(
      "sections that are no objects",
      settings({ a: 1, b: [], c: null, d: "text" }),
      ...["a", "b", "c", "d"].map((name): [string, string] => [
        `runtime.step_settings_patch.${name}`,
        "must be an object",
      ]),
    ),
    refusing(
      "blank keys in policy lists",
      { policy: { allowed_override_keys: ["tools", " "], denied_override_keys: [""] } },
      ["policy.allowed_override_keys[1]", EMPTY],
      ["policy.denied_override_keys[0]", EMPTY],
    ),
    refusing(
      "keys in both policy lists, however they are spelled",
      {
        policy: {
          allowed_override_keys: ["systemPrompt", "tools"],
          denied_override_keys: ["TOOLS", "system-prompt"],
        },
      },
      ["policy.override_keys", 'key "system_prompt" appears in both allow and deny lists'],
      ["policy.override_keys", 'key "tools" appears in both allow and deny lists'],
    ),
    refusing("an extension key that is none", { extensions: { "no-version": 1 } }, [
      "profile.extensions[no-version]",
      'extension key "no-version" is invalid (expected namespace.feature@vN)',
    ]),
    refusing("a blank extension key", { extensions: { " ": 1 } }, [
      "profile.extensions[ ]",
      "extension key cannot be empty",
    ]),
    refusing("two extension keys that are one", { extensions: { "acme.a@v1": 1, "ACME.a@v1": 2 } }, [
      "profile.extensions[acme.a@v1]",
      "duplicate extension key after normalization",
    ]),
    refusing(
      "a payload against the schema of its key",
      { extensions: { "webchat.starter_suggestions@v1": {} } },
      ["profile.extensions[webchat.starter_suggestions@v1]", "must have required property 'items'"],
    ),
  ]);
});

describe("all problems of a profile", () => {
  onBothEdges([
    refusing(
      "are told at once, in the order of the table",
      {
        extensions: { bad: 1 },
        policy: { denied_override_keys: [""] },
        runtime: {
          step_settings_patch: { a: 1 },
          tools: [""],
          middlewares: [
            { name: "sqlite", id: "x", config: { max_rows: 0 } },
            { name: "nope", id: "x" },
          ],
        },
      },
      ["runtime.middlewares[1].name", 'unknown middleware "nope"'],
      [
        "runtime.middlewares[1].id",
        'duplicate middleware instance id "x" (first seen at runtime.middlewares[0].id)',
      ],
      ["runtime.middlewares[0].config", "/max_rows must be >= 1"],
      ["runtime.tools[0]", EMPTY],
      ["runtime.step_settings_patch.a", "must be an object"],
      ["policy.denied_override_keys[0]", EMPTY],
      ["profile.extensions[bad]", 'extension key "bad" is invalid (expected namespace.feature@vN)'],
    ),
    {
      name: "are found in an update as in a create",
      given: [create("a")],
      when: update("a", { runtime: { tools: [" "] }, policy: { allowed_override_keys: [""] } }),
      gives: invalid(["runtime.tools[0]", EMPTY], ["policy.allowed_override_keys[0]", EMPTY]),
    },
  ]);
});
