/** A config's schema stands inside the schema of its slots, and its references still mean its own parts there. */
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/domain/json.js";
import { catalogOf, DRAFT_07, extension, middleware, resolved, slotFaults } from "./defining.js";

const text = { type: "string" };

describe.each<[string, JsonObject, JsonObject, string]>([
  ["$defs", { properties: { a: { $ref: "#/$defs/x" } }, $defs: { x: text } }, { a: 1 }, "/a must be string"],
  ["its root", { properties: { a: { $ref: "#" }, b: text } }, { a: { b: 1 } }, "/a/b must be string"],
  [
    "$anchor",
    { properties: { a: { $ref: "#here" } }, $defs: { x: { $anchor: "here", ...text } } },
    { a: 1 },
    "/a must be string",
  ],
  [
    "$dynamicAnchor",
    { $dynamicAnchor: "node", properties: { a: { $dynamicRef: "#node" }, b: text } },
    { a: { b: 1 } },
    "/a/b must be string",
  ],
  [
    "an $id inside",
    { properties: { a: { $ref: "inner" } }, $defs: { x: { $id: "inner", ...text } } },
    { a: 1 },
    "/a must be string",
  ],
  [
    "an $id of its own",
    {
      $id: "https://example.com/m.json",
      properties: { a: { $ref: "m.json#/$defs/x" }, b: { $ref: "#/$defs/x" } },
      $defs: { x: text },
    },
    { a: 1 },
    "/a must be string",
  ],
  [
    "draft-07 definitions",
    { $schema: DRAFT_07, properties: { a: { $ref: "#/definitions/x" } }, definitions: { x: text } },
    { a: 1 },
    "/a must be string",
  ],
])("a reference to %s", (_, schema, wrong, reason) => {
  test("holds in the config", () => {
    expect(resolved(schema, wrong)).toEqual([reason]);
  });

  test("holds in the slots", () => {
    expect(slotFaults(schema, wrong)).toEqual([`/instances/s${reason}`]);
  });
});

test("two middlewares may have schemas of the same $id", () => {
  const schema = (type: string): JsonObject => ({
    $id: "https://example.com/same",
    properties: { a: { type } },
  });
  const catalog = catalogOf(middleware(schema("string"), "m"), middleware(schema("integer"), "n"));
  expect(catalog.resolveConfig("m", { a: "x" }).ok).toBe(true);
  expect(catalog.resolveConfig("n", { a: "x" }).ok).toBe(false);
});

describe("the schema of a middleware's slots", () => {
  const catalog = catalogOf(middleware({ properties: { a: text } }));
  const check = (payload: unknown) => catalog.checkExtension("middleware.m_config@v1", payload as never);

  test("requires instances, and nothing else", () => {
    expect(check({})).toEqual(["must have required property 'instances'"]);
    expect(check({ instances: {}, more: 1 })).toEqual(['must NOT have additional properties: "more"']);
    expect(check({ instances: [] })).toEqual(["/instances must be object"]);
    expect(check(null)).toEqual(["must be object"]);
  });

  test("holds the config's schema for every slot", () => {
    expect(check({ instances: { "id:x": { a: "x" }, default: {}, constructor: {} } })).toEqual([]);
    expect(check({ instances: { "id:x": { a: 1 }, "id:y": 1 } })).toEqual([
      "/instances/id:x/a must be string",
      "/instances/id:y must be object",
    ]);
  });

  test("neither fills defaults nor coerces", () => {
    const payload = { instances: { "index:0": { default_mode: 1 } } };
    expect(catalog.checkExtension("middleware.agentmode_config@v1", payload)).toEqual([
      "/instances/index:0/default_mode must be string",
    ]);
    expect(payload).toEqual({ instances: { "index:0": { default_mode: 1 } } });
  });

  test("gives way to an explicit schema for its key", () => {
    const key = "middleware.m_config@v1";
    const explicit = catalogOf(
      extension(key, { required: ["note"] }),
      middleware({ properties: { a: text } }),
    );
    expect(explicit.checkExtension(key, { note: 1 })).toEqual([]);
    expect(explicit.checkExtension(key, { instances: {} })).toEqual(["must have required property 'note'"]);
    expect(explicit.extensions.find((one) => one.key === key)?.schema).toEqual({ required: ["note"] });
  });

  test("gives way to an explicit schema that is defined before or after the middleware", () => {
    const key = "middleware.m_config@v1";
    const after = catalogOf(middleware({}), extension(key, { type: "null" }));
    expect(after.checkExtension(key, null)).toEqual([]);
  });
});
