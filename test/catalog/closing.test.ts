import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/domain/json.js";
import {
  catalogOf,
  DRAFT_07,
  DRAFT_2020_12,
  extension,
  middleware,
  resolved,
  slotFaults,
} from "./defining.js";

const known = { a: { type: "integer" } };

describe.each([
  ["2020-12, which is meant where nothing is said", undefined, "unevaluatedProperties", "unevaluated"],
  ["2020-12", DRAFT_2020_12, "unevaluatedProperties", "unevaluated"],
  ["draft-07", DRAFT_07, "additionalProperties", "additional"],
])("a config's root in %s", (_, $schema, keyword, word) => {
  const dialect = $schema === undefined ? {} : { $schema };
  const schema = (members: JsonObject): JsonObject => ({ ...dialect, properties: known, ...members });

  test("is closed where its schema does not say", () => {
    expect(resolved(schema({}), { a: 1, b: 1 })).toEqual([`must NOT have ${word} properties: "b"`]);
    expect(slotFaults(schema({}), { a: 1, b: 1 })).toEqual([
      `/instances/s must NOT have ${word} properties: "b"`,
    ]);
  });

  test("shows in the catalogue as it is enforced", () => {
    expect(catalogOf(middleware(schema({}))).middlewares.find(({ name }) => name === "m")?.schema).toEqual({
      ...schema({}),
      [keyword]: false,
    });
  });

  test("is open where its schema says so", () => {
    expect(resolved(schema({ additionalProperties: true }), { b: 1 })).toEqual({ b: 1 });
    expect(slotFaults(schema({ additionalProperties: true }), { b: 1 })).toEqual([]);
  });

  test("holds what its schema says of other members", () => {
    expect(resolved(schema({ additionalProperties: { type: "string" } }), { b: 1 })).toEqual([
      "/b must be string",
    ]);
  });

  test("is closed alone: nested objects are as written", () => {
    const nested = schema({ properties: { n: { type: "object", properties: known } } });
    expect(resolved(nested, { n: { b: 1 } })).toEqual({ n: { b: 1 } });
  });

  test.each(["constructor", "toString", "__proto__"])("takes %j for a member like any other", (name) => {
    const config = JSON.parse(`{"${name}":1}`) as JsonObject;
    expect(resolved(schema({}), config)).toEqual([`must NOT have ${word} properties: "${name}"`]);
    expect(resolved(schema({ additionalProperties: true }), config)).toEqual(config);
  });
});

describe("in 2020-12", () => {
  test("unevaluatedProperties says whether the root is open, too", () => {
    expect(resolved({ unevaluatedProperties: true }, { b: 1 })).toEqual({ b: 1 });
    expect(resolved({ unevaluatedProperties: { type: "string" } }, { b: 1 })).toEqual(["/b must be string"]);
  });

  test.each<[string, JsonObject]>([
    ["$ref", { $ref: "#/$defs/x", $defs: { x: { properties: known } } }],
    ["allOf", { allOf: [{ properties: known }] }],
    [
      "anyOf",
      {
        anyOf: [
          { properties: known, required: ["a"] },
          { properties: { z: {} }, required: ["z"] },
        ],
      },
    ],
    ["dependentSchemas", { dependentSchemas: { a: { properties: known } } }],
  ])("members that %s describes are known ones", (_, schema) => {
    expect(resolved(schema, { a: 1 })).toEqual({ a: 1 });
    expect(resolved(schema, { a: 1, b: 1 })).toEqual(['must NOT have unevaluated properties: "b"']);
  });

  test.each(["constructor", "toString", "__proto__"])(
    "%j is unknown where alternatives describe others",
    (name) => {
      const schema = { anyOf: [{ properties: known }, { properties: { z: {} } }] };
      expect(resolved(schema, JSON.parse(`{"a":1,"${name}":1}`) as JsonObject)).toEqual([
        `must NOT have unevaluated properties: "${name}"`,
      ]);
    },
  );
});

test("schemas of extensions are as written", () => {
  const catalog = catalogOf(extension("acme.links@v1", { properties: known }));
  expect(catalog.checkExtension("acme.links@v1", { b: 1 })).toEqual([]);
  expect(catalog.checkExtension("acme.links@v1", { a: "1" })).toEqual(["/a must be integer"]);
});
