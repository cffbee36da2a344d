/** docs/errors.md lists exactly the codes of the program, with what the edges make of them. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ROOT, readDocument, tableRows } from "./markdown.js";

const source = (path: string): string => readFileSync(`${ROOT}src/${path}`, "utf8");

/** The text from `begin` to the next `end`. */
function part(text: string, begin: string, end: string): string {
  const from = text.indexOf(begin);
  expect(from, `"${begin}" is in the source`).toBeGreaterThanOrEqual(0);
  return text.slice(from, text.indexOf(end, from));
}

function pairs(text: string, pattern: RegExp): Map<string, string> {
  return new Map([...text.matchAll(pattern)].map(([, code = "", value = ""]) => [code, value]));
}

const rows = tableRows(readDocument("docs/errors.md"), "code");
const union = [...part(source("domain/errors.ts"), "export type ErrorCode =", ";").matchAll(/"(\w+)"/g)].map(
  (match) => match[1],
);

it("lists every code of ErrorCode once, in its order, and no other", () => {
  expect(rows.map(([code]) => code)).toEqual(union);
});

it("gives the HTTP status of each code that REST answers", () => {
  const problems = part(source("rest/problem.ts"), "const PROBLEMS", "};");
  const documented = new Map(rows.map(([code = "", status = ""]) => [code, status]));
  expect(documented).toEqual(pairs(problems, /^ {2}(\w+): \{ status: (\d+)/gm));
});

it("gives the Connect code of each code that RPC answers", () => {
  const codes = part(source("rpc/errors.ts"), "const CODES", "};");
  const spelled = [...pairs(codes, /^ {2}(\w+): Code\.(\w+)/gm)].map(([code, name]): [string, string] => [
    code,
    name.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase(),
  ]);
  const documented = new Map(rows.map(([code = "", , connect = ""]) => [code, connect]));
  expect(documented).toEqual(new Map(spelled));
});

it("says of each code what it means and what to do", () => {
  for (const [code, , , meaning, advice] of rows) {
    expect(meaning, code).toMatch(/\S.*\./);
    expect(advice, code).toMatch(/\S.*\./);
  }
});
