import { describe, expect, test } from "vitest";
import { createCatalog } from "../../src/catalog/catalog.js";
import { plain } from "./defining.js";

const catalog = createCatalog();

test("the built-in middlewares are those of spec 1.5", () => {
  const positive = { type: "integer", minimum: 1 };
  expect(plain(catalog.middlewares as never)).toEqual([
    {
      name: "agentmode",
      version: 1,
      display_name: "Agent Mode",
      description: "Parses and applies agent-mode switches from model output.",
      schema: {
        title: "Agent Mode Middleware",
        type: "object",
        properties: { default_mode: { type: "string", default: "default" } },
        additionalProperties: false,
      },
    },
    {
      name: "sqlite",
      version: 1,
      display_name: "SQLite Tool",
      description: "Executes SQL tool calls against configured SQLite connection settings.",
      schema: {
        title: "SQLite Tool Middleware",
        type: "object",
        properties: {
          dsn: { type: "string" },
          max_rows: positive,
          execution_timeout_ms: positive,
          max_output_lines: positive,
          max_output_bytes: positive,
        },
        additionalProperties: false,
      },
    },
  ]);
});

test("the built-in extensions are the starter suggestions and one per middleware", () => {
  expect(catalog.extensions.map(({ key }) => key)).toEqual([
    "middleware.agentmode_config@v1",
    "middleware.sqlite_config@v1",
    "webchat.starter_suggestions@v1",
  ]);
});

describe("starter suggestions", () => {
  const check = (payload: never) => catalog.checkExtension("webchat.starter_suggestions@v1", payload);

  test("have the schema of spec 1.5", () => {
    expect(catalog.extensions.at(-1)?.schema).toEqual({
      type: "object",
      properties: { items: { type: "array", items: { type: "string" }, default: [] } },
      required: ["items"],
      additionalProperties: false,
    });
  });

  test.each([{ items: [] }, { items: ["a", ""] }])("may be %j", (payload) => {
    expect(check(payload as never)).toEqual([]);
  });

  test.each([{}, { items: null }, { items: [1] }, { items: [], more: 1 }, [], "x", null])(
    "may not be %j",
    (payload) => {
      expect(check(payload as never)).not.toEqual([]);
    },
  );
});

test.each([
  ["agentmode", {}, { default_mode: "default" }],
  ["agentmode", { default_mode: 1 }, { default_mode: "1" }],
  ["sqlite", {}, {}],
  [
    "sqlite",
    { dsn: "x", max_rows: "1", execution_timeout_ms: 2 },
    { dsn: "x", max_rows: 1, execution_timeout_ms: 2 },
  ],
])("%s takes %j as %j", (name, config, taken) => {
  const outcome = catalog.resolveConfig(name, config as never);
  expect(outcome.ok && plain(outcome.config)).toEqual(taken);
});

test.each([
  ["agentmode", { mode: "x" }],
  ["sqlite", { max_rows: 0 }],
  ["sqlite", { max_rows: 1.5 }],
  ["sqlite", { execution_timeout_ms: "0" }],
  ["sqlite", { dsn: null }],
])("%s refuses %j", (name, config) => {
  expect(catalog.resolveConfig(name, config as never).ok).toBe(false);
});
