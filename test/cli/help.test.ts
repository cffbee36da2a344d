import type { Command } from "commander";
import { expect, test } from "vitest";
import { createProgram } from "../../src/cli/program.js";
import { runHere } from "./here.js";

const namesOf = (command: Command, path: string[] = []): string[][] => [
  path,
  ...command.commands.flatMap((sub) => namesOf(sub, [...path, sub.name()])),
];
const commands = namesOf(createProgram({})).map((path) => [path]);

test.each(commands)("%j has help with examples that begin with it", async (path) => {
  const { code, stdout, stderr } = await runHere([...path, "--help"]);
  expect([code, stderr]).toEqual([0, ""]);
  const [, examples = ""] = stdout.split("\nExamples:\n");
  const start = ["profile-registry", ...path].join(" ");
  expect(examples).toContain(start);
  for (const line of examples
    .trimEnd()
    .split("\n")
    .filter((text) => !text.startsWith("    "))) {
    expect(line).toMatch(/^ {2}\$ /);
  }
});

test.each([[["profile"]], [["registry"]], [[]]])(
  "%j alone prints its help and is wrong usage",
  async (path) => {
    const { code, stdout, stderr } = await runHere(path);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("Usage: profile-registry");
  },
);

test.each([
  ["profle"],
  ["profile lst"],
  ["profile get"],
  ["profile get a b"],
  ["profile get a --version 0"],
  ["profile get a --nope"],
  ["profile rollback a"],
  ["profile diff a one"],
  ["registry nope"],
  ["log --limit many"],
  ["check --server nowhere"],
  ["profile list --server http://x --profile-registry-db y"],
])("%s is wrong usage, said in one line", async (line) => {
  const { code, stdout, stderr } = await runHere(line.split(" "));
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^[^\n]+\n$/);
});

test("--version is the program's before a command, and the profile's behind one", async () => {
  expect((await runHere(["--version"])).stdout).toMatch(/^profile-registry \d/);
  expect((await runHere(["profile", "get", "agent", "--version", "1"])).stdout).toContain("slug: agent");
});
