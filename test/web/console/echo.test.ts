import { expect, test } from "vitest";
import { createEcho } from "../../../web/console/editor/echo.js";

test("a value that was told is one's own when it comes back, also after more was told", () => {
  const echo = createEcho<string>();
  for (const text of ["a", "ab", "abc"]) echo.told(text);
  expect(echo.isOwn("a")).toBe(true);
  expect(echo.isOwn("abc")).toBe(true);
});

test("what was told before a value that has come back comes no more: it is from elsewhere", () => {
  const echo = createEcho<string>();
  for (const text of ["a", "ab"]) echo.told(text);
  expect(echo.isOwn("ab")).toBe(true);
  expect(echo.isOwn("a")).toBe(false);
});

test("a value that was never told is from elsewhere", () => {
  const echo = createEcho<{ n: number }>((one, other) => one.n === other.n);
  echo.told({ n: 1 });
  expect(echo.isOwn({ n: 2 })).toBe(false);
});
