import { join } from "node:path";
import { expect, test } from "vitest";
import type { Commit } from "../../src/store/store.js";
import { smallDisk } from "../reliability/disk-machine.js";
import {
  cell,
  commitOf,
  createProfile,
  createRegistry,
  expecting,
  slugsOf,
  updateProfile,
  write,
} from "./documents.js";
import { openByHand, openStore, tempDirectory } from "./temp.js";
import { countTransactions } from "./write-ahead-log.js";

const upTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1);

/** A store, and a way of making what is asked for meanwhile wait, and then go on together. */
async function withHolder(path = join(tempDirectory(), "profiles.db"), busyTimeoutMs = 10_000) {
  const store = await openStore(path, { busyTimeoutMs });
  await write(store, createRegistry("r"), createProfile("r", "a"));
  const holder = openByHand(path);
  const together = async <T>(ask: () => readonly Promise<T>[]): Promise<PromiseSettledResult<T>[]> => {
    holder.exec("BEGIN IMMEDIATE");
    const asked = Promise.allSettled(ask());
    // Until all have met the lock.
    await new Promise((resolve) => setTimeout(resolve, 100));
    holder.exec("COMMIT");
    return asked;
  };
  return { path, store, holder, together };
}

test("commits that wait together share a transaction, and get revisions of their own without gaps", async () => {
  const { path, store, together } = await withHolder();
  const before = countTransactions(path);
  const outcomes = await together(() => upTo(64).map((i) => write(store, createProfile("r", `p-${i}`))));
  expect(countTransactions(path) - before).toBeLessThanOrEqual(4);
  const revisions = outcomes.map((outcome) => outcome.status === "fulfilled" && outcome.value.revision);
  expect(revisions).toEqual(upTo(64).map((i) => i + 2));
  expect((await store.readLog({ after: 2, limit: 100 })).map(({ profile }) => profile)).toEqual(
    upTo(64).map((i) => `p-${i}`),
  );
});

test("of commits that wait together none is disturbed by one that conflicts, is tried only, or cannot be done", async () => {
  const { store, together } = await withHolder();
  const outcomes = await together(() =>
    [
      commitOf([createProfile("r", "b")]),
      expecting([{ registry: "r", profile: "a", version: 7 }], updateProfile("r", "a")),
      commitOf([createProfile("r", "c"), createProfile("no-such-registry", "c")]),
      commitOf([createProfile("r", "d")], { dryRun: true }),
      expecting([{ registry: "r", profile: "d", version: 0 }], createProfile("r", "d")),
    ].map((commit) => store.commit(commit)),
  );
  expect(outcomes).toMatchObject([
    { value: { committed: true, revision: 3, versions: [1], registries: [{ metadata: { version: 2 } }] } },
    { value: { committed: false, actual: 1 } },
    { reason: { message: expect.stringContaining("no-such-registry") } },
    { value: { committed: true, revision: 3, versions: [1] } },
    { value: { committed: true, revision: 4, versions: [1], registries: [{ metadata: { version: 3 } }] } },
  ]);
  expect(await slugsOf(store, "r")).toEqual(["a", "b", "d"]);
  expect(await store.revision()).toBe(4);
});

test("of commits that wait together from one version the first wins", async () => {
  const { store, together } = await withHolder();
  const fromOne = expecting([{ registry: "r", profile: "a", version: 1 }], updateProfile("r", "a"));
  const outcomes = await together(() => upTo(8).map(() => store.commit(fromOne)));
  expect(outcomes.map((outcome) => outcome.status === "fulfilled" && outcome.value.committed)).toEqual(
    upTo(8).map((i) => i === 1),
  );
});

test("of commits that wait together with one key one is made", async () => {
  const { store, together } = await withHolder();
  const keyed: Commit = commitOf([createProfile("r", "b")], {
    remember: { key: "k", request: "hash", given: null },
  });
  const outcomes = await together(() => [store.commit(keyed), store.commit(keyed)]);
  expect(outcomes).toMatchObject([{ value: { committed: true } }, { value: { committed: false } }]);
  expect(await store.recall("k", keyed.timeMs)).toMatchObject({ committed: { revision: 3 } });
});

test("figures go with the commits that wait beside them", async () => {
  const { path, store, together } = await withHolder();
  const before = countTransactions(path);
  await together<unknown>(() => [
    ...upTo(5).map(() => store.addFigures([cell({})], 0)),
    write(store, createProfile("r", "b")),
  ]);
  expect(countTransactions(path) - before).toBeLessThanOrEqual(2);
  expect(await store.readFigures({ registry: "r", fromMs: 0 })).toEqual([cell({}, 5)]);
});

test("what stores nothing writes nothing", async () => {
  const { path, store } = await withHolder();
  const before = countTransactions(path);
  await store.commit(commitOf([createProfile("r", "b")], { dryRun: true }));
  await store.commit(expecting([{ registry: "r", version: 9 }], createProfile("r", "b")));
  expect(countTransactions(path)).toBe(before);
});

test("each waits for a lock for as long as its own timeout says", async () => {
  const { store, holder } = await withHolder(undefined, 800);
  holder.exec("BEGIN IMMEDIATE");
  const first = write(store, createProfile("r", "early"));
  const failed = expect(first).rejects.toThrow("store is busy");
  await new Promise((resolve) => setTimeout(resolve, 500));
  const second = write(store, createProfile("r", "late"));
  await failed;
  holder.exec("COMMIT");
  expect(await second).toMatchObject({ revision: 3 });
  expect(await slugsOf(store, "r")).toEqual(["a", "late"]);
});

test("a row edited by hand while own commits wait is not covered up by them", async () => {
  const { store, holder, together } = await withHolder();
  const { revision } = await store.changesSince(-1);
  await together(() => {
    holder.exec("UPDATE profiles SET payload_json = json_set(payload_json, '$.display_name', 'by hand')");
    return [write(store, createProfile("r", "b"))];
  });
  expect((await store.changesSince(revision)).changed).toBe("all");
  expect((await store.changesSince(revision + 1)).changed).toEqual([]);
});

test("a commit that the disk has no room for does not fail small ones beside it", async (context) => {
  using disk = smallDisk(context, 2);
  const path = disk.path("profiles.db");
  const { store, together } = await withHolder(path);
  const large = upTo(20).map((i) => createProfile("r", `l-${i}`, { display_name: "x".repeat(200_000) }));
  const outcomes = await together(() => [
    write(store, createProfile("r", "b")),
    write(store, ...large),
    write(store, createProfile("r", "c")),
  ]);
  expect(outcomes).toMatchObject([
    { value: { revision: 3 } },
    { reason: { code: "unavailable", message: expect.stringContaining("database or disk is full") } },
    { value: { revision: 4 } },
  ]);
  expect(await slugsOf(store, "r")).toEqual(["a", "b", "c"]);
  await expect(store.close(), "the disk is full still").rejects.toThrow("keeps what was written last");
});
