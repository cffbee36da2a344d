import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson } from "../../src/domain/canonical-json.js";
import { json } from "./arbitraries.js";
import { canonicalText } from "./rfc8785.js";

test("JSON is written as RFC 8785 says", () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(canonicalJson(value)).toBe(canonicalText(value));
    }),
  );
});

test("members that are undefined are left out", () => {
  expect(canonicalJson({ b: undefined, a: { c: undefined } })).toBe('{"a":{}}');
});
