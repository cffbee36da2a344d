import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalKey } from "../../src/domain/canonical-key.js";

test.each([
  "systemPrompt",
  "SystemPrompt",
  "system-prompt",
  "SYSTEM_PROMPT",
  " system prompt ",
  "system\tprompt",
])("%j is system_prompt", (raw) => {
  expect(canonicalKey(raw)).toBe("system_prompt");
});

test.each([
  ["tools", "tools"],
  ["gpt4Model", "gpt4_model"],
  ["HTTPServer", "httpserver"],
  ["aB", "a_b"],
  ["AB", "ab"],
  ["a--b", "a__b"],
  ["a- B", "a__b"],
  ["-a-", "_a_"],
  ["__proto__", "__proto__"],
  ["constructor", "constructor"],
  ["", ""],
  [" \t", ""],
])("%j is %j", (raw, key) => {
  expect(canonicalKey(raw)).toBe(key);
});

test("letters outside ASCII are left alone", () => {
  expect(canonicalKey("ÄpfelÖl")).toBe("ÄpfelÖl");
});

test("a key that was canonicalised stays as it is", () => {
  const raw = fc.oneof(fc.string({ unit: "grapheme" }), fc.stringMatching(/^[a-zA-Z0-9_\- ]{0,20}$/));
  fc.assert(
    fc.property(raw, (text) => {
      expect(canonicalKey(canonicalKey(text))).toBe(canonicalKey(text));
    }),
  );
});
