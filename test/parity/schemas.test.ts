import { describe } from "vitest";
import type { CatalogDefinition } from "../../src/index.js";
import { onBothEdges } from "./both-edges.js";

const AGENTMODE = {
  title: "Agent Mode Middleware",
  type: "object",
  properties: { default_mode: { type: "string", default: "default" } },
  additionalProperties: false,
};
const MORE: CatalogDefinition[] = [
  {
    kind: "middleware",
    name: "a-first",
    version: 3,
    display_name: "First",
    description: "Comes first.",
    schema: { type: "object", properties: { n: { type: "integer" } } },
  },
  { kind: "extension", key: "acme.rating@v2", schema: { type: "integer", minimum: 1 } },
];

describe("the catalogue", () => {
  onBothEdges(
    [
      {
        name: "lists middlewares by name, with their schemas as they are enforced",
        when: { do: "list-middleware-schemas" },
        gives: {
          document: [
            {
              name: "a-first",
              version: 3,
              display_name: "First",
              description: "Comes first.",
              schema: {
                type: "object",
                properties: { n: { type: "integer" } },
                unevaluatedProperties: false,
              },
            },
            {
              name: "agentmode",
              version: 1,
              display_name: "Agent Mode",
              description: "Parses and applies agent-mode switches from model output.",
              schema: AGENTMODE,
            },
            { name: "sqlite" },
          ],
        },
      },
      {
        name: "lists the schemas of extensions by key, one derived per middleware among them",
        when: { do: "list-extension-schemas" },
        gives: {
          document: [
            { key: "acme.rating@v2", schema: { type: "integer", minimum: 1 } },
            { key: "middleware.a-first_config@v1" },
            {
              key: "middleware.agentmode_config@v1",
              schema: {
                type: "object",
                properties: { instances: { type: "object", additionalProperties: AGENTMODE } },
                required: ["instances"],
                additionalProperties: false,
              },
            },
            { key: "middleware.sqlite_config@v1" },
            { key: "webchat.starter_suggestions@v1" },
          ],
        },
      },
    ],
    {},
    { definitions: MORE },
  );
});
