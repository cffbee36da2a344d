import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fillAndCoerce } from "../../src/catalog/coerce.js";
import { equalJson, type Json, type JsonObject } from "../../src/domain/json.js";
import { json } from "../domain/arbitraries.js";
import { catalogOf, DRAFT_07, middleware, plain, resolved } from "./defining.js";

const coerce = (type: Json, value: Json): Json => fillAndCoerce({ type }, value);
const filled = (schema: JsonObject, config: JsonObject): Json => plain(fillAndCoerce(schema, config));

describe("to string", () => {
  test.each<[Json, string]>([
    [1, "1"],
    [-1.5, "-1.5"],
    [1e21, "1e+21"],
    [true, "true"],
    [false, "false"],
  ])("%j becomes %j", (value, text) => {
    expect(coerce("string", value)).toBe(text);
  });

  test.each<Json>([null, [], ["a"], {}, [1]])("%j never does", (value) => {
    expect(coerce("string", value)).toEqual(value);
  });
});

describe("to integer", () => {
  test.each<[string, number]>([
    ["5", 5],
    [" 5\n", 5],
    ["-5", -5],
    ["+5", 5],
    ["007", 7],
    ["5.0", 5],
    ["9007199254740991", 9007199254740991],
  ])("%j becomes %j", (text, number) => {
    expect(coerce("integer", text)).toBe(number);
  });

  test.each([
    "",
    " ",
    "5.5",
    "5.",
    ".5",
    "1e3",
    "0x10",
    "1_000",
    "1,000",
    "- 5",
    "5 5",
    "Infinity",
    "NaN",
    "٥",
    "9007199254740992",
    "1.00000000000000000001",
  ])("%j never does", (text) => {
    expect(coerce("integer", text)).toBe(text);
  });

  test.each<Json>([true, null, [5], {}, 5.5])("%j never does", (value) => {
    expect(coerce("integer", value)).toEqual(value);
  });
});

describe("to number", () => {
  test.each<[string, number]>([
    ["5", 5],
    [" -0.25 ", -0.25],
    ["9007199254740993", 9007199254740992],
  ])("%j becomes %j", (text, number) => {
    expect(coerce("number", text)).toBe(number);
  });

  test.each(["", "1e3", "Infinity", "NaN", "0x1", "1".repeat(400)])("%j never does", (text) => {
    expect(coerce("number", text)).toBe(text);
  });

  test.each<Json>([true, false, null, [], {}])("%j never does", (value) => {
    expect(coerce("number", value)).toEqual(value);
  });
});

describe("to boolean", () => {
  test.each(["1", "t", "T", "true", "TRUE", " tRuE\t"])("%j becomes true", (text) => {
    expect(coerce("boolean", text)).toBe(true);
  });

  test.each(["0", "f", "F", "false", "FALSE", " False "])("%j becomes false", (text) => {
    expect(coerce("boolean", text)).toBe(false);
  });

  test.each<Json>(["", "yes", "no", "on", "y", "n", "2", "tru", 0, 1, null, [], {}])(
    "%j never does",
    (value) => {
      expect(coerce("boolean", value)).toEqual(value);
    },
  );
});

describe("to nothing else", () => {
  test.each<[Json, Json]>([
    ["null", ""],
    ["null", "null"],
    ["array", "a"],
    ["array", 1],
    ["array", {}],
    ["object", "{}"],
    ["object", []],
  ])("type %j leaves %j", (type, value) => {
    expect(coerce(type, value)).toEqual(value);
  });

  test("a schema without type leaves everything", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(equalJson(fillAndCoerce({}, value), value)).toBe(true);
        expect(equalJson(fillAndCoerce(true, value), value)).toBe(true);
      }),
    );
  });
});

describe("of several types", () => {
  test.each<[Json[], Json]>([
    [["integer", "string"], "5"],
    [["string", "null"], null],
    [["string", "integer"], 5],
    [["boolean", "string"], "true"],
  ])("%j: %j has one of them already", (types, value) => {
    expect(coerce(types, value)).toEqual(value);
  });

  test.each<[Json[], Json, Json]>([
    [["integer", "boolean"], "1", 1],
    [["boolean", "integer"], "1", true],
    [["null", "integer"], "5", 5],
    [["integer", "string"], 5.5, "5.5"],
    [["integer", "null"], "x", "x"],
  ])("%j: %j becomes the first that it can, %j", (types, value, coerced) => {
    expect(coerce(types, value)).toEqual(coerced);
  });
});

describe("defaults", () => {
  const withDefault = (value: Json): JsonObject => ({ properties: { a: { default: value } } });

  test.each<Json>([0, "", false, null, [], {}, { b: [1] }])("%j is filled in", (value) => {
    expect(filled(withDefault(value), {})).toEqual({ a: value });
  });

  test.each<Json>([0, null, "", false, {}])("do not replace %j", (value) => {
    expect(filled(withDefault("d"), { a: value })).toEqual({ a: value });
  });

  test("are coerced and filled themselves", () => {
    const schema = {
      properties: {
        a: { type: "integer", default: "5" },
        b: { type: "object", default: {}, properties: { c: { default: 1 } } },
      },
    };
    expect(filled(schema, {})).toEqual({ a: 5, b: { c: 1 } });
  });

  test("are validated", () => {
    expect(resolved({ properties: { a: { type: "string", default: null } } }, {})).toEqual([
      "/a must be string",
    ]);
  });

  test("are not shared by the configs they fill", () => {
    const schema = withDefault({ list: [] });
    const lists = [fillAndCoerce(schema, {}), fillAndCoerce(schema, {})].map(
      (one) => (one as { a: JsonObject }).a.list,
    );
    expect(lists[0]).toEqual(lists[1]);
    expect(lists[0]).not.toBe(lists[1]);
  });

  test("inside an object that is absent fill nothing", () => {
    expect(filled({ properties: { a: { properties: { b: { default: 1 } } } } }, {})).toEqual({});
  });

  test("of the root are not looked at", () => {
    expect(filled({ default: { a: 1 }, properties: { a: {} } }, {})).toEqual({});
  });
});

