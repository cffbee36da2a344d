import { expect, test } from "vitest";
import { oneLine, tableText } from "../../src/cli/table.js";

const HEAD = ["SLUG", "TEXT"];

test("columns are as wide as their widest cell, and no line ends in spaces", () => {
  expect(
    tableText(
      HEAD,
      [
        ["a", ""],
        ["longer", "x"],
      ],
      undefined,
    ),
  ).toBe("SLUG    TEXT\na\nlonger  x\n");
});

test("without a terminal nothing is cut", () => {
  const text = "x".repeat(500);
  expect(tableText(HEAD, [["a", text]], undefined)).toContain(text);
});

test.each([20, 30, 79, 200])("on a terminal of %i columns no line is wider", (columns) => {
  const rows = [
    ["a-slug-of-some-length", "a text that goes on and on, wider than any terminal that is tried here"],
    ["b", "short"],
  ];
  const lines = tableText(HEAD, rows, columns).trimEnd().split("\n");
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
  expect(lines[1]?.endsWith("…")).toBe(columns < 90);
});

test("the widest column gives way first", () => {
  expect(tableText(HEAD, [["a-slug", "0123456789".repeat(3)]], 20)).toContain("a-slug  01234567890…\n");
});

test("wide characters count for two, and none is cut in half", () => {
  const lines = tableText(
    ["A", "B"],
    [
      ["日本語日本語日本語", "x"],
      ["👩‍👩‍👧‍👦 family", "y"],
    ],
    11,
  ).split("\n");
  expect(lines[1]).toBe("日本語…   x");
  expect(lines[2]).toBe("👩‍👩‍👧‍👦 fami…  y");
});

test("a cell stays on its line and cannot act on the terminal", () => {
  expect(oneLine("a\nb\u001b[31mc\u2028d\u202ee")).toBe("a b [31mc d e");
});
