import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeUtf8 } from "../../src/formats/decode-utf8.js";

describe("bytes of a file", () => {
  test("are read as UTF-8", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        fc.pre(!text.startsWith("\uFEFF"));
        expect(decodeUtf8(new TextEncoder().encode(text), "f")).toBe(text);
      }),
    );
  });

  test("may begin with a byte order mark", () => {
    expect(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61), "f")).toBe("a");
  });

  test.each([
    ["a lone byte", [0x61, 0x0a, 0xc3, 0xa9, 0xff], "f:2:2: is not UTF-8"],
    ["a surrogate", [0xed, 0xa0, 0x80], "f:1:1: is not UTF-8"],
    ["an overlong form", [0x61, 0xc0, 0x80], "f:1:2: is not UTF-8"],
    ["a character cut off", [0x61, 0xe2, 0x82], "f:1:2: is not UTF-8"],
    ["UTF-16", [0xff, 0xfe, 0x61, 0x00], "f:1:1: is not UTF-8"],
  ])("that are no UTF-8 are refused at the first bad one: %s", (_name, bytes, expected) => {
    expect(() => decodeUtf8(Uint8Array.from(bytes), "f")).toThrow(expected);
  });
});
