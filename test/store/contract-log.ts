import { describe, expect } from "vitest";
import type { Profile } from "../../src/domain/document.js";
import type { LogQuery } from "../../src/store/store.js";
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
      expect(await store.readLog({ after: 1, limit: 10 })).toMatchObject([
        { profile: "a", registryVersion: 2 },
      ]);
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

    test("is asked for by registry, by profile, and by version", async ({ store }) => {
      await write(store, createRegistry("r"), createProfile("r", "a"), createProfile("r", "b"));
      await write(store, updateProfile("r", "a"), createRegistry("s"), createProfile("s", "a"));
      const revisions = async (query: Omit<LogQuery, "limit">): Promise<number[]> =>
        (await store.readLog({ ...query, limit: 10 })).map((entry) => entry.revision);
      expect(await revisions({ registry: "s" })).toEqual([5, 6]);
      expect(await revisions({ registry: "r", profile: "a" })).toEqual([2, 4]);
      expect(await revisions({ registry: "r", profile: "a", version: 2 })).toEqual([4]);
      expect(await revisions({ registry: "r", before: 4, after: 1 })).toEqual([2, 3]);
    });

    test("can be read from the newest back", async ({ store }) => {
      await write(store, createRegistry("r"), createProfile("r", "a"), createProfile("r", "b"));
      const log = await store.readLog({ before: 3, newestFirst: true, limit: 10 });
      expect(log.map((entry) => entry.revision)).toEqual([2, 1]);
    });

    test("brings documents as they were, where they are asked for", async ({ store }) => {
      await write(store, createRegistry("r"), createProfile("r", "a", { description: "one" }));
      await write(store, updateProfile("r", "a", { description: "two" }));
      await write(store, deleteProfile("r", "a"));
      const query = { registry: "r", profile: "a", limit: 10 };
      const log = await store.readLog({ ...query, documents: true });
      expect(
        log.map(({ document }) => document && "description" in document && document.description),
      ).toEqual(["one", "two", undefined]);
      expect((log[1]!.document as Profile).metadata.version).toBe(2);
      expect(await store.readLog({ ...query, documents: true, writesOnly: true })).toHaveLength(2);
      for (const entry of await store.readLog(query)) expect(entry).not.toHaveProperty("document");
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
