import { describe, expect, test } from "vitest";
import { runHere } from "./here.js";
import { sharedTargets } from "./targets.js";
import { hasTerminals, runOnTerminal } from "./terminal.js";

const { rest, server } = sharedTargets();

describe.skipIf(!hasTerminals)("on a terminal", () => {
  test("a table fits its width and has a bold head", async () => {
    const { output } = await runOnTerminal(["profile", "list", ...server()]);
    const [head = "", ...lines] = output.split(/\r?\n/);
    expect(head.startsWith("\u001b[1mSLUG")).toBe(true);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    expect(output).toContain("…");
  });

  test("NO_COLOR turns colours off", async () => {
    const { output } = await runOnTerminal(["profile", "list", ...server()], "", { NO_COLOR: "1" });
    expect(output).not.toContain("\u001b");
  });

  test("a rollback asks, and does nothing unless it is told yes", async () => {
    await rest("PATCH", "/profiles/default", { body: {} });
    const args = ["profile", "rollback", "default", "--to", "1", ...server()];
    const refused = await runOnTerminal(args, "n");
    expect(refused.output).toContain('Roll profile "default" back to version 1? [y/N]');
    expect(refused.output).toContain("profile-registry: nothing was changed");
    expect(refused.code).toBe(1);
    const { output } = await runOnTerminal(args, "y");
    expect(output).toContain("went back to version 1, now version 3");
  });
});

test("in a pipe a table is whole and has no colours", async () => {
  const { stdout } = await runHere(["profile", "list", ...server()]);
  expect(stdout).toContain("Investigation and analysis assistant.");
  expect(stdout).not.toContain("\u001b");
});
