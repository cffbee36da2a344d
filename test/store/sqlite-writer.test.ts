import { execFile } from "node:child_process";
import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import {
  commitOf,
  createProfile,
  createRegistry,
  expecting,
  findProfile,
  findRegistry,
  updateProfile,
  write,
} from "./documents.js";
import { otherProcesses } from "./processes.js";
import { openStore, tempDirectory } from "./temp.js";

const startProcess = otherProcesses();
const BUILT_STORE = fileURLToPath(new URL("../../dist/src/index.js", import.meta.url));

async function openWithRegistry() {
  const path = join(tempDirectory(), "profiles.db");
  const store = await openStore(path);
  await write(store, createRegistry("r"), createProfile("r", "a"));
  return { path, store };
}

test("the thread that serves goes on while a large commit is made", async () => {
  const { store } = await openWithRegistry();
  const changes = Array.from({ length: 20_000 }, (_, i) =>
    createProfile("r", `p-${i}`, { runtime: { system_prompt: "x".repeat(500) } }),
  );
  const start = performance.now();
  let longestGap = 0;
  let last = start;
  const ticking = setInterval(() => {
    const now = performance.now();
    longestGap = Math.max(longestGap, now - last);
    last = now;
  }, 1);
  const { versions } = await write(store, ...changes);
  clearInterval(ticking);
  expect(versions).toHaveLength(20_000);
  expect(longestGap).toBeLessThan(Math.max(150, (performance.now() - start) / 3));
});

test("a large commit is checked and made whole, like a small one", async () => {
  const { store } = await openWithRegistry();
  const slugs = Array.from({ length: 250 }, (_, i) => `p-${i}`);
  const changes = [
    createRegistry("s"),
    ...slugs.map((slug) => createProfile("r", slug)),
    createProfile("s", "z", { display_name: "last" }),
  ];
  const absent = slugs.map((profile) => ({ registry: "r", profile, version: 0 }));
  const stale = { registry: "r", profile: "a", version: 7 };
  expect(await store.commit(expecting([...absent, stale], ...changes))).toEqual({
    committed: false,
    expectation: stale,
    actual: 1,
  });
  expect(await store.revision()).toBe(2);
  expect(await store.commit(expecting([...absent, { ...stale, version: 1 }], ...changes))).toEqual({
    committed: true,
    revision: 254,
    versions: changes.map(() => 1),
    registries: [await findRegistry(store, "r"), await findRegistry(store, "s")],
  });
  expect((await findProfile(store, "s", "z"))?.display_name).toBe("last");
  expect((await store.readLog({ after: 2, limit: 300 })).map((entry) => entry.profile)).toEqual([
    undefined,
    ...slugs,
    "z",
  ]);
});

test("a read that begins after a commit is acknowledged sees it, while another process writes too", async () => {
  const { path, store } = await openWithRegistry();
  const other = await startProcess();
  await other.run("open", path);
  const others = other.run("create", "o", 100);
  let { revision } = await store.changesSince(-1);
  for (let i = 0; i < 100; i++) {
    const committed = await write(store, updateProfile("r", "a", { display_name: `${i}` }));
    expect((await findProfile(store, "r", "a"))?.display_name).toBe(`${i}`);
    const since = await store.changesSince(revision);
    expect(since.revision).toBeGreaterThanOrEqual(committed.revision);
    expect(since.changed).toContainEqual({ registry: "r", profile: "a" });
    revision = since.revision;
  }
  expect(await others).toHaveLength(100);
  expect((await store.readLog({ after: 2, limit: 300 })).map((entry) => entry.revision)).toEqual(
    Array.from({ length: 200 }, (_, i) => i + 3),
  );
});

test("a process that has nothing left to do ends, also with a store that it has not closed", async () => {
  const path = join(tempDirectory(), "profiles.db");
  const script = `
    const { openSqliteStore } = await import(${JSON.stringify(BUILT_STORE)});
    const store = await openSqliteStore({ path: ${JSON.stringify(path)} });
    const { revision } = await store.commit(${JSON.stringify(commitOf([createRegistry("r")]))});
    console.log(revision);`;
  const args = ["--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 20_000 });
  expect(stdout).toBe("1\n");
  expect(await (await openStore(path)).revision()).toBe(1);
});

test("commits that wait when their thread dies fail as unknown, and the next one is made by another", async () => {
  const path = join(tempDirectory(), "profiles.db");
  const [registry, one, two, next] = [
    createRegistry("r"),
    createProfile("r", "lost-1"),
    createProfile("r", "lost-2"),
    createRegistry("next"),
  ].map((change) => JSON.stringify(commitOf([change])));
  // In a process of its own: its thread has only begun, and no other test loses one in the middle of its work.
  const script = `
    import { Worker } from "node:worker_threads";
    const { openSqliteStore } = await import(${JSON.stringify(BUILT_STORE)});
    const { postMessage } = Worker.prototype;
    let thread;
    Worker.prototype.postMessage = function (...message) {
      thread = this;
      return postMessage.apply(this, message);
    };
    const store = await openSqliteStore({ path: ${JSON.stringify(path)} });
    const waiting = Promise.allSettled([store.commit(${registry}), store.commit(${one}), store.commit(${two})]);
    await thread.terminate();
    const outcomes = (await waiting).map(({ status, reason }) => [status, reason?.code, reason?.message]);
    const { revision } = await store.commit(${next});
    console.log(JSON.stringify([outcomes, revision, await store.revision()]));
    await store.close();`;
  const args = ["--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 20_000 });
  const unknown = "the thread that writes has ended, and whether this was written is not known";
  expect(JSON.parse(stdout)).toEqual([Array(3).fill(["rejected", "unavailable", unknown]), 1, 1]);
});

test("a file that is not in its place is not written by a thread that begins only then, nor made anew", async () => {
  const { path, store: before } = await openWithRegistry();
  await before.close();
  const store = await openStore(path);
  expect(await store.revision()).toBe(2);
  renameSync(path, `${path}.aside`);
  await expect(write(store, createProfile("r", "b"))).rejects.toThrow("was deleted or moved away");
  expect(existsSync(path)).toBe(false);
  renameSync(`${path}.aside`, path);
  expect(await write(store, createProfile("r", "b"))).toMatchObject({ revision: 3 });
});

test("a store that is closed has made what was asked for before, and refuses what comes after", async () => {
  const path = join(tempDirectory(), "profiles.db");
  const store = await openStore(path);
  const asked = Array.from({ length: 10 }, (_, i) => write(store, createRegistry(`r-${i}`)));
  await store.close();
  expect((await Promise.all(asked)).map(({ revision }) => revision)).toEqual(asked.map((_, i) => i + 1));
  await expect(write(store, createRegistry("late"))).rejects.toThrow("the store is closed");
  expect(await (await openStore(path)).revision()).toBe(10);
});
