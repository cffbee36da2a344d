import { join } from "node:path";
import { expect, test } from "vitest";
import { DomainError } from "../../src/domain/errors.js";
import { commitOf, createProfile, createRegistry, slugsOf, write } from "./documents.js";
import { openByHand, openStore, tempDirectory } from "./temp.js";

/** A store, and another connection that holds the write lock of its file. */
async function locked(busyTimeoutMs: number) {
  const path = join(tempDirectory(), "profiles.db");
  const store = await openStore(path, { busyTimeoutMs });
  await write(store, createRegistry("r"), createProfile("r", "a"));
  const holder = openByHand(path);
  holder.exec("BEGIN IMMEDIATE");
  return { store, holder };
}

const addB = commitOf([createProfile("r", "b")]);

test("a commit to a store locked past the timeout fails as busy, and is not made later", async () => {
  const { store, holder } = await locked(150);
  const before = performance.now();
  const error: unknown = await store.commit(addB).catch((reason: unknown) => reason);
  expect(performance.now() - before).toBeGreaterThanOrEqual(150);
  expect(error).toBeInstanceOf(DomainError);
  expect(error).toMatchObject({ code: "unavailable", message: "store is busy" });
  holder.exec("COMMIT");
  expect(await slugsOf(store, "r")).toEqual(["a"]);
});

test("a commit waits for a lock that is released in time", async () => {
  const { store, holder } = await locked(10_000);
  const committing = store.commit(addB);
  setTimeout(() => holder.exec("COMMIT"), 60);
  expect(await committing).toMatchObject({ committed: true });
});

test("a commit that waits sees what the holder of the lock has written", async () => {
  const { store, holder } = await locked(10_000);
  const committing = store.commit({ ...addB, expect: [{ registry: "r", profile: "a", version: 1 }] });
  holder.exec("UPDATE profiles SET version = 5 WHERE slug = 'a'");
  setTimeout(() => holder.exec("COMMIT"), 60);
  expect(await committing).toMatchObject({ committed: false, actual: 5 });
});

test("reads are answered while a commit waits", async () => {
  const { store } = await locked(300);
  let waiting = true;
  const committing = store.commit(addB).catch(() => {
    waiting = false;
  });
  expect((await store.read("r", ["a"])).profiles[0]?.slug).toBe("a");
  expect((await store.listRegistries()).registries).toHaveLength(1);
  expect(await slugsOf(store, "r")).toEqual(["a"]);
  expect(await store.changesSince(2)).toEqual({ revision: 2, changed: [] });
  expect(await store.readLog({ after: 0, limit: 10 })).toHaveLength(2);
  expect(waiting).toBe(true);
  await committing;
});

test("the thread goes on while a commit waits", async () => {
  const { store } = await locked(1_000);
  let ticks = 0;
  let longestGap = 0;
  let last = performance.now();
  const ticking = setInterval(() => {
    const now = performance.now();
    longestGap = Math.max(longestGap, now - last);
    last = now;
    ticks++;
  }, 5);
  await store.commit(addB).catch(() => undefined);
  clearInterval(ticking);
  expect(ticks).toBeGreaterThan(5);
  expect(longestGap).toBeLessThan(800);
});

test("many commits that wait are all made once the lock is released", async () => {
  const { store, holder } = await locked(10_000);
  const committing = Array.from({ length: 10 }, (_, i) => write(store, createProfile("r", `p-${i}`)));
  setTimeout(() => holder.exec("COMMIT"), 40);
  const revisions = (await Promise.all(committing)).map((committed) => committed.revision);
  expect(revisions.sort((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, i) => i + 3));
});
