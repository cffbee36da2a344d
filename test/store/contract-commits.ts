import { describe, expect } from "vitest";
import type { Store } from "../../src/store/store.js";
import {
  commitOf,
  createProfile,
  createRegistry,
  deleteProfile,
  deleteRegistry,
  expecting,
  findProfile,
  findRegistry,
  slugsOf,
  updateProfile,
  updateRegistry,
  write,
} from "./documents.js";
import { type OpenStore, storeTest } from "./store-test.js";

export function commitsContract(open: OpenStore): void {
  const test = storeTest(open);

  describe("commits", () => {
    test("a store never written has revision 0 and no documents", async ({ store }) => {
      expect(await store.revision()).toBe(0);
      expect(await store.read("r", ["p"])).toEqual({
        revision: 0,
        registry: undefined,
        profiles: [undefined],
        rollouts: [],
      });
      expect(await store.listRegistries()).toEqual({ revision: 0, registries: [], unreadable: [] });
    });

    test("documents are read together, in the order asked for", async ({ store }) => {
      await write(store, createRegistry("r"), createProfile("r", "a"), createProfile("r", "b"));
      const found = await store.read("r", ["b", "none", "a"]);
      expect(found.revision).toBe(3);
      expect(found.registry?.slug).toBe("r");
      expect(found.profiles.map((profile) => profile?.slug)).toEqual(["b", undefined, "a"]);
    });

    test("a commit answers its last revision, the versions it gave, and the registries it moved", async ({
      store,
    }) => {
      await write(store, createRegistry("r"), createRegistry("other"));
      const committed = await write(store, createProfile("r", "a"), createProfile("r", "b"));
      expect(committed).toMatchObject({ committed: true, revision: 4, versions: [1, 1] });
      expect(committed.registries).toEqual([await findRegistry(store, "r")]);
    });

    test("a registry changed twice in one commit is answered once, as it is afterwards", async ({
      store,
    }) => {
      const { registries } = await write(
        store,
        createRegistry("r", { display_name: "first" }),
        createProfile("r", "a"),
        updateRegistry("r", { display_name: "last" }),
      );
      expect(registries).toEqual([await findRegistry(store, "r")]);
      expect(registries[0]?.display_name).toBe("last");
    });

    test("a registry that a commit deletes is not among those it moved", async ({ store }) => {
      await write(store, createRegistry("r"), createProfile("r", "a"));
      const { registries } = await write(
        store,
        updateRegistry("r"),
        deleteProfile("r", "a"),
        deleteRegistry("r"),
      );
      expect(registries).toEqual([]);
    });

    test("a commit without changes changes nothing", async ({ store }) => {
      await write(store, createRegistry("r"));
      expect(await write(store)).toEqual({ committed: true, revision: 1, versions: [], registries: [] });
      expect(await store.revision()).toBe(1);
    });

    test("nothing of a commit is applied when its last expectation does not hold", async ({ store }) => {
      await write(store, createRegistry("r"), createProfile("r", "a", { display_name: "before" }));
      const outcome = await store.commit(
        expecting(
          [
            { registry: "r", version: 1 },
            { registry: "r", profile: "a", version: 7 },
          ],
          updateProfile("r", "a", { display_name: "after" }),
          createProfile("r", "b"),
        ),
      );
      expect(outcome).toEqual({
        committed: false,
        expectation: { registry: "r", profile: "a", version: 7 },
        actual: 1,
      });
      await expectUntouched(store);
    });

    test("nothing of a commit is applied when one of its changes cannot be", async ({ store }) => {
      await write(store, createRegistry("r"), createProfile("r", "a", { display_name: "before" }));
      const commit = commitOf([
        updateProfile("r", "a", { display_name: "after" }),
        createProfile("no-such-registry", "b"),
      ]);
      await expect(store.commit(commit)).rejects.toThrow();
      await expectUntouched(store);
    });

    test("a registry is not deleted while it has profiles", async ({ store }) => {
      await write(store, createRegistry("r"), createProfile("r", "a", { display_name: "before" }));
      await expect(store.commit(commitOf([deleteRegistry("r")]))).rejects.toThrow();
      await expectUntouched(store);
    });

    test("a commit that failed takes no versions and no revisions", async ({ store }) => {
      await write(store, createRegistry("r"), createProfile("r", "a"));
      const failing = commitOf([updateProfile("r", "a"), createProfile("no-such-registry", "b")]);
      await store.commit(failing).catch(() => undefined);
      await store.commit(expecting([{ registry: "r", version: 9 }], updateProfile("r", "a")));
      const committed = await write(store, updateProfile("r", "a"));
      expect(committed).toMatchObject({ revision: 3, versions: [2] });
      expect(committed.registries[0]?.metadata.version).toBe(2);
    });

    test("changes are applied in order: profiles follow their registry, and leave before it", async ({
      store,
    }) => {
      await write(store, createRegistry("r"), createProfile("r", "a"));
      await write(
        store,
        deleteProfile("r", "a"),
        deleteRegistry("r"),
        createRegistry("s"),
        createProfile("s", "a"),
      );
      expect((await store.listRegistries()).registries.map(({ slug }) => slug)).toEqual(["s"]);
      expect(await slugsOf(store, "s")).toEqual(["a"]);
    });
  });

  describe("expectations", () => {
    test("of the version that is stored hold", async ({ store }) => {
      await write(store, createRegistry("r"), createProfile("r", "a"));
      await write(store, updateProfile("r", "a"));
      const outcome = await store.commit(
        expecting(
          [
            { registry: "r", profile: "a", version: 2 },
            { registry: "r", version: 2 },
          ],
          updateProfile("r", "a"),
        ),
      );
      expect(outcome).toMatchObject({ committed: true, versions: [3] });
    });

    test("of an older version name the version that is there", async ({ store }) => {
      await write(store, createRegistry("r"), createProfile("r", "a"));
      await write(store, updateProfile("r", "a"));
      const expectation = { registry: "r", version: 1 };
      expect(await store.commit(expecting([expectation], updateRegistry("r")))).toEqual({
        committed: false,
        expectation,
        actual: 2,
      });
    });

    test("are answered by the first that does not hold", async ({ store }) => {
      await write(store, createRegistry("r"), createProfile("r", "a"));
      const outcome = await store.commit(
        expecting(
          [
            { registry: "r", version: "exists" },
            { registry: "r", profile: "a", version: 0 },
            { registry: "r", profile: "b", version: 5 },
          ],
          updateProfile("r", "a"),
        ),
      );
      expect(outcome).toMatchObject({ expectation: { profile: "a", version: 0 }, actual: 1 });
    });

    for (const [what, key] of [
      ["a profile", { registry: "r", profile: "gone" }],
      ["a registry", { registry: "gone" }],
      ["a profile of a registry that is not there", { registry: "gone", profile: "gone" }],
    ] as const) {
      test(`of version 0 hold for ${what} never written`, async ({ store }) => {
        await write(store, createRegistry("r"));
        const outcome = await store.commit(expecting([{ ...key, version: 0 }], updateRegistry("r")));
        expect(outcome.committed).toBe(true);
      });

      test(`of version 0 hold for ${what} deleted since`, async ({ store }) => {
        await write(store, createRegistry("r"), createProfile("r", "gone"));
        await write(store, createRegistry("gone"), createProfile("gone", "gone"));
        await write(store, deleteProfile("r", "gone"), deleteProfile("gone", "gone"), deleteRegistry("gone"));
        const outcome = await store.commit(expecting([{ ...key, version: 0 }], updateRegistry("r")));
        expect(outcome.committed).toBe(true);
      });

      test(`that ${what} exists fail, with version 0 found, when it does not`, async ({ store }) => {
        await write(store, createRegistry("r"));
        const expectation = { ...key, version: "exists" as const };
        expect(await store.commit(expecting([expectation], updateRegistry("r")))).toEqual({
          committed: false,
          expectation,
          actual: 0,
        });
      });
    }

    test("of the version that a document had before its deletion fail, with version 0 found", async ({
      store,
    }) => {
      await write(store, createRegistry("r"), createProfile("r", "a"));
      await write(store, deleteProfile("r", "a"));
      const outcome = await store.commit(
        expecting([{ registry: "r", profile: "a", version: 1 }], updateProfile("r", "a")),
      );
      expect(outcome).toMatchObject({ committed: false, actual: 0 });
    });

    test("that a document exists hold for any version", async ({ store }) => {
      await write(store, createRegistry("r"), createProfile("r", "a"));
      await write(store, updateProfile("r", "a"));
      const expectAny = [
        { registry: "r", version: "exists" as const },
        { registry: "r", profile: "a", version: "exists" as const },
      ];
      expect((await store.commit(expecting(expectAny, updateProfile("r", "a")))).committed).toBe(true);
    });

    for (const [what, expectation, change] of [
      ["create a profile", { registry: "r", profile: "new", version: 0 }, createProfile("r", "new")],
      ["update a profile", { registry: "r", profile: "a", version: 1 }, updateProfile("r", "a")],
      ["delete a profile", { registry: "r", profile: "a", version: 1 }, deleteProfile("r", "a")],
      ["create a registry", { registry: "new", version: 0 }, createRegistry("new")],
      ["update a registry", { registry: "r", version: 1 }, updateRegistry("r")],
      ["delete a registry", { registry: "empty", version: 1 }, deleteRegistry("empty")],
    ] as const) {
      test(`let exactly one of many concurrent commits ${what}`, async ({ store }) => {
        await write(store, createRegistry("r"), createProfile("r", "a"), createRegistry("empty"));
        const revision = await store.revision();
        const outcomes = await Promise.all(
          Array.from({ length: 20 }, () => store.commit(expecting([expectation], change))),
        );
        expect(outcomes.filter((outcome) => outcome.committed)).toHaveLength(1);
        expect(await store.revision()).toBe(revision + 1);
      });
    }
  });
}

async function expectUntouched(store: Store): Promise<void> {
  expect(await store.revision()).toBe(2);
  expect(await store.readLog({ after: 2, limit: 100 })).toEqual([]);
  expect((await findRegistry(store, "r"))?.metadata.version).toBe(1);
  expect((await findProfile(store, "r", "a"))?.display_name).toBe("before");
  expect(await slugsOf(store, "r")).toEqual(["a"]);
}
