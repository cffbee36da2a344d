import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { serve, temporaryDirectory } from "../cli/program.js";
import { createRandom } from "./history-random.js";

/** By hand as large as one likes. */
const KILLS = Math.ceil(Number(process.env.KILLS ?? 30) / 5);
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));

interface Written {
  slug: string;
  text: string;
  version: number;
}

/** Writes until there is nobody to answer, and returns what was acknowledged, in order. */
async function writeUntilKilled(url: string, slug: string, round: number): Promise<Written[]> {
  const acknowledged: Written[] = [];
  for (let i = 0; ; i++) {
    const text = `${round}.${i} ${"long ".repeat(500)}`;
    try {
      const response = await fetch(`${url}/api/chat/profiles/${slug}`, {
        method: "PATCH",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ runtime: { system_prompt: text } }),
      });
      const { metadata } = (await response.json()) as { metadata: { version: number } };
      acknowledged.push({ slug, text, version: metadata.version });
    } catch {
      return acknowledged;
    }
  }
}

test("killed at random moments a YAML store leaves a whole file with every acknowledged write", {
  timeout: 30_000 + KILLS * 5_000,
}, async () => {
  await using directory = await temporaryDirectory();
  const file = directory.path("profiles.yaml");
  const random = createRandom(SEED);
  const last = new Map<string, Written>();
  for (let kill = 0; kill < KILLS; kill++) {
    await using server = await serve(["--profile-registry-file", file]);
    for (const { slug, text, version } of last.values()) {
      const response = await fetch(`${server.url}/api/chat/profiles/${slug}`);
      const found = (await response.json()) as {
        metadata: { version: number };
        runtime: { system_prompt: string };
      };
      const context = `seed ${SEED}, kill ${kill}`;
      // One more may have been under way: its file was in place, its answer was not.
      expect([version, version + 1], context).toContain(found.metadata.version);
      if (found.metadata.version === version) expect(found.runtime.system_prompt, context).toBe(text);
      // Kept from now on, whether it was acknowledged or not.
      last.set(slug, { slug, text: found.runtime.system_prompt, version: found.metadata.version });
    }
    const writing = ["agent", "default"].map((slug) => writeUntilKilled(server.url, slug, kill));
    await sleep(50 + random.next() * 300);
    server.child.kill("SIGKILL");
    for (const acknowledged of await Promise.all(writing)) {
      const newest = acknowledged.at(-1);
      if (newest !== undefined) last.set(newest.slug, newest);
    }
    await server.ended;
    expect(parse(readFileSync(file, "utf8"))).toHaveProperty("state.revision");
  }
  expect(last.size).toBe(2);
});

test("an edit in the file is live within a second, and counts as a version", async () => {
  await using directory = await temporaryDirectory();
  const file = directory.path("profiles.yaml");
  await using server = await serve(["--profile-registry-file", file]);
  const resolve = async () =>
    (await (await fetch(`${server.url}/api/chat/resolve/default`)).json()) as {
      runtime: { system_prompt: string };
      profile_version: number;
    };
  expect(await resolve()).toMatchObject({ profile_version: 1 });
  writeFileSync(file, readFileSync(file, "utf8").replace("You are an assistant", "Edited by hand"));
  await expect
    .poll(async () => (await resolve()).runtime.system_prompt, { timeout: 1_000 })
    .toBe("Edited by hand");
  expect(await resolve()).toMatchObject({ profile_version: 2 });
});

test("an edit that breaks a rule is told with its place, and what was good is served on", async () => {
  await using directory = await temporaryDirectory();
  const file = directory.path("profiles.yaml");
  await using server = await serve(["--profile-registry-file", file]);
  writeFileSync(file, readFileSync(file, "utf8").replace("name: agentmode", "name: nope"));
  const problem = async () => {
    const response = await fetch(`${server.url}/readyz`);
    return ((await response.json()) as { store: { problem?: string } }).store.problem;
  };
  await expect
    .poll(problem, { timeout: 2_000 })
    .toMatch(/profiles\.yaml:\d+:\d+: .*unknown middleware "nope"/);
  expect((await fetch(`${server.url}/api/chat/resolve/agent`)).status).toBe(200);
});

test("a file that is broken at the start stops it with file, line and column", async () => {
  await using directory = await temporaryDirectory();
  const file = directory.path("profiles.yaml");
  writeFileSync(file, "registries:\n  default:\n    profiles: [\n");
  await expect(serve(["--profile-registry-file", file])).rejects.toThrow(/profiles\.yaml:\d+:\d+: /);
});
