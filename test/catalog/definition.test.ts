import { describe, expect, test } from "vitest";
import { CatalogError, parseDefinition } from "../../src/catalog/definition.js";
import type { Json } from "../../src/domain/json.js";

const middleware = {
  kind: "middleware",
  name: "m",
  version: 1,
  display_name: "M",
  description: "A middleware.",
  schema: { type: "object" },
};

function refusal(value: Json): string {
  try {
    parseDefinition(value);
  } catch (error) {
    if (error instanceof CatalogError) return error.message;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("a definition", () => {
  test("of a middleware is read", () => {
    expect(parseDefinition(middleware)).toEqual(middleware);
  });

  test("of an extension is read, its key normalised", () => {
    expect(parseDefinition({ kind: "extension", key: " Acme.Links@v1", schema: {} })).toEqual({
      kind: "extension",
      key: "acme.links@v1",
      schema: {},
    });
  });

  test("ignores members that it does not know", () => {
    expect(parseDefinition({ ...middleware, $comment: "x" })).toEqual(middleware);
  });

  test("has its texts trimmed", () => {
    expect(parseDefinition({ ...middleware, name: " m ", display_name: " M " })).toEqual(middleware);
  });

  test.each<[Json, string]>([
    [[], "must be an object"],
    [null, "must be an object"],
    [{ ...middleware, schema: true }, "schema must be an object"],
    [{ ...middleware, kind: "tool" }, 'kind must be "middleware" or "extension"'],
    [
      { ...middleware, name: "M" },
      'name "M" must be 1–57 characters of a-z 0-9 _ -, the first and last a letter or digit',
    ],
    [{ ...middleware, name: 1 }, "name must be a string that is not blank"],
    [{ ...middleware, version: 0 }, "version must be an integer of at least 1"],
    [{ ...middleware, version: "1" }, "version must be an integer of at least 1"],
    [{ ...middleware, display_name: " " }, "display_name must be a string that is not blank"],
    [{ ...middleware, description: null }, "description must be a string that is not blank"],
    [{ kind: "extension", schema: {} }, "key must be a string that is not blank"],
    [
      { kind: "extension", key: "x", schema: {} },
      'extension key "x" is invalid (expected namespace.feature@vN)',
    ],
  ])("is refused: %j", (value, reason) => {
    expect(refusal(value)).toBe(reason);
  });

  test("is quoted cut after 128 characters", () => {
    expect(refusal({ ...middleware, name: "!".repeat(200) })).toContain(`name "${"!".repeat(128)}" must`);
  });
});
