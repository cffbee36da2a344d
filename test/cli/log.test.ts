import { expect, test } from "vitest";
import { restClient } from "../support/rest.js";
import { runHere } from "./here.js";
import { type Running, serve, start, TEST_DATA, temporaryDirectory } from "./program.js";
import { sharedTargets } from "./targets.js";

const SEED = ["--seed-file", `${TEST_DATA}registries.yaml`];
const { rest, server, store } = sharedTargets();

const revisions = async (line: string): Promise<number[]> => {
  const { stdout } = await runHere(["log", "--json", ...line.split(" ").filter(Boolean), ...store()]);
  const lines = stdout.split("\n").filter(Boolean);
  return lines.map((text) => (JSON.parse(text) as { revision: number }).revision);
};

/** What a test of entries needs: more of them than are shown by default. */
const sixtyEntries = async (): Promise<number> => {
  const last = async (): Promise<number> => (await revisions("--limit 1"))[0] ?? 0;
  for (let revision = await last(); revision < 60; revision = await last()) {
    for (let i = revision; i < 60; i++) await rest("PATCH", "/profiles/default", { body: {} });
  }
  return last();
};

test("the newest fifty entries are shown, the oldest of them first", async () => {
  const last = await sixtyEntries();
  expect(await revisions("")).toEqual(Array.from({ length: 50 }, (_, i) => last - 49 + i));
  const { stdout } = await runHere(["log", ...server()]);
  expect(stdout.split("\n")).toHaveLength(52);
});

test("a limit shows the newest, and entries after a revision are all shown", async () => {
  const last = await sixtyEntries();
  expect(await revisions("--limit 2")).toEqual([last - 1, last]);
  expect(await revisions("--after 1")).toEqual(Array.from({ length: last - 1 }, (_, i) => i + 2));
  expect(await revisions("--after 1 --limit 1")).toEqual([last]);
  expect(await revisions(`--after ${last}`)).toEqual([]);
});

test("entries are those of a registry or a profile", async () => {
  expect(await revisions("--registry team")).toEqual([8, 9]);
  expect(await revisions("--registry team --profile locked")).toEqual([9]);
  expect(await revisions("--profile analyst")).toHaveLength(1);
});

test("a follower gives what was written before and what is written then, until it is told to stop", async () => {
  for (const [i, target] of [server(), store()].entries()) {
    const follower = follow(["--registry", "team", "--limit", "1", ...target]);
    expect(await follower.until(1)).toEqual([expect.stringContaining("team")]);
    await rest("POST", "/profiles", { body: { slug: `followed-${i}`, registry: "team" } });
    expect((await follower.until(2))[1]).toContain(`create_profile  team/followed-${i}  1`);
    expect(await follower.stop(i === 0 ? "SIGINT" : "SIGTERM")).toMatchObject({ code: 0, stderr: "" });
  }
});

test.each(["SIGKILL", "SIGTERM"] as const)(
  "a follower misses and repeats nothing when the server ends by %s and comes back",
  async (signal) => {
    await using directory = await temporaryDirectory();
    const file = ["--profile-registry-db", directory.path("profiles.db")];
    const first = await serve([...file, ...SEED]);
    const write = async ({ url }: Running, count: number): Promise<void> => {
      for (let i = 0; i < count; i++) await restClient(url)("PATCH", "/profiles/default", { body: {} });
    };
    const follower = follow(["--json", "--after", "2", "--server", first.url]);
    await write(first, 3);
    await follower.until(10);
    first.child.kill(signal);
    await first.ended;
    // Written while there is nobody to tell.
    for (const command of ["lock", "unlock", "lock"]) await runHere(["profile", command, "fast-v1", ...file]);
    await using second = await serve([...file, "--port", new URL(first.url).port]);
    await write(second, 3);
    await follower.until(16);
    const { code, stdout, stderr } = await follower.stop("SIGTERM");
    const seen = stdout
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { revision: number }).revision);
    expect(seen).toEqual(Array.from({ length: 16 }, (_, i) => i + 3));
    expect(code).toBe(0);
    expect(stderr).toMatch(/^http:\/\/127\.0\.0\.1:\d+ broke off, trying again: .*\n$/);
  },
);

test("a follower that never reached the server fails", async () => {
  const { code, stderr } = await runHere(["log", "--follow", "--server", "http://127.0.0.1:9"]);
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/^profile-registry: .* cannot be reached: .*\n$/),
  ]);
});

test.each([["--after x"], ["--limit 0"]])("%s is wrong usage", async (line) => {
  const { code, stderr } = await runHere(["log", ...line.split(" ")]);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(code).toBe(2);
});

function follow(args: readonly string[]) {
  const { child, outcome } = start(["log", "--follow", ...args]);
  let text = "";
  const lines = (): string[] =>
    text
      .split("\n")
      .slice(0, -1)
      .filter((line) => !line.startsWith("REVISION"));
  child.stdout?.on("data", (chunk) => {
    text += String(chunk);
  });
  return {
    async until(count: number): Promise<string[]> {
      await expect.poll(() => lines().length, { timeout: 20_000 }).toBeGreaterThanOrEqual(count);
      return lines();
    },
    stop(signal: NodeJS.Signals) {
      child.kill(signal);
      return outcome;
    },
  };
}
