/** Rollout rows that cannot be read count as none, are told of, and can be written anew (spec 5.1). */
import { join } from "node:path";
import { expect, test } from "vitest";
import { createDocumentCache } from "../../src/store/document-cache.js";
import {
  createProfile,
  createRegistry,
  createRollout,
  deleteRegistry,
  deleteRollout,
  expecting,
  findRollout,
  updateRollout,
  write,
} from "./documents.js";
import { openByHand, openStore, tempDirectory } from "./temp.js";

async function stored() {
  const path = join(tempDirectory(), "profiles.db");
  const store = await openStore(path);
  await write(store, createRegistry("r"), createProfile("r", "a"));
  await write(store, createRollout("r", "fast"), createRollout("r", "other"));
  const hand = openByHand(path);
  const sound = JSON.stringify(await findRollout(store, "r", "fast"));
  return {
    store,
    sound,
    hand,
    set: (payload: string) =>
      hand.prepare("UPDATE rollouts SET payload_json = ? WHERE mode = 'fast'").run(payload),
  };
}

const sound = { registry: "r", mode: "fast", percentage: 5, version: 1 };

test.each([
  ["broken JSON", '{"mode": "fast",'],
  ["no text at all", ""],
  ["JSON that is no object", "[]"],
  ["a rollout of another mode", JSON.stringify({ ...sound, mode: "other" })],
  ["a rollout of another registry", JSON.stringify({ ...sound, registry: "s" })],
  ["a flag of the wrong type", JSON.stringify({ ...sound, runtime_enabled: "yes" })],
  ["a percentage of the wrong type", JSON.stringify({ ...sound, percentage: "5" })],
  ["thresholds of the wrong type", JSON.stringify({ ...sound, thresholds: [] })],
])("a row that holds %s is none, and reported", async (_, payload) => {
  const { store, set } = await stored();
  set(payload);
  const found = await store.read("r", ["a"]);
  expect(found.rollouts.map(({ mode }) => mode)).toEqual(["other"]);
  expect(found.profiles[0]?.slug).toBe("a");
  expect(store.unreadable()).toEqual(["r/rollouts/fast"]);
});

test("it is written anew where none is expected, and its versions go on", async () => {
  const { store, set } = await stored();
  await write(store, updateRollout("r", "fast"));
  set("{");
  const commit = (version: number) =>
    store.commit(expecting([{ registry: "r", mode: "fast", version }], updateRollout("r", "fast")));
  expect(await commit(2)).toMatchObject({ committed: false, actual: 0 });
  expect(await commit(0)).toMatchObject({ committed: true, versions: [3] });
  expect(store.unreadable()).toEqual([]);
  expect((await findRollout(store, "r", "fast"))?.version).toBe(3);
});

test.each([
  ["the rollout", () => [deleteRollout("r", "fast")]],
  ["its registry", () => [{ ...deleteRegistry("r") }]],
])("it goes with a delete of %s, and is no longer reported", async (what, changes) => {
  const { store, set } = await stored();
  set("{");
  await store.read("r", []);
  if (what === "its registry")
    await write(store, { operation: "delete_profile", registry: "r", deleteProfile: "a" });
  await write(store, ...changes());
  expect(store.unreadable()).toEqual([]);
});

test("mended by hand it is read again", async () => {
  const { store, set, sound } = await stored();
  set("{");
  await store.read("r", []);
  set(sound);
  expect(store.unreadable()).toEqual([]);
  expect(await findRollout(store, "r", "fast")).toMatchObject({ version: 1 });
});

test("a decision goes on without it, and sees it as soon as it is mended", async () => {
  const { store, set, sound } = await stored();
  const documents = createDocumentCache(store);
  const modes = () => documents.decide((view) => view.rollouts("r").map(({ mode }) => mode));
  expect(await modes()).toEqual(["fast", "other"]);
  set("{");
  expect(await modes()).toEqual(["other"]);
  expect(await documents.decide((view) => view.registry("r")?.slug)).toBe("r");
  set(sound);
  expect(await modes()).toEqual(["fast", "other"]);
});

test("in the log it is an entry without its document", async () => {
  const { store, hand } = await stored();
  hand.exec("UPDATE log SET payload_json = '{' WHERE mode = 'fast'");
  const [entry] = await store.readLog({ registry: "r", mode: "fast", documents: true, limit: 1 });
  expect(entry).toMatchObject({ operation: "create_rollout", mode: "fast", version: 1 });
  expect(entry).not.toHaveProperty("document");
});
