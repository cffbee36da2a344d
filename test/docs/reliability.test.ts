/** docs/reliability.md names the sizes that tests take from variables, with their defaults. */
import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { ROOT, readDocument, tableRows } from "./markdown.js";

const documented = tableRows(readDocument("docs/reliability.md"), "variable").map(
  ([variable = "", byDefault = "", , file = ""]) => ({ variable, byDefault, file }),
);

function sizesOf(file: string): { variable: string; byDefault: string; file: string }[] {
  const sizes = readDocument(file).matchAll(/Number\(process\.env\.(\w+) \?\? ([\d_]+)\)/g);
  return [...sizes].map(([, variable = "", byDefault = ""]) => ({ variable, byDefault, file }));
}

it("lists sizes that tests take", () => {
  for (const size of documented) expect(sizesOf(size.file)).toContainEqual(size);
});

it("lists every size of the tests in test/reliability", () => {
  const files = readdirSync(`${ROOT}test/reliability`).filter((name) => name.endsWith(".test.ts"));
  const sizes = files.flatMap((name) => sizesOf(`test/reliability/${name}`));
  expect(documented).toEqual(expect.arrayContaining(sizes));
});
