import { join } from "node:path";
import { expect, test } from "vitest";
import {
  cell,
  createProfile,
  createRegistry,
  createRollout,
  deleteProfile,
  expecting,
  findProfile,
  findRegistry,
  findRollout,
  slugsOf,
  updateProfile,
  updateRollout,
  write,
} from "./documents.js";
import { openByHand, openStore, tempDirectory } from "./temp.js";

const HAND_EDIT = "UPDATE profiles SET payload_json = json_set(payload_json, '$.display_name', 'by hand')";

async function shared() {
  const path = join(tempDirectory(), "profiles.db");
  const one = await openStore(path);
  await write(one, createRegistry("r"), createProfile("r", "a"));
  return { path, one, other: await openStore(path) };
}

test("a write is seen by the next read over another connection", async () => {
  const { one, other } = await shared();
  for (let i = 0; i < 5; i++) {
    await write(one, updateProfile("r", "a", { display_name: `${i}` }));
    expect((await findProfile(other, "r", "a"))?.display_name).toBe(`${i}`);
    expect(await other.revision()).toBe(await one.revision());
    expect((await other.listRegistries()).registries).toEqual([await findRegistry(one, "r")]);
  }
  await write(other, deleteProfile("r", "a"));
  expect(await slugsOf(one, "r")).toEqual([]);
});

test("expectations see the writes of other connections", async () => {
  const { one, other } = await shared();
  await write(one, updateProfile("r", "a"));
  const commit = expecting([{ registry: "r", profile: "a", version: 1 }], updateProfile("r", "a"));
  expect(await other.commit(commit)).toMatchObject({ committed: false, actual: 2 });
});

test("revisions and versions go on from those of other connections", async () => {
  const { one, other } = await shared();
  await write(one, updateProfile("r", "a"));
  expect(await write(other, updateProfile("r", "a"))).toMatchObject({ revision: 4, versions: [3] });
  expect(await write(one, updateProfile("r", "a"))).toMatchObject({ revision: 5, versions: [4] });
});

test("changes of other connections are named exactly", async () => {
  const { one, other } = await shared();
  const { revision } = await other.changesSince(-1);
  await write(one, createProfile("r", "b"));
  expect((await other.changesSince(revision)).changed).toEqual([
    { registry: "r" },
    { registry: "r", profile: "b" },
  ]);
  expect(await other.changesSince(revision + 1)).toEqual({ revision: revision + 1, changed: [] });
});

test("changes of other connections are not denied", async () => {
  const { path, one, other } = await shared();
  const { revision } = await other.changesSince(-1);
  expect(other.isUnchangedSince(revision)).toBe(true);
  await write(one, createProfile("r", "b"));
  expect(other.isUnchangedSince(revision)).toBe(false);
  await other.changesSince(revision);
  expect(other.isUnchangedSince(revision + 1)).toBe(true);
  openByHand(path).exec(HAND_EDIT);
  expect(other.isUnchangedSince(revision + 1)).toBe(false);
});

test("changes of both are named exactly", async () => {
  const { one, other } = await shared();
  const { revision } = await other.changesSince(-1);
  await write(one, createProfile("r", "b"));
  await write(other, createProfile("r", "c"));
  await write(one, createProfile("r", "d"));
  const { changed } = await other.changesSince(revision);
  expect(changed).toEqual([
    { registry: "r" },
    ...["b", "c", "d"].map((profile) => ({ registry: "r", profile })),
  ]);
});

test("a row edited by hand, which no log tells of, may be anything that changed", async () => {
  const { path, one } = await shared();
  const { revision } = await one.changesSince(-1);
  openByHand(path).exec(HAND_EDIT);
  expect(await one.changesSince(revision)).toEqual({ revision, changed: "all" });
  expect(await one.changesSince(revision)).toEqual({ revision, changed: [] });
  expect((await findProfile(one, "r", "a"))?.display_name).toBe("by hand");
});

