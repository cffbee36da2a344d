import { describe, expect } from "vitest";
import { REMEMBERED_MS } from "../../src/store/store.js";
import { commitOf, createProfile, createRegistry, expecting, findRegistry, write } from "./documents.js";
import { type OpenStore, storeTest } from "./store-test.js";

const keyed = (key: string, timeMs = 1_000) => ({
  timeMs,
  remember: { key, request: "hash", given: { some: ["data"] } },
});

export function rememberContract(open: OpenStore): void {
  const test = storeTest(open);

  describe("dry runs", () => {
    test("give the versions that the commit would give, at the revision it was tried at", async ({
      store,
    }) => {
      await write(store, createRegistry("r"));
      const tried = await store.commit({ ...commitOf([createProfile("r", "a")]), dryRun: true });
      expect(tried).toMatchObject({ committed: true, revision: 1, versions: [1] });
      expect(tried.committed && tried.registries[0]?.metadata.version).toBe(2);
    });

    test("store nothing", async ({ store }) => {
      await write(store, createRegistry("r"));
      await store.commit({ ...commitOf([createProfile("r", "a")]), dryRun: true });
      expect(await store.read("r", ["a"])).toMatchObject({ revision: 1, profiles: [undefined] });
      expect((await findRegistry(store, "r"))?.metadata.version).toBe(1);
      expect(await store.readLog({ after: 1, limit: 10 })).toEqual([]);
      expect(await write(store, createProfile("r", "a"))).toMatchObject({ revision: 2, versions: [1] });
    });

    test("meet the conflicts of the commit", async ({ store }) => {
      const request = expecting([{ registry: "r", version: 3 }], createRegistry("r"));
      expect(await store.commit({ ...request, dryRun: true })).toMatchObject({ committed: false, actual: 0 });
    });
  });

  describe("outcomes kept under a key", () => {
    test("come back as they were, with what was given", async ({ store }) => {
      const outcome = await store.commit(commitOf([createRegistry("r")], keyed("k")));
      expect(await store.recall("k", 2_000)).toEqual({
        request: "hash",
        given: { some: ["data"] },
        committed: outcome,
      });
    });

    test("keep a second commit with the key from being applied", async ({ store }) => {
      await store.commit(commitOf([createRegistry("r")], keyed("k")));
      expect(await store.commit(commitOf([createRegistry("other")], keyed("k")))).toEqual({
        committed: false,
      });
      expect(await findRegistry(store, "other")).toBeUndefined();
    });

    test("are not kept of a commit that was refused", async ({ store }) => {
      const refused = expecting([{ registry: "r", version: 3 }], createRegistry("r"));
      await store.commit({ ...refused, ...keyed("k") });
      expect(await store.recall("k", 2_000)).toBeUndefined();
    });

    test("are not kept of a dry run", async ({ store }) => {
      await store.commit({ ...commitOf([createRegistry("r")], keyed("k")), dryRun: true });
      expect(await store.recall("k", 2_000)).toBeUndefined();
    });

    test("are forgotten after their time, and the key is free again", async ({ store }) => {
      await store.commit(commitOf([createRegistry("r")], keyed("k", 1_000)));
      expect(await store.recall("k", 1_000 + REMEMBERED_MS - 1)).toBeDefined();
      expect(await store.recall("k", 1_000 + REMEMBERED_MS)).toBeUndefined();
      const again = await store.commit(commitOf([createRegistry("s")], keyed("k", 1_000 + REMEMBERED_MS)));
      expect(again).toMatchObject({ committed: true });
    });
  });
}
