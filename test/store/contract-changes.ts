import { describe, expect } from "vitest";
import {
  createProfile,
  createRegistry,
  deleteProfile,
  deleteRegistry,
  expecting,
  updateProfile,
  updateRegistry,
  write,
} from "./documents.js";
import { type OpenStore, storeTest } from "./store-test.js";

export function changesContract(open: OpenStore): void {
  const test = storeTest(open);

  describe("changes since a revision", () => {
    test("are none when nothing was written after it", async ({ store }) => {
      expect(await store.changesSince(0)).toEqual({ revision: 0, changed: [] });
      await write(store, createRegistry("r"));
      expect(await store.changesSince(1)).toEqual({ revision: 1, changed: [] });
    });

    test("are none after a refused commit", async ({ store }) => {
      await write(store, createRegistry("r"));
      await store.commit(expecting([{ registry: "r", version: 9 }], updateRegistry("r")));
      expect(await store.changesSince(1)).toEqual({ revision: 1, changed: [] });
    });

    test("of a profile name it and its registry, which moved with it, and nothing else", async ({
      store,
    }) => {
      await write(store, createRegistry("r"), createProfile("r", "a"), createProfile("r", "b"));
      await write(store, createRegistry("s"), createProfile("s", "a"));
      await write(store, updateProfile("r", "a"));
      const { revision, changed } = await store.changesSince(5);
      expect(revision).toBe(6);
      expect(changed).toHaveLength(2);
      expect(changed).toEqual(expect.arrayContaining([{ registry: "r" }, { registry: "r", profile: "a" }]));
    });

    test("of a registry name it alone", async ({ store }) => {
      await write(store, createRegistry("r"), createProfile("r", "a"));
      await write(store, updateRegistry("r"));
      expect(await store.changesSince(2)).toEqual({ revision: 3, changed: [{ registry: "r" }] });
    });

    test("name what was deleted", async ({ store }) => {
      await write(store, createRegistry("r"), createProfile("r", "a"));
      await write(store, deleteProfile("r", "a"), deleteRegistry("r"));
      const { changed } = await store.changesSince(2);
      expect(changed).toEqual(expect.arrayContaining([{ registry: "r" }, { registry: "r", profile: "a" }]));
    });

    test("name a document once, however often it changed", async ({ store }) => {
      await write(store, createRegistry("r"));
      for (let i = 0; i < 5; i++) await write(store, updateRegistry("r"));
      expect(await store.changesSince(1)).toEqual({ revision: 6, changed: [{ registry: "r" }] });
    });

    test("are told again to whoever asks again", async ({ store }) => {
      await write(store, createRegistry("r"));
      await write(store, updateRegistry("r"));
      const first = await store.changesSince(1);
      expect(await store.changesSince(1)).toEqual(first);
    });

    test("are anything for who has seen nothing yet", async ({ store }) => {
      await write(store, createRegistry("r"));
      expect(await store.changesSince(-1)).toEqual({ revision: 1, changed: "all" });
    });

    test("are not denied while there are some, and denied once they are told", async ({ store }) => {
      await write(store, createRegistry("r"));
      await store.changesSince(-1);
      expect(store.isUnchangedSince(1)).toBe(true);
      await write(store, updateRegistry("r"));
      expect(store.isUnchangedSince(1)).toBe(false);
      await store.changesSince(1);
      expect([1, 2, 3].map(store.isUnchangedSince)).toEqual([false, true, false]);
    });

    test("are not denied before the first look, nor when the store is closed", async ({ store }) => {
      expect(store.isUnchangedSince(-1)).toBe(false);
      await store.changesSince(-1);
      await store.close();
      expect(store.isUnchangedSince(0)).toBe(false);
    });

    test("are anything when the store is behind that revision, as after a restore", async ({ store }) => {
      await write(store, createRegistry("r"));
      expect(await store.changesSince(7)).toEqual({ revision: 1, changed: "all" });
    });
  });
}
