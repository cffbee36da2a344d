import { copyFileSync, renameSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { serve, TEST_DATA, temporaryDirectory } from "../cli/program.js";
import { storedIn, withDatabase } from "./disk-database.js";
import { edgesOf } from "./disk-edges.js";

/** A database with other registries, as a backup restored from elsewhere is. */
async function makeOther(path: string): Promise<void> {
  await using server = await serve([
    "--profile-registry-db",
    path,
    "--seed-file",
    `${TEST_DATA}registries.yaml`,
  ]);
  await server.stop();
}

test("another database at the path is served without a restart, and written from then on", async () => {
  await using directory = await temporaryDirectory();
  const file = directory.path("profiles.db");
  await makeOther(directory.path("other.db"));
  await using server = await serve(["--profile-registry-db", file]);
  const edges = edgesOf(server.url);
  await edges.write("agent", "old");
  expect(await edges.resolve("agent")).toMatchObject({ status: 200 });
  renameSync(file, directory.path("aside.db"));
  renameSync(directory.path("other.db"), file);

  const early = await edges.write("agent", "lost");
  expect(early).toMatchObject({
    status: 503,
    detail: `${file} was replaced by another file: nothing is written until that is open`,
  });
  await expect.poll(edges.problem, { timeout: 5_000 }).toBeUndefined();
  expect(await edges.resolve("agent")).toMatchObject({ status: 404 });
  expect(await edges.resolve("analyst")).toMatchObject({ status: 200, json: { profile_version: 1 } });
  expect(await edges.write("analyst", "new")).toMatchObject({ status: 200 });
  const { stdout } = await server.stop();
  expect(stdout).toContain("was replaced by another file, which is served from now on");
  expect(storedIn(file, "analyst")).toEqual({ version: 2, text: "new" });
  expect(storedIn(directory.path("aside.db"), "agent")).toEqual({ version: 2, text: "old" });
  for (const path of [file, directory.path("aside.db")])
    expect(withDatabase(path, (db) => db.pragma("integrity_check", { simple: true }))).toBe("ok");
});

test("a file that is no database is not served, reads go on, and a good one that follows is", async () => {
  await using directory = await temporaryDirectory();
  const file = directory.path("profiles.db");
  await makeOther(directory.path("other.db"));
  await using server = await serve(["--profile-registry-db", file]);
  const edges = edgesOf(server.url);
  writeFileSync(directory.path("text"), "no database, but long enough to be taken for one\n".repeat(200));
  renameSync(directory.path("text"), file);
  await expect.poll(edges.problem, { timeout: 5_000 }).toContain("file is not a database");
  expect(await edges.resolve("agent")).toMatchObject({ status: 200 });
  expect(await edges.write("agent", "lost")).toMatchObject({ status: 503 });
  // An empty one would be a store that has lost everything.
  writeFileSync(directory.path("empty"), "");
  renameSync(directory.path("empty"), file);
  await expect.poll(edges.problem, { timeout: 5_000 }).toContain("holds no profile registry");
  expect(await edges.resolve("agent")).toMatchObject({ status: 200 });

  copyFileSync(directory.path("other.db"), directory.path("copy.db"));
  renameSync(directory.path("copy.db"), file);
  await expect.poll(async () => (await edges.resolve("analyst")).status, { timeout: 5_000 }).toBe(200);
  expect(await edges.ready()).toMatchObject({ status: 200 });
});

test("two servers follow the path to the same new file, and see each other's writes there", async () => {
  await using directory = await temporaryDirectory();
  const file = directory.path("profiles.db");
  await makeOther(directory.path("other.db"));
  await using one = await serve(["--profile-registry-db", file]);
  await using two = await serve(["--profile-registry-db", file]);
  const [first, second] = [edgesOf(one.url), edgesOf(two.url)];
  for (let i = 0; i < 20; i++) await (i % 2 ? first : second).write("agent", `old ${i}`);
  renameSync(directory.path("other.db"), file);
  for (const { problem, resolve } of [first, second]) {
    await expect.poll(problem, { timeout: 5_000 }).toBeUndefined();
    await expect.poll(async () => (await resolve("analyst")).status, { timeout: 5_000 }).toBe(200);
  }
  for (let i = 0; i < 20; i++) {
    const [writer, reader] = i % 2 ? [first, second] : [second, first];
    expect(await writer.write("analyst", `new ${i}`)).toMatchObject({
      status: 200,
      json: { metadata: { version: i + 2 } },
    });
    expect((await reader.get("analyst")).json).toMatchObject({ runtime: { system_prompt: `new ${i}` } });
  }
  for (const server of [one, two]) server.child.kill("SIGKILL");
  await Promise.all([one.ended, two.ended]);
  expect(storedIn(file, "analyst")).toEqual({ version: 21, text: "new 19" });
  expect(withDatabase(file, (db) => db.pragma("integrity_check", { simple: true }))).toBe("ok");
});

test("no write that is acknowledged while files are moved about is missing from them", async () => {
  await using directory = await temporaryDirectory();
  const file = directory.path("profiles.db");
  await using server = await serve(["--profile-registry-db", file]);
  const { create } = edgesOf(server.url);
  const acknowledged: string[] = [];
  let writing = true;
  const writers = Array.from({ length: 4 }, async (_, w) => {
    for (let i = 0; writing; i++) {
      const { status } = await create(`p-${w}-${i}`);
      if (status === 201) acknowledged.push(`p-${w}-${i}`);
      else expect(status).toBe(503);
    }
  });
  const rounds = Number(process.env.DISK_MOVES ?? 3);
  const asides: string[] = [];
  for (let round = 0; round < rounds; round++) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    withDatabase(file, (db) => db.exec(`VACUUM INTO '${directory.path("copy.db")}'`));
    const aside = directory.path(`aside-${round}.db`);
    renameSync(file, aside);
    renameSync(directory.path("copy.db"), file);
    asides.push(aside);
    const before = acknowledged.length;
    await expect.poll(() => acknowledged.length, { timeout: 10_000 }).toBeGreaterThan(before + 10);
  }
  writing = false;
  await Promise.all(writers);
  server.child.kill("SIGKILL");
  await server.ended;
  const found = new Set(
    [file, ...asides].flatMap((path) =>
      withDatabase(path, (db) => db.prepare("SELECT slug FROM profiles").pluck().all()),
    ),
  );
  expect(acknowledged.length).toBeGreaterThan(30);
  expect(acknowledged.filter((slug) => !found.has(slug))).toEqual([]);
});
