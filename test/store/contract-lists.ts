import { describe, expect } from "vitest";
import type { ProfilePage } from "../../src/store/store.js";
import {
  createProfile,
  createRegistry,
  deleteProfile,
  deleteRegistry,
  slugsOf,
  updateProfile,
  updateRegistry,
  write,
} from "./documents.js";
import { type OpenStore, storeTest } from "./store-test.js";

const slugsOn = (page: ProfilePage): string[] => page.profiles.map((profile) => profile.slug);

export function listsContract(open: OpenStore): void {
  const test = storeTest(open);

  describe("lists of registries", () => {
    test("are sorted by slug and tell their revision", async ({ store }) => {
      for (const slug of ["b", "a-1", "a.1", "10", "a", "a_1", "2"]) await write(store, createRegistry(slug));
      await write(store, deleteRegistry("b"));
      const { revision, registries } = await store.listRegistries();
      expect(revision).toBe(8);
      expect(registries.map(({ slug }) => slug)).toEqual(["10", "2", "a", "a-1", "a.1", "a_1"]);
    });

    test("hold the registries as they are", async ({ store }) => {
      await write(store, createRegistry("r", { display_name: "before" }));
      await write(store, updateRegistry("r", { display_name: "after" }));
      const { registries } = await store.listRegistries();
      expect(registries).toEqual([(await store.read("r", [])).registry]);
    });
  });

  describe("lists of profiles", () => {
    test("of a registry that is not there are empty", async ({ store }) => {
      expect(await store.listProfiles("none", { at: 0, limit: 10 })).toEqual({
        profiles: [],
        unreadable: [],
        more: false,
      });
    });

    test("are sorted by slug and hold whole documents", async ({ store }) => {
      await write(
        store,
        createRegistry("r"),
        ...["b", "a-1", "a.1", "10", "a", "a_1", "2"].map((slug) => createProfile("r", slug)),
      );
      const { profiles } = await store.listProfiles("r", { at: 8, limit: 10 });
      expect(profiles.map(({ slug }) => slug)).toEqual(["10", "2", "a", "a-1", "a.1", "a_1", "b"]);
      expect(profiles[6]).toEqual((await store.read("r", ["b"])).profiles[0]);
    });

    test("hold one registry's profiles alone", async ({ store }) => {
      await write(store, createRegistry("r"), createRegistry("s"), createProfile("r", "a"));
      await write(store, createProfile("s", "b"));
      expect([await slugsOf(store, "r"), await slugsOf(store, "s")]).toEqual([["a"], ["b"]]);
    });

    test("page on from the last slug, and tell whether more follow", async ({ store }) => {
      await write(
        store,
        createRegistry("r"),
        ...["a", "b", "c", "d"].map((slug) => createProfile("r", slug)),
      );
      const first = await store.listProfiles("r", { at: 5, limit: 2 });
      const second = await store.listProfiles("r", { at: 5, limit: 2, after: "b" });
      const third = await store.listProfiles("r", { at: 5, limit: 2, after: "d" });
      expect([first, second, third].map(slugsOn)).toEqual([["a", "b"], ["c", "d"], []]);
      expect([first, second, third].map(({ more }) => more)).toEqual([true, false, false]);
    });

    test("page on from a slug that is not there", async ({ store }) => {
      await write(store, createRegistry("r"), createProfile("r", "a"), createProfile("r", "c"));
      expect(await slugsOf(store, "r", { after: "b" })).toEqual(["c"]);
    });

    test("hold only profiles with the text that is asked for, as they were at the revision", async ({
      store,
    }) => {
      await write(
        store,
        createRegistry("r"),
        createProfile("r", "a", { display_name: "50% off_er" }),
        createProfile("r", "b", { description: "an Offer" }),
      );
      const at = await store.revision();
      await write(store, createProfile("r", "offer"));
      expect(await slugsOf(store, "r", { text: "OFF" })).toEqual(["a", "b", "offer"]);
      expect(await slugsOf(store, "r", { text: "offer" })).toEqual(["b", "offer"]);
      expect(await slugsOf(store, "r", { text: "%" })).toEqual(["a"]);
      const then = await store.listProfiles("r", { at, limit: 10, text: "offer" });
      expect(then.profiles.map(({ slug }) => slug)).toEqual(["b"]);
    });

    test("hold only profiles with the tag that is asked for, to the letter", async ({ store }) => {
      await write(
        store,
        createRegistry("r"),
        createProfile("r", "a", { tags: ["x", "y"] }),
        createProfile("r", "b", { tags: ["xx", "X"] }),
        createProfile("r", "c"),
        createProfile("r", "d", { tags: ["y", 'ü "q" \\'] }),
      );
      expect(await slugsOf(store, "r", { tag: "x" })).toEqual(["a"]);
      expect(await slugsOf(store, "r", { tag: "y" })).toEqual(["a", "d"]);
      expect(await slugsOf(store, "r", { tag: 'ü "q" \\' })).toEqual(["d"]);
      expect(await slugsOf(store, "r", { tag: "none" })).toEqual([]);
    });

    test("page over the profiles with a tag, however far apart they are", async ({ store }) => {
      const slugs = Array.from({ length: 1_300 }, (_, i) => `p-${String(i).padStart(4, "0")}`);
      const tagged = ["p-0003", "p-0004", "p-0650", "p-1299"];
      await write(
        store,
        createRegistry("r"),
        ...slugs.map((slug) => createProfile("r", slug, tagged.includes(slug) ? { tags: ["x"] } : {})),
      );
      const at = await store.revision();
      const first = await store.listProfiles("r", { at, limit: 3, tag: "x" });
      const second = await store.listProfiles("r", { at, limit: 3, tag: "x", after: "p-0650" });
      expect([first, second].map(slugsOn)).toEqual([["p-0003", "p-0004", "p-0650"], ["p-1299"]]);
      expect([first.more, second.more]).toEqual([true, false]);
    });

    test("page over the profiles left of many deleted since", async ({ store }) => {
      const slugs = Array.from({ length: 1_300 }, (_, i) => `p-${String(i).padStart(4, "0")}`);
      await write(store, createRegistry("r"), ...slugs.map((slug) => createProfile("r", slug)));
      await write(store, ...slugs.slice(1, -1).map((slug) => deleteProfile("r", slug)));
      const at = await store.revision();
      await write(store, deleteProfile("r", "p-1299"));
      expect(await slugsOf(store, "r", { at, limit: 10 })).toEqual(["p-0000", "p-1299"]);
      expect(await slugsOf(store, "r", { limit: 10 })).toEqual(["p-0000"]);
      expect(await slugsOf(store, "r", { at: at - 1, limit: 2 })).toHaveLength(2);
    });

    test("of one revision fit together, page by page, whatever is written meanwhile", async ({ store }) => {
      await write(
        store,
        createRegistry("r"),
        ...["a", "b", "c", "d"].map((slug) => createProfile("r", slug)),
      );
      const at = await store.revision();
      const first = await store.listProfiles("r", { at, limit: 2 });
      await write(store, deleteProfile("r", "c"), createProfile("r", "bb"), updateProfile("r", "d"));
      const second = await store.listProfiles("r", { at, limit: 2, after: "b" });
      expect([...slugsOn(first), ...slugsOn(second)]).toEqual(["a", "b", "c", "d"]);
      expect(second.profiles.map((profile) => profile.metadata.version)).toEqual([1, 1]);
    });
  });

  describe("lists of profiles at an earlier revision", () => {
    test("hold profiles as they were before they were changed", async ({ store }) => {
      await write(
        store,
        createRegistry("r"),
        createProfile("r", "a", { display_name: "before", tags: ["old"] }),
      );
      await write(store, updateProfile("r", "a", { display_name: "after", tags: ["new"] }));
      const { profiles } = await store.listProfiles("r", { at: 2, limit: 10 });
      expect(profiles).toMatchObject([{ display_name: "before", metadata: { version: 1 } }]);
      expect(await slugsOf(store, "r", { at: 2, tag: "old" })).toEqual(["a"]);
      expect(await slugsOf(store, "r", { at: 2, tag: "new" })).toEqual([]);
      expect(await slugsOf(store, "r", { tag: "new" })).toEqual(["a"]);
    });

    test("hold profiles deleted since, and not those created since", async ({ store }) => {
      await write(store, createRegistry("r"), createProfile("r", "a"));
      await write(store, deleteProfile("r", "a"), createProfile("r", "b"));
      expect(await slugsOf(store, "r", { at: 2 })).toEqual(["a"]);
      expect(await slugsOf(store, "r", { at: 1 })).toEqual([]);
    });

    test("leave out profiles that were deleted then and are there again", async ({ store }) => {
      await write(store, createRegistry("r"), createProfile("r", "a"));
      await write(store, deleteProfile("r", "a"));
      await write(store, createProfile("r", "a"));
      expect(await slugsOf(store, "r", { at: 2 })).toEqual(["a"]);
      expect(await slugsOf(store, "r", { at: 3 })).toEqual([]);
      expect(await slugsOf(store, "r", { at: 4 })).toEqual(["a"]);
    });

    test("hold the profiles of a registry that is gone", async ({ store }) => {
      await write(store, createRegistry("r"), createProfile("r", "a"));
      await write(store, deleteProfile("r", "a"), deleteRegistry("r"));
      expect(await slugsOf(store, "r", { at: 2 })).toEqual(["a"]);
      expect(await slugsOf(store, "r")).toEqual([]);
    });
  });
}
