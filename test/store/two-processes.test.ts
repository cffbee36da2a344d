import { join } from "node:path";
import { expect, test } from "vitest";
import { SCHEMA_VERSION } from "../../src/store/sqlite/migrations.js";
import {
  cell,
  createProfile,
  createRegistry,
  createRollout,
  findProfile,
  slugsOf,
  updateProfile,
  updateRollout,
  write,
} from "./documents.js";
import { otherProcesses } from "./processes.js";
import { openByHand, openStore, tempDirectory } from "./temp.js";

const startProcess = otherProcesses();

/** A store in this process, and others with the same file. */
async function sharedWith(processes: number) {
  const path = join(tempDirectory(), "profiles.db");
  const store = await openStore(path);
  await write(store, createRegistry("r"), createProfile("r", "a"), createProfile("r", "b"));
  const others = await Promise.all(Array.from({ length: processes }, startProcess));
  await Promise.all(others.map((other) => other.run("open", path)));
  return { path, store, others };
}

const upTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1);

test("processes that open a new file at the same time all get the one store", async () => {
  const others = await Promise.all(upTo(3).map(startProcess));
  for (const file of ["1.db", "2.db", "3.db", "4.db"]) {
    const path = join(tempDirectory(), file);
    expect(await Promise.all(others.map((other) => other.run("open", path)))).toEqual([0, 0, 0]);
    await Promise.all(others.map((other) => other.run("close")));
    expect(openByHand(path).prepare("SELECT count(*) FROM schema_migrations").pluck().get()).toBe(
      SCHEMA_VERSION,
    );
  }
});

test("of two processes that write from the same version exactly one wins, round after round", async () => {
  const { store, others } = await sharedWith(2);
  const last = 150;
  const wins = await Promise.all(others.map((other) => other.run("race", last)));
  expect(wins.flat().sort((a, b) => a - b)).toEqual(upTo(last - 1));
  expect((await findProfile(store, "r", "a"))?.metadata.version).toBe(last);
  expect((await store.readLog({ after: 3, limit: 1_000 })).map((entry) => entry.version)).toEqual(
    upTo(last).slice(1),
  );
});

test("revisions of several processes count up together, without gaps and none given twice", async () => {
  const { store, others } = await sharedWith(2);
  const given = await Promise.all(others.map((other, i) => other.run("create", `p${i}`, 60)));
  const revisions = given.flat();
  expect(revisions.sort((a, b) => a - b)).toEqual(upTo(123).slice(3));
  expect(await store.revision()).toBe(123);
  expect(await slugsOf(store, "r")).toHaveLength(122);
});

test("a write is seen by another process on its next read", async () => {
  const { store, others } = await sharedWith(1);
  for (let i = 0; i < 20; i++) {
    const [revision] = await others[0]!.run("create", `p${i}`, 1);
    expect(await store.revision()).toBe(revision);
    expect((await findProfile(store, "r", `p${i}-0`))?.metadata.version).toBe(1);
    await write(store, updateProfile("r", `p${i}-0`));
  }
});

test("what is read together was current together, while another process writes", async () => {
  const { store, others } = await sharedWith(1);
  let writing = true;
  const writes = others[0]!.run("keepEqual", 1_000).finally(() => {
    writing = false;
  });
  // Every commit of the other process moves the revision by two, and both versions and the registry's by one.
  const versionsAt = (revision: number): number[] => [1, 1, 1].map((version) => version + (revision - 3) / 2);
  let revision = 3;
  while (writing) {
    const found = await store.read("r", ["a", "b"]);
    const versions = [found.registry, ...found.profiles].map((document) => document?.metadata.version);
    expect(versions).toEqual(versionsAt(found.revision));
    // A revision that may or may not be the last one by the time of the list.
    const { profiles } = await store.listProfiles("r", { at: found.revision, limit: 10 });
    expect(profiles.map(({ metadata }) => metadata.version)).toEqual(versionsAt(found.revision).slice(1));
    revision = found.revision;
    await new Promise(setImmediate);
  }
  await writes;
  expect(revision).toBeGreaterThan(3);
});

test("figures that processes add at the same time all count, while rollouts are written", async () => {
  const { store, others } = await sharedWith(2);
  await write(store, createRollout("r", "fast"));
  let { revision } = await store.changesSince(-1);
  let adding = true;
  const added = Promise.all(others.map((other, i) => other.run("addFigures", 10 + i, 100))).finally(() => {
    adding = false;
  });
  while (adding) {
    await write(store, updateRollout("r", "fast"));
    const since = await store.changesSince(revision);
    expect(since.changed).toEqual([{ registry: "r", mode: "fast" }]);
    revision = since.revision;
    await new Promise(setImmediate);
  }
  await added;
  expect(await store.readFigures({ registry: "r", fromMs: 0 })).toEqual([
    cell({ slotMs: 1 }, 200),
    cell({ slotMs: 10 }, 100),
    cell({ slotMs: 11 }, 100),
  ]);
});

test("a killed process leaves whole commits, and all that it was told are made", async () => {
  const { store, others } = await sharedWith(1);
  const [other] = others;
  const killed = other!.run("writeUntilKilled").catch(() => undefined);
  while (other!.told.length < 20) await new Promise((resolve) => setTimeout(resolve, 5));
  await other!.kill();
  await killed;
  const { profiles } = await store.read("r", ["a", "b"]);
  expect(profiles[0]?.display_name).toBe(profiles[1]?.display_name);
  expect(Number(profiles[0]?.display_name)).toBeGreaterThanOrEqual(Math.max(...(other!.told as number[])));
  const log = await store.readLog({ after: 0, limit: 100_000 });
  expect(log.map((entry) => entry.revision)).toEqual(upTo(log.length));
  await write(store, updateProfile("r", "a"));
});
