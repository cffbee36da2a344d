import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  copyJson,
  equalJson,
  type JsonObject,
  mapMembers,
  member,
  nestsDeeperThan,
  whyNotJson,
} from "../../src/domain/json.js";
import { json, reversed } from "./arbitraries.js";

const nested = (levels: number): unknown => {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = i % 2 ? [value] : { a: value };
  return value;
};

test("a copy equals its original and shares nothing with it", () => {
  fc.assert(
    fc.property(json, (value) => {
      const copy = copyJson(value);
      expect(equalJson(copy, value)).toBe(true);
      if (typeof value === "object" && value !== null) expect(copy).not.toBe(value);
    }),
  );
});

test("a copy keeps a member named __proto__", () => {
  const copy = copyJson(JSON.parse('{"a":{"__proto__":{"b":1}}}') as JsonObject);
  expect(JSON.stringify(copy)).toBe('{"a":{"__proto__":{"b":1}}}');
});

test("a member is never an inherited one", () => {
  expect(member({}, "constructor")).toBeUndefined();
  expect(member({}, "__proto__")).toBeUndefined();
  expect(member(undefined, "a")).toBeUndefined();
});

test("members can be replaced and left out at any depth", () => {
  const shown = mapMembers({ a: [{ b: 1, c: 2 }], d: 3 }, (name, value, descend) =>
    name === "b" ? undefined : name === "c" ? 0 : descend(value),
  );
  expect(equalJson(shown, { a: [{ c: 0 }], d: 3 })).toBe(true);
});

describe("depth", () => {
  test("counts the value itself as the first level", () => {
    expect(nestsDeeperThan({}, 1)).toBe(false);
    expect(nestsDeeperThan({}, 0)).toBe(true);
    expect(nestsDeeperThan(1, 0)).toBe(false);
  });

  test("counts objects and arrays alike", () => {
    expect(nestsDeeperThan(nested(5), 5)).toBe(false);
    expect(nestsDeeperThan(nested(6), 5)).toBe(true);
  });

  test("of hundreds of thousands of levels is found out without overrunning the stack", () => {
    expect(nestsDeeperThan(nested(300_000), 32)).toBe(true);
  });
});

describe("what is no JSON", () => {
  test.each<[unknown, string]>([
    [Number.NaN, "must be a finite number"],
    [Number.POSITIVE_INFINITY, "must be a finite number"],
    [{ a: [{ b: Number.NEGATIVE_INFINITY }] }, "must be a finite number"],
    ["\ud800", "must not contain unpaired surrogates"],
    [["a\udc00"], "must not contain unpaired surrogates"],
    [{ "\udfff": 1 }, "must not contain unpaired surrogates"],
    [{ a: undefined }, "must be a JSON value"],
    [[undefined], "must be a JSON value"],
    [1n, "must be a JSON value"],
  ])("is told for %o", (value, reason) => {
    expect(whyNotJson(value)).toBe(reason);
  });

  test("is nothing that JSON can write and read", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(whyNotJson(value)).toBeUndefined();
      }),
    );
  });

  test("is no paired surrogate", () => {
    expect(whyNotJson({ "😀": "😀" })).toBeUndefined();
  });
});

describe("equality", () => {
  test("does not look at the order of members", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(equalJson(value, reversed(value))).toBe(true);
      }),
    );
  });

  test.each<[JsonObject, JsonObject]>([
    [{ a: [1, 2] }, { a: [2, 1] }],
    [{ a: 1 }, { a: 1, b: 1 }],
    [{ a: {} }, { a: [] }],
    [{ a: null }, {}],
    [{ a: 1 }, { a: "1" }],
    [JSON.parse('{"__proto__":{}}') as JsonObject, { a: 1 }],
  ])("%j is not %j", (a, b) => {
    expect(equalJson(a, b)).toBe(false);
    expect(equalJson(b, a)).toBe(false);
  });
});
