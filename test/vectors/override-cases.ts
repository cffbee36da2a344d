import type { Json, JsonObject } from "../../src/domain/json.js";
import { only, type ResolveCase } from "./vector.js";

const SQLITE = "middleware.sqlite_config@v1";

const stored: Record<string, Json> = {
  runtime: {
    system_prompt: "stored",
    step_settings_patch: { "ai-chat": { "ai-engine": "stored", temperature: 1 } },
    middlewares: [{ name: "sqlite", id: "db" }],
    tools: ["stored"],
  },
  extensions: { [SQLITE]: { instances: { "id:db": { max_rows: 5 }, default: { max_rows: 9 } } } },
};

const overrides = (request_overrides: JsonObject): JsonObject => ({ request_overrides });

/** A policy that allows overrides, and what is posted. */
const cases: [string, JsonObject, JsonObject][] = [
  ["the prompt", {}, overrides({ system_prompt: "overridden" })],
  ["the prompt may be emptied", {}, overrides({ system_prompt: "" })],
  ["tools are replaced whole and trimmed", {}, overrides({ tools: [" a ", "b"] })],
  ["tools may be emptied", {}, overrides({ tools: [] })],
  [
    "settings merge per field",
    {},
    overrides({ step_settings_patch: { "ai-chat": { "ai-engine": "o" }, b: {} } }),
  ],
  [
    "middlewares are replaced whole, configs filled and coerced",
    {},
    overrides({ middlewares: [{ name: " sqlite ", config: { max_rows: " 7 " } }, { name: "agentmode" }] }),
  ],
  ["middlewares may be emptied", {}, overrides({ middlewares: [] })],
  [
    "an entry with id and without config takes the profile's slot",
    {},
    overrides({ middlewares: [{ name: "sqlite", id: "db", enabled: false }] }),
  ],
  [
    "an entry with id whose name has no such slot takes the defaults",
    {},
    overrides({ middlewares: [{ name: "agentmode", id: "db" }] }),
  ],
  ["an entry without id takes no slot", {}, overrides({ middlewares: [{ name: "sqlite" }] })],
  [
    "an entry with an empty config takes no slot",
    {},
    overrides({ middlewares: [{ name: "sqlite", id: "db", config: {} }] }),
  ],
  ["keys in other spellings", {}, overrides({ systemPrompt: "s", "STEP-SETTINGS patch": { a: { b: 1 } } })],
  ["a blank key", {}, overrides({ tools: [], " ": 1 })],
  ["two spellings of one key", {}, overrides({ systemPrompt: "a", system_prompt: "b" })],
  ["an unsupported key", {}, overrides({ temperature: 1 })],
  ["an unsupported key like any other", {}, overrides({ ["__proto__"]: 1 })],
  ["a prompt that is no string", {}, overrides({ system_prompt: null })],
  ["tools that are no array", {}, overrides({ tools: "a" })],
  ["a tool that is no string", {}, overrides({ tools: ["a", 1] })],
  ["a blank tool", {}, overrides({ tools: ["a", " "] })],
  ["settings that are no object", {}, overrides({ step_settings_patch: [] })],
  ["a section that is no object", {}, overrides({ step_settings_patch: { a: { b: 1 }, c: "d" } })],
  ["middlewares that are no array", {}, overrides({ middlewares: {} })],
  ["a middleware that is no object", {}, overrides({ middlewares: ["sqlite"] })],
  ["a middleware without name", {}, overrides({ middlewares: [{ id: "a" }] })],
  ["an unknown middleware", {}, overrides({ middlewares: [{ name: "SQLite" }] })],
  ["a blank id", {}, overrides({ middlewares: [{ name: "sqlite", id: " " }] })],
  [
    "an id used twice",
    {},
    overrides({
      middlewares: [
        { name: "sqlite", id: "a" },
        { name: "agentmode", id: "a" },
      ],
    }),
  ],
  ["enabled that is no boolean", {}, overrides({ middlewares: [{ name: "sqlite", enabled: "no" }] })],
  ["a config that is no object", {}, overrides({ middlewares: [{ name: "sqlite", config: 1 }] })],
  ["the first problem leads, in sorted order of keys", {}, overrides({ tools: 1, system_prompt: 1 })],

  ["policy: nothing is asked of it where nothing is overridden", { allow_overrides: false }, overrides({})],
  ["policy: overrides are disabled", { allow_overrides: false }, overrides({ tools: [] })],
  [
    "policy: keys come before it",
    { allow_overrides: false },
    overrides({ systemPrompt: "a", system_prompt: "b" }),
  ],
  [
    "policy: it comes before values",
    { denied_override_keys: ["tools"] },
    overrides({ tools: 1, system_prompt: 1 }),
  ],
  [
    "policy: a denied key, in any spelling",
    { denied_override_keys: ["System-Prompt"] },
    overrides({ systemPrompt: "s" }),
  ],
  [
    "policy: an allowed key, in any spelling",
    { allowed_override_keys: ["systemPrompt"] },
    overrides({ system_prompt: "s" }),
  ],
  [
    "policy: a key that is not allowed",
    { allowed_override_keys: ["tools"] },
    overrides({ system_prompt: "s" }),
  ],
  [
    "policy: the first refused key in sorted order is named",
    { allowed_override_keys: ["tools"], denied_override_keys: ["system_prompt"] },
    overrides({ system_prompt: "s", middlewares: [] }),
  ],
  [
    "policy: a key that nobody knows",
    { denied_override_keys: ["step_settings_patch"] },
    overrides({ constructor: 1 } as unknown as JsonObject),
  ],

  ["direct: an engine", {}, { ai_engine: "direct" }],
  ["direct: an api type", {}, { ai_api_type: "direct" }],
  ["direct: blank is none", { allow_overrides: false }, { ai_engine: " ", ai_api_type: "" }],
  [
    "direct: it wins over the patch of the same request",
    {},
    {
      ai_engine: "direct",
      explain: true,
      ...overrides({ step_settings_patch: { "ai-chat": { "ai-engine": "patch" } } }),
    },
  ],
  ["direct: it needs allow_overrides", { allow_overrides: false }, { ai_engine: "direct" }],
  ["direct: its own name is denied", { denied_override_keys: ["aiEngine"] }, { ai_engine: "direct" }],
  [
    "direct: the patch is denied",
    { denied_override_keys: ["step_settings_patch"] },
    { ai_api_type: "direct" },
  ],
  ["direct: its own name is allowed", { allowed_override_keys: ["ai_engine"] }, { ai_engine: "direct" }],
  [
    "direct: the patch is allowed",
    { allowed_override_keys: ["step_settings_patch"] },
    { ai_engine: "direct" },
  ],
  [
    "direct: neither is allowed",
    { allowed_override_keys: ["tools", "ai_api_type"] },
    { ai_engine: "direct" },
  ],
  ["direct: it is no key of request_overrides", {}, overrides({ ai_engine: "direct" })],
];

export const overrideCases: ResolveCase[] = cases.map(([name, policy, body]) => ({
  name: `overrides: ${name}`,
  documents: only({ ...stored, policy: { allow_overrides: true, ...policy } }),
  request: { body },
}));
