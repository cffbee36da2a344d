/** The middleware definitions and extension schemas that every server knows (spec 1.5). */
import type { CatalogDefinition } from "./definition.js";

const positive = { type: "integer", minimum: 1 };

export const BUILTIN_DEFINITIONS: readonly CatalogDefinition[] = [
  {
    kind: "middleware",
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
    kind: "middleware",
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
  {
    kind: "extension",
    key: "webchat.starter_suggestions@v1",
    schema: {
      type: "object",
      properties: { items: { type: "array", items: { type: "string" }, default: [] } },
      required: ["items"],
      additionalProperties: false,
    },
  },
];
