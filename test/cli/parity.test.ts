import { expect, test } from "vitest";
import { runHere } from "./here.js";
import { sharedTargets } from "./targets.js";

const one = sharedTargets();
const other = sharedTargets();

test.each([
  ["profile list"],
  ["profile list --registry team --json"],
  ["profile list --tag finance"],
  ["profile list --registry nope"],
  ["profile get analyst"],
  ["profile get analyst --json"],
  ["profile get locked --registry team --version 1 --json"],
  ["profile get nope"],
  ["profile get analyst --version 7"],
  ["profile get -- -x"],
  ["profile history analyst"],
  ["profile history analyst --limit 1 --json"],
  ["profile history nope"],
  ["profile diff analyst 1"],
  ["profile diff analyst 1 1 --json"],
  ["profile diff analyst 1 2"],
  ["profile rollback analyst --to 1 --dry-run"],
  ["profile rollback analyst --to 1 --expected-version 9 --yes"],
  ["profile rollback locked --to 1 --registry team --yes"],
  ["profile rollback analyst --to 9 --yes"],
  ["profile lock nope"],
  ["registry list"],
  ["registry list --json"],
  ["registry get"],
  ["registry get team --json"],
  ["registry get nope"],
  ["rollout status"],
  ["rollout status fast"],
  ["rollout status --registry team --json"],
  ["rollout status nope"],
  ["rollout report nope"],
  ["log"],
  ["log --json"],
  ["log --registry team --profile locked"],
  ["log --after 3 --limit 2"],
  ["log --profile no/slug"],
])("a server and a store give the same output, errors and exit code: %s", async (line) => {
  const args = line.split(" ");
  const [command = "", ...rest] = args;
  const fromServer = await runHere([command, ...withTarget(rest, one.server())]);
  const fromStore = await runHere([command, ...withTarget(rest, one.store())]);
  expect(fromStore).toEqual(fromServer);
  expect(fromServer.stderr === "").toBe(fromServer.code === 0);
});

test("writes give the same output, one after the other", async () => {
  for (const line of [
    "profile lock inventory",
    "profile lock inventory --expected-version 1",
    "profile rollback inventory --to 1 --yes",
    "profile unlock inventory --expected-version 2",
    "profile rollback inventory --to 2 --yes",
    "profile diff inventory 1 4",
  ]) {
    const [command = "", ...rest] = line.split(" ");
    const fromServer = await runHere([command, ...withTarget(rest, one.server())]);
    const fromStore = await runHere([command, ...withTarget(rest, other.store())]);
    expect(fromStore, line).toEqual(fromServer);
  }
});

/** Before `--`, behind which nothing is an option. */
function withTarget(args: readonly string[], target: readonly string[]): string[] {
  const end = args.indexOf("--");
  return end < 0 ? [...args, ...target] : [...args.slice(0, end), ...target, ...args.slice(end)];
}
