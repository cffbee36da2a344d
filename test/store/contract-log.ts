import { describe, expect } from "vitest";
import {
  commitOf,
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

export function logContract(open: OpenStore): void {
  const test = storeTest(open);

  describe("the log", () => {
    test("of a store never written is empty", async ({ store }) => {
      expect(await store.readLog({ after: 0, limit: 10 })).toEqual([]);
    });

    test("has one entry per changed document, in order, with the last revision of its commit", async ({
      store,
    }) => {
      await write(store, createRegistry("r"), createProfile("r", "a"), createProfile("r", "b"));
      await write(store, updateProfile("r", "b"));
      const log = await store.readLog({ after: 0, limit: 10 });
      expect(
        log.map((entry) => [entry.revision, entry.commitRevision, entry.registry, entry.profile]),
      ).toEqual([
        [1, 3, "r", undefined],
        [2, 3, "r", "a"],
        [3, 3, "r", "b"],
        [4, 4, "r", "b"],
      ]);
    });

    test("tells what was done, when, by whom, over which edge, and the versions after it", async ({
      store,
    }) => {
      await write(store, createRegistry("r"), createProfile("r", "a"));
      await store.commit(commitOf([updateProfile("r", "a")], { timeMs: 7_000, actor: "bøb", source: "cli" }));
      expect(await store.readLog({ after: 2, limit: 10 })).toEqual([
        {
          revision: 3,
          commitRevision: 3,
          timeMs: 7_000,
          actor: "bøb",
          source: "cli",
          operation: "update_profile",
          registry: "r",
          profile: "a",
          version: 2,
          registryVersion: 2,
        },
      ]);
    });

    test("does not name a profile for changes of a registry", async ({ store }) => {
      await write(store, createRegistry("r"));
      const [entry] = await store.readLog({ after: 0, limit: 1 });
      expect(entry).not.toHaveProperty("profile");
      expect(entry).toMatchObject({ operation: "create_registry", version: 1, registryVersion: 1 });
    });

    test("has no entry for a registry that only moved with a profile", async ({ store }) => {
      await write(store, createRegistry("r"));
      await write(store, createProfile("r", "a"));
      expect(await store.readLog({ after: 1, limit: 10 })).toMatchObject([{ profile: "a", registryVersion: 2 }]);
    });

    test("keeps deletes, with the last version of what was deleted", async ({ store }) => {
      await write(store, createRegistry("r"), createProfile("r", "a"));
      await write(store, updateProfile("r", "a"));
      const { versions } = await write(store, deleteProfile("r", "a"), deleteRegistry("r"));
      const log = await store.readLog({ after: 3, limit: 10 });
      expect(log).toMatchObject([
        { operation: "delete_profile", profile: "a", version: 2, registryVersion: 2 },
        { operation: "delete_registry", registry: "r", version: 2, registryVersion: 2 },
      ]);
      expect(log.map((entry) => entry.version)).toEqual(versions);
    });

    test("counts revisions without gaps, whatever was refused meanwhile", async ({ store }) => {
      await write(store, createRegistry("r"), createProfile("r", "a"));
      for (let i = 0; i < 5; i++) {
        await store.commit(expecting([{ registry: "r", version: 99 }], updateRegistry("r")));
        await store.commit(commitOf([createProfile("none", "x")])).catch(() => undefined);
        await write(store, updateProfile("r", "a"), updateRegistry("r"));
      }
      const log = await store.readLog({ after: 0, limit: 100 });
      expect(log.map((entry) => entry.revision)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
      expect(await store.revision()).toBe(12);
    });

    test("is read from after a revision, up to a limit, oldest first", async ({ store }) => {
      await write(store, createRegistry("r"));
      for (let i = 0; i < 6; i++) await write(store, updateRegistry("r"));
      expect((await store.readLog({ after: 2, limit: 3 })).map((entry) => entry.revision)).toEqual([3, 4, 5]);
      expect((await store.readLog({ after: 6, limit: 3 })).map((entry) => entry.revision)).toEqual([7]);
      expect(await store.readLog({ after: 7, limit: 3 })).toEqual([]);
    });
  });
}
