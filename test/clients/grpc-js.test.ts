import { symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../docs/markdown.js";
import { followSteps, TIMEOUT_MS } from "./follow.js";
import { stepsOf, transcript } from "./guide.js";

const [install, ...steps] = stepsOf("Node with @grpc/grpc-js");

test(
  "a grpc-js client as the guide shows it lists, creates, learns of a conflict and resolves",
  async (context) => {
    // In place of the guide's first step: the packages are development dependencies.
    const prepare = (directory: string) =>
      symlink(join(ROOT, "node_modules"), join(directory, "node_modules"));
    const reader = { steps, folder: "grpc-js", tools: { Node: "node --version" }, prepare };
    expect(await followSteps(reader, context)).toBe(transcript());
  },
  TIMEOUT_MS,
);

test("the guide installs the versions that the test runs with", () => {
  const require = createRequire(import.meta.url);
  const packages = ["@grpc/grpc-js", "@grpc/proto-loader"].map((name) => {
    const { version } = require(`${name}/package.json`) as { version: string };
    return `${name}@${version}`;
  });
  expect(install?.command).toBe(`npm install ${packages.join(" ")}`);
});
