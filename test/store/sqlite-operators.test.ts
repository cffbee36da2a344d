/** What operators may count on in the file itself. */
import { copyFileSync, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  commitOf,
  createProfile,
  createRegistry,
  deleteProfile,
  findProfile,
  slugsOf,
  updateProfile,
  updateRegistry,
  write,
} from "./documents.js";
import { openByHand, openStore, tempDirectory } from "./temp.js";

const QUERY = "SELECT slug, updated_at_ms FROM profile_registries ORDER BY slug;";

test("the operators' query shows every registry, with a time that moves with each write to it or its profiles", async () => {
  const path = join(tempDirectory(), "profiles.db");
  const store = await openStore(path);
  await write(store, createRegistry("s"), createRegistry("r"));
  const query = openByHand(path).prepare<[], { slug: string; updated_at_ms: number }>(QUERY);
  let before = query.all();
  expect(before.map(({ slug }) => slug)).toEqual(["r", "s"]);
  for (const change of [
    createProfile("r", "a"),
    updateProfile("r", "a"),
    updateRegistry("r"),
    deleteProfile("r", "a"),
  ]) {
    await write(store, change);
    const after = query.all();
    expect(after[0]!.updated_at_ms).toBeGreaterThan(before[0]!.updated_at_ms);
    expect(after[1]).toEqual(before[1]);
    before = after;
  }
});

test("the time that the operators' query shows is that of the write", async () => {
  const path = join(tempDirectory(), "profiles.db");
  const store = await openStore(path);
  await store.commit(commitOf([createRegistry("r")], { timeMs: 1_000 }));
  await store.commit(commitOf([createProfile("r", "a")], { timeMs: 50_000 }));
  expect(openByHand(path).prepare(QUERY).all()).toEqual([{ slug: "r", updated_at_ms: 50_000 }]);
});

test("rows hold the documents: registries without their profiles, profiles one by one", async () => {
  const path = join(tempDirectory(), "profiles.db");
  const store = await openStore(path);
  await write(store, createRegistry("r"), createProfile("r", "a"));
  const db = openByHand(path);
  const { registry, profiles } = await store.read("r", ["a"]);
  const payloads = (table: string): unknown[] =>
    db
      .prepare<[], string>(`SELECT payload_json FROM ${table}`)
      .pluck()
      .all()
      .map((text) => JSON.parse(String(text)));
  expect(payloads("profile_registries")).toEqual([registry]);
  expect(payloads("profiles")).toEqual(profiles);
});

test("no write-ahead log is left after the last close, and a plain copy of the file has everything", async () => {
  const path = join(tempDirectory(), "profiles.db");
  const stores = [await openStore(path), await openStore(path)];
  await write(stores[0]!, createRegistry("r"), createProfile("r", "a"));
  await write(stores[1]!, createProfile("r", "b", { runtime: { system_prompt: "x".repeat(100_000) } }));
  for (const store of stores) await store.close();
  expect(existsSync(`${path}-wal`) ? statSync(`${path}-wal`).size : 0).toBe(0);
  const copy = `${path}.copy`;
  copyFileSync(path, copy);
  const opened = await openStore(copy);
  expect(await slugsOf(opened, "r")).toEqual(["a", "b"]);
  expect((await findProfile(opened, "r", "b"))?.runtime.system_prompt).toHaveLength(100_000);
  expect(await opened.revision()).toBe(3);
});

test("a close leaves the other connections their data", async () => {
  const path = join(tempDirectory(), "profiles.db");
  const [one, other] = [await openStore(path), await openStore(path)];
  await write(one, createRegistry("r"), createProfile("r", "a"));
  await one.close();
  await write(other, createProfile("r", "b"));
  expect(await slugsOf(other, "r")).toEqual(["a", "b"]);
});

test("a close while another connection reads and writes is made all the same", async () => {
  const path = join(tempDirectory(), "profiles.db");
  const store = await openStore(path, { busyTimeoutMs: 100 });
  await write(store, createRegistry("r"));
  const hand = openByHand(path);
  hand.exec("BEGIN IMMEDIATE; SELECT * FROM log");
  await store.close();
  hand.exec("COMMIT");
  expect(hand.prepare("SELECT count(*) FROM log").pluck().get()).toBe(1);
});

test("closing twice is closing once", async () => {
  const store = await openStore(join(tempDirectory(), "profiles.db"));
  await store.close();
  await store.close();
});
