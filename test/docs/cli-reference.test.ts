/** docs/cli.md is what the commands say now. */
import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { ROOT } from "./markdown.js";

it("is up to date with the help of the commands", () => {
  const check = spawnSync(process.execPath, ["docs/generate-cli-reference.mjs", "--check"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect(check.stderr).toBe("");
  expect(check.status).toBe(0);
});