for (const [when, order] of [
  ["before", ["edit", "write"]],
  ["after", ["write", "edit"]],
] as const) {
  test(`a row edited by hand right ${when} an own commit is not covered up by it`, async () => {
    const { path, one } = await shared();
    const { revision } = await one.changesSince(-1);
    const hand = openByHand(path);
    for (const step of order) {
      if (step === "edit") hand.exec(HAND_EDIT);
      else await write(one, createProfile("r", "b"));
    }
    expect(await one.changesSince(revision)).toEqual({ revision: revision + 1, changed: "all" });
  });
}

for (const reading of ["read", "revision", "listRegistries"] as const) {
  test(`a row edited by hand is still told of after ${reading} has met it`, async () => {
    const { path, one } = await shared();
    const { revision } = await one.changesSince(-1);
    openByHand(path).exec(HAND_EDIT);
    await { read: () => one.read("r", []), revision: one.revision, listRegistries: one.listRegistries }[
      reading
    ]();
    expect((await one.changesSince(revision)).changed).toBe("all");
  });
}

test("own commits are never taken for edits by hand", async () => {
  const { one } = await shared();
  let { revision } = await one.changesSince(-1);
  for (let i = 0; i < 3; i++) {
    await write(one, updateProfile("r", "a"));
    await one.commit(expecting([{ registry: "r", version: 99 }], updateProfile("r", "a")));
    const since = await one.changesSince(revision);
    expect(since.changed).toHaveLength(2);
    revision = since.revision;
  }
});

test("a rollout that another connection writes is seen by the next read, and named alone", async () => {
  const { one, other } = await shared();
  await write(one, createRollout("r", "fast"));
  const { revision } = await other.changesSince(-1);
  await write(one, updateRollout("r", "fast", { percentage: 5 }));
  expect(await findRollout(other, "r", "fast")).toMatchObject({ percentage: 5, version: 2 });
  expect((await other.changesSince(revision)).changed).toEqual([{ registry: "r", mode: "fast" }]);
});

test("figures of several connections add up, and are no edits by hand for any", async () => {
  const { one, other } = await shared();
  const { revision } = await one.changesSince(-1);
  await other.changesSince(-1);
  for (let i = 0; i < 3; i++) {
    await one.addFigures([cell({})], 0);
    await other.addFigures([cell({})], 0);
    for (const store of [one, other])
      expect(await store.changesSince(revision)).toEqual({ revision, changed: [] });
  }
  expect(await one.readFigures({ registry: "r", fromMs: 0 })).toEqual([cell({}, 6)]);
});

test.each([
  ["an edited profile", HAND_EDIT],
  ["an edited rollout", "UPDATE rollouts SET payload_json = json_set(payload_json, '$.percentage', 100)"],
  ["a deleted rollout", "DELETE FROM rollouts"],
  ["a deleted registry", "DELETE FROM profiles; DELETE FROM profile_registries"],
])("%s is noticed among figures", async (_, sql) => {
  const { path, one, other } = await shared();
  await write(one, createRollout("r", "fast"));
  const { revision } = await one.changesSince(-1);
  await other.addFigures([cell({})], 0);
  openByHand(path).exec(`PRAGMA foreign_keys = ON; ${sql}`);
  await other.addFigures([cell({})], 0);
  expect((await one.changesSince(revision)).changed).toBe("all");
  expect((await one.changesSince(revision)).changed).toEqual([]);
});

test("a kept outcome of a write that changed nothing is no edit by hand", async () => {
  const { one, other } = await shared();
  const { revision } = await one.changesSince(-1);
  const remember = { key: "k", request: "hash", given: null };
  await other.commit({ ...expecting([]), remember });
  expect(await one.changesSince(revision)).toEqual({ revision, changed: [] });
});

test("more changes than are worth naming may be anything", async () => {
  const { one, other } = await shared();
  const { revision } = await other.changesSince(-1);
  await write(one, ...Array.from({ length: 10_001 }, (_, i) => createProfile("r", `p-${i}`)));
  expect((await other.changesSince(revision)).changed).toBe("all");
});