describe("defaults and coercion follow", () => {
  const inner = { properties: { n: { type: "integer", default: 7 } } };

  test("properties at any depth", () => {
    const schema = { properties: { a: { properties: { b: inner } } } };
    expect(filled(schema, { a: { b: {} } })).toEqual({ a: { b: { n: 7 } } });
  });

  test("items at any depth", () => {
    const schema = { properties: { a: { items: { items: inner } } } };
    expect(filled(schema, { a: [[{}, { n: "8" }], []] })).toEqual({ a: [[{ n: 7 }, { n: 8 }], []] });
  });

  test("the list of items that draft-07 has for tuples", () => {
    const schema = { $schema: DRAFT_07, properties: { a: { items: [{ type: "integer" }, inner] } } };
    expect(filled(schema, { a: ["1", {}, "3"] })).toEqual({ a: [1, { n: 7 }, "3"] });
  });

  test.each<[string, JsonObject]>([
    ["$ref", { $ref: "#/$defs/x", $defs: { x: inner } }],
    ["allOf", { allOf: [inner] }],
    ["anyOf", { anyOf: [inner] }],
    ["if", { if: inner }],
    ["dependentSchemas", { dependentSchemas: { x: inner } }],
  ])("nothing else: not %s", (_, schema) => {
    expect(filled(schema, {})).toEqual({});
  });

  test.each<[string, JsonObject]>([
    ["additionalProperties", { additionalProperties: { type: "integer" } }],
    ["patternProperties", { patternProperties: { a: { type: "integer" } } }],
    ["unevaluatedProperties", { unevaluatedProperties: { type: "integer" } }],
  ])("nothing else: not %s", (_, schema) => {
    expect(filled(schema, { a: "1" })).toEqual({ a: "1" });
  });

  test("nothing else: not prefixItems", () => {
    const schema = { properties: { a: { prefixItems: [{ type: "integer" }] } } };
    expect(filled(schema, { a: ["1"] })).toEqual({ a: ["1"] });
  });
});

test("properties may be named like something that every object has", () => {
  const schema = {
    properties: { constructor: { default: 1 }, toString: { type: "integer" } },
  } as unknown as JsonObject;
  expect(filled(schema, { toString: "2" } as unknown as JsonObject)).toEqual({
    constructor: 1,
    toString: 2,
  });
  expect(filled(schema, {})).toEqual({ constructor: 1 });
});

const leaf = fc.record(
  {
    type: fc.oneof(
      fc.constantFrom<Json>("string", "integer", "number", "boolean", "object", "array", "null"),
      fc.subarray<Json>(["string", "integer", "boolean", "null"], { minLength: 1 }),
    ),
    default: fc.oneof(json, fc.constantFrom<Json>("1", "t", 0, {})),
  },
  { requiredKeys: [] },
);
const schema = fc.letrec<{ schema: JsonObject }>((tie) => ({
  schema: fc.oneof(
    { depthSize: "small" },
    leaf as fc.Arbitrary<JsonObject>,
    fc
      .tuple(leaf, fc.dictionary(fc.constantFrom("a", "b", "constructor"), tie("schema"), { maxKeys: 3 }))
      .map(([own, properties]) => ({ ...own, properties }) as JsonObject),
    fc.tuple(leaf, tie("schema")).map(([own, items]) => ({ ...own, items }) as JsonObject),
  ),
})).schema;
const config = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom<Json>("1", " t ", "1.5", "x", 0, 1.5, true, null),
    fc.array(tie("value"), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom("a", "b", "constructor"), tie("value"), {
      maxKeys: 3,
    }) as fc.Arbitrary<JsonObject>,
  ),
})).value;

describe("filling and coercing", () => {
  test("twice changes nothing more", () => {
    fc.assert(
      fc.property(schema, config, (one, value) => {
        const once = fillAndCoerce(one, value);
        expect(equalJson(fillAndCoerce(one, once), once)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test("does not modify what it is given", () => {
    fc.assert(
      fc.property(schema, config, (one, value) => {
        const before = JSON.stringify([one, value]);
        fillAndCoerce(one, value);
        expect(JSON.stringify([one, value])).toBe(before);
      }),
    );
  });
});

test("a config that was resolved resolves to itself", () => {
  const object = fc.dictionary(fc.constantFrom("a", "b", "constructor"), config) as fc.Arbitrary<JsonObject>;
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom("a", "b"), schema, { maxKeys: 2 }),
      object,
      (properties, value) => {
        const catalog = catalogOf(
          middleware({ properties: properties as JsonObject, additionalProperties: true }),
        );
        const once = catalog.resolveConfig("m", value);
        fc.pre(once.ok);
        const twice = catalog.resolveConfig("m", once.config);
        expect(twice.ok && plain(twice.config)).toEqual(plain(once.config));
      },
    ),
    // Each run compiles two schemas.
    { numRuns: 10 },
  );
});
