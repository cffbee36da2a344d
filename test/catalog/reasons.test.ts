import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/domain/json.js";
import { resolved } from "./defining.js";

describe("a reason", () => {
  test.each<[string, JsonObject, JsonObject, string[]]>([
    [
      "the place inside the config",
      { properties: { a: { items: { minimum: 3 } } } },
      { a: [5, 1] },
      ["/a/1 must be >= 3"],
    ],
    ["no place for the root", { minProperties: 1 }, {}, ["must NOT have fewer than 1 properties"]],
    [
      "the place as a JSON Pointer",
      { properties: { "a/b~": { type: "null" } } },
      { "a/b~": 1 },
      ["/a~1b~0 must be null"],
    ],
    ["the member that is unknown", {}, { x: 1 }, ['must NOT have unevaluated properties: "x"']],
    ["the member that is missing", { required: ["x"] }, {}, ["must have required property 'x'"]],
    [
      "the values that are allowed",
      { properties: { a: { enum: [1, "b"] }, c: { const: { d: 1 } } } },
      { a: 2, c: 3 },
      ['/a must be equal to one of the allowed values: [1,"b"]', '/c must be equal to constant: {"d":1}'],
    ],
    [
      "the name that is not allowed",
      { propertyNames: { maxLength: 1 }, additionalProperties: true },
      { ab: 1 },
      ["must NOT have more than 1 characters", 'property name must be valid: "ab"'],
    ],
    [
      "all that is wrong",
      { properties: { a: { type: "string" }, b: { type: "string" } }, required: ["c"] },
      { a: null, b: null },
      ["must have required property 'c'", "/a must be string", "/b must be string"],
    ],
  ])("names %s", (_, schema, config, reasons) => {
    expect(resolved(schema, config)).toEqual(reasons);
  });

  test("never shows the value, which may be a secret", () => {
    const schema = { properties: { a: { type: "string", pattern: "^x", maxLength: 3, enum: ["x"] } } };
    expect(JSON.stringify(resolved(schema, { a: "hunter2" }))).not.toContain("hunter2");
  });

  test("quotes names cut after 128 characters", () => {
    const name = "😀".repeat(200);
    expect(resolved({}, { [name]: 1 })).toEqual([
      `must NOT have unevaluated properties: "${"😀".repeat(128)}"`,
    ]);
  });

  test("is cut where it grows long, never inside a character", () => {
    const schema = { properties: { a: { additionalProperties: { type: "null" } } } };
    const [reason] = resolved(schema, { a: { ["😀".repeat(500)]: 1 } }) as string[];
    expect(Array.from(reason ?? "")).toHaveLength(301);
    expect(reason?.isWellFormed()).toBe(true);
  });
});
