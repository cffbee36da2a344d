import { expect, test } from "vitest";
import { passages, readSource } from "./guide.js";

test.for(passages())("line $line of the guide shows a part of $path", ({ path, text }) => {
  expect(withoutIndentation(readSource(path))).toContain(withoutIndentation(text));
});

function withoutIndentation(text: string): string {
  return text.replace(/^[ \t]+/gm, "").trim();
}
