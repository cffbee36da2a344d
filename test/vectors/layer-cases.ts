import type { Json, JsonObject } from "../../src/domain/json.js";
import { only, type ResolveCase, type VectorSettings } from "./vector.js";

const AGENTMODE = "middleware.agentmode_config@v1";
const SQLITE = "middleware.sqlite_config@v1";

const full: Record<string, Json> = {
  display_name: "Assistant",
  runtime: {
    system_prompt: "You are an assistant",
    step_settings_patch: { "ai-chat": { "ai-engine": "gpt-4o", temperature: 0.7 }, retry: { max: 3 } },
    middlewares: [
      { name: "agentmode", id: "default" },
      { name: "sqlite", enabled: false },
      { name: "sqlite", id: "second" },
    ],
    tools: ["search", " calc "],
  },
  extensions: {
    [AGENTMODE]: { instances: { "id:default": { default_mode: "financial_analyst" } } },
    [SQLITE]: { instances: { "index:1": { max_rows: 5, dsn: "file:a.db" }, default: { max_rows: 1 } } },
    "webchat.starter_suggestions@v1": { items: ["Hi"] },
  },
  metadata: { version: 12, source: "import" },
};

const cases: [string, Record<string, Json>, JsonObject, VectorSettings?][] = [
  ["a profile that sets nothing", {}, {}],
  ["a profile that sets everything, with its stored configs", full, {}],
  ["the runtime key that is given", full, { runtime_key: " My.Key " }],
  ["a blank runtime key", full, { runtime_key: " " }],
  ["a malformed runtime key", full, { runtime_key: "my key" }],
  ["base settings alone", {}, { base_step_settings: { "ai-chat": { "ai-engine": "base" } } }],
  [
    "base settings lie under the profile, per section and field",
    full,
    { base_step_settings: { "ai-chat": { "ai-engine": "base", stream: true }, other: { a: 1 } } },
  ],
  [
    "a field's value is replaced whole",
    { runtime: { step_settings_patch: { a: { list: [3], object: { y: 2 }, nothing: null } } } },
    { base_step_settings: { a: { list: [1, 2], object: { x: 1 }, nothing: 1 } } },
  ],
  [
    "empty sections and empty values stay",
    { runtime: { step_settings_patch: { empty: {}, a: { o: {}, l: [], s: "" } } } },
    { base_step_settings: { "also empty": {} } },
  ],
  [
    "stored configs come back verbatim, never resolved against the catalogue",
    {
      runtime: { middlewares: [{ name: "sqlite", id: "x" }, { name: "agentmode" }] },
      extensions: { [SQLITE]: { instances: { "id:x": { max_rows: "5", unknown: { a: [] } } } } },
    },
    {},
  ],
  [
    "the slot named default is not looked at",
    {
      runtime: { middlewares: [{ name: "sqlite" }] },
      extensions: { [SQLITE]: { instances: { default: { max_rows: 1 } } } },
    },
    {},
  ],
  [
    "a middleware that the catalogue lacks gives a warning and nothing else",
    {
      runtime: { middlewares: [{ name: "gone" }, { name: "gone", id: "b" }] },
      extensions: { "middleware.gone_config@v1": { instances: { "index:0": { a: 1 } } } },
    },
    {},
  ],
  [
    "the operator wins over everything and needs no policy",
    full,
    { base_step_settings: { "ai-chat": { "ai-api-type": "base" } } },
    { operator: { ai_engine: "emergency", ai_api_type: "openai" } },
  ],
  [
    "a trace of every unit",
    full,
    { explain: true, base_step_settings: { "ai-chat": { "ai-engine": "base" }, "a/b": { "c~d": null } } },
    { operator: { ai_engine: "emergency" } },
  ],
  ["base settings with a section that is no object", {}, { base_step_settings: { a: {}, b: [] } }],
  ["base settings with a blank section", {}, { base_step_settings: { " ": {} } }],
  ["base settings with a blank field", {}, { base_step_settings: { a: { "": 1 } } }],
  ["base settings at the deepest that is taken", {}, { base_step_settings: nested(31) }],
  ["base settings a level too deep", {}, { base_step_settings: nested(32) }],
];

function nested(levels: number): JsonObject {
  return levels === 1 ? {} : { a: nested(levels - 1) };
}

export const layerCases: ResolveCase[] = cases.map(([name, members, body, settings]) => ({
  name: `layers: ${name}`,
  documents: only(members),
  request: { body },
  ...(settings && { settings }),
}));
