import { expect, test } from "vitest";
import type { CatalogDefinition } from "../../src/index.js";
import { sharedServer } from "../support/rest.js";

const DRAFT_07: CatalogDefinition = {
  kind: "middleware",
  name: "old",
  version: 2,
  display_name: "Old",
  description: "Speaks draft-07.",
  schema: { $schema: "http://json-schema.org/draft-07/schema#", type: "object" },
};
const { rest } = sharedServer({}, { definitions: [DRAFT_07] });

test("middlewares are an array by name of their definitions", async () => {
  const { status, json } = await rest("GET", "/schemas/middlewares");
  expect(status).toBe(200);
  const items = json as Record<string, unknown>[];
  expect(items.map(({ name }) => name)).toEqual(["agentmode", "old", "sqlite"]);
  for (const item of items) {
    expect(Object.keys(item).sort()).toEqual(["description", "display_name", "name", "schema", "version"]);
    expect(item).toMatchObject({
      version: expect.any(Number),
      display_name: expect.stringMatching(/./),
      description: expect.stringMatching(/./),
      schema: { type: "object" },
    });
  }
});

test("extensions are an array by key, each key in its typed form", async () => {
  const { json } = await rest("GET", "/schemas/extensions");
  const items = json as { key: string; schema: unknown }[];
  expect(items.map(({ key }) => key)).toEqual([
    "middleware.agentmode_config@v1",
    "middleware.old_config@v1",
    "middleware.sqlite_config@v1",
    "webchat.starter_suggestions@v1",
  ]);
  for (const item of items) {
    expect(Object.keys(item).sort()).toEqual(["key", "schema"]);
    expect(item.key).toMatch(/^[a-z0-9_-]+\.[a-z0-9_-]+@v[1-9][0-9]*$/);
    expect(item.schema).toBeTypeOf("object");
  }
});

test("a schema is shown as it is enforced: closed, in the dialect that it is written in", async () => {
  const { json } = await rest("GET", "/schemas/middlewares");
  const old = (json as { name: string; schema: unknown }[]).find(({ name }) => name === "old");
  expect(old?.schema).toEqual({
    $schema: "http://json-schema.org/draft-07/schema#",
    type: "object",
    additionalProperties: false,
  });
});

test("the catalogue has a tag of its own", async () => {
  const { headers } = await rest("GET", "/schemas/extensions");
  await rest("POST", "/profiles", { body: { slug: "unrelated" } });
  const etag = headers.get("etag") ?? "";
  const again = await rest("GET", "/schemas/extensions", { headers: { "if-none-match": etag } });
  expect([again.status, again.text]).toEqual([304, ""]);
});
