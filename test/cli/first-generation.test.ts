import { readdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { makeFirstGeneration, WORN } from "../store/first-generation.js";
import { run, serve, temporaryDirectory } from "./program.js";

const json = async (url: string): Promise<unknown> => (await fetch(url)).json();

test("a server upgrades a database of the first generation and serves what is readable; who only looks does not", async () => {
  await using directory = await temporaryDirectory();
  const path = directory.path("profiles.db");
  makeFirstGeneration(path, { registries: WORN });
  const store = ["--profile-registry-db", path];

  expect(await run(["resolve", ...store])).toEqual({
    code: 1,
    stdout: "",
    stderr: `profile-registry: ${path} holds a first-generation database, which is upgraded when a server starts on it\n`,
  });
  expect(await readdir(directory.path(""))).toEqual(["profiles.db"]);

  const server = await serve(store);
  try {
    expect(await json(`${server.url}/readyz`)).toMatchObject({
      status: "ready",
      unreadable: [
        "alias",
        "default/broken",
        "default/contrary",
        "default/no slug",
        "default/unplaced",
        "listed",
        "torn",
      ],
    });
    expect(await json(`${server.url}/api/chat/profiles/agent`)).toMatchObject({
      slug: "agent",
      is_default: true,
      registry_version: 7,
      metadata: { version: 1, created_by: "ann" },
    });
    const unreadable = await fetch(`${server.url}/api/chat/profiles/broken`);
    expect([unreadable.status, await unreadable.json()]).toMatchObject([500, { code: "data_loss" }]);
  } finally {
    const { stdout } = await server.stop();
    const warnings = stdout
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as { level: number; msg: string })
      .filter(({ level }) => level === 40)
      .map(({ msg }) => msg);
    expect(warnings[0]).toMatch(
      / was upgraded from the first generation; as it was it is kept in .*\.bak\.\d{8}-\d{6}$/,
    );
    expect(warnings.filter((line) => line.includes("cannot be read"))).toHaveLength(7);
    expect(stdout).toContain("would be refused: unknown middleware");
    expect(stdout).not.toContain("sk-");
  }
  const { code, stdout } = await run(["resolve", "agent", ...store]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    registry: "default",
    step_settings: { "openai-chat": { "openai-api-key": "<redacted>" } },
    runtime: { middlewares: [{ config: { default_mode: "financial_analyst" } }, {}, {}, {}] },
  });
});
