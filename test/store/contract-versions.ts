import { describe, expect } from "vitest";
import type { Profile, Registry } from "../../src/domain/document.js";
import type { Store } from "../../src/store/store.js";
import {
  commitOf,
  createProfile,
  createRegistry,
  deleteProfile,
  deleteRegistry,
  findProfile,
  findRegistry,
  updateProfile,
  updateRegistry,
  write,
} from "./documents.js";
import { type OpenStore, storeTest } from "./store-test.js";

export function versionsContract(open: OpenStore): void {
  const test = storeTest(open);
  const profileVersion = async (store: Store, registry: string, slug: string) =>
    (await findProfile(store, registry, slug))?.metadata.version;
  const registryVersion = async (store: Store, slug: string) =>
    (await findRegistry(store, slug))?.metadata.version;

  describe("versions", () => {
    test("start at 1 and count every write of a profile", async ({ store }) => {
      await write(store, createRegistry("r"));
      const given: number[] = [];
      for (let i = 0; i < 3; i++) given.push(...(await write(store, createProfile("r", "a"))).versions);
      expect(given).toEqual([1, 2, 3]);
      expect(await profileVersion(store, "r", "a")).toBe(3);
    });

    test("of profiles of one name in two registries count apart", async ({ store }) => {
      await write(store, createRegistry("r"), createRegistry("s"), createProfile("r", "a"));
      await write(store, updateProfile("r", "a"), createProfile("s", "a"));
      expect([await profileVersion(store, "r", "a"), await profileVersion(store, "s", "a")]).toEqual([2, 1]);
    });

    test("of a registry and of a profile of its name count apart", async ({ store }) => {
      await write(store, createRegistry("same"));
      await write(store, updateRegistry("same"));
      await write(store, createProfile("same", "same"));
      expect([await registryVersion(store, "same"), await profileVersion(store, "same", "same")]).toEqual([
        3, 1,
      ]);
    });

    test("of a registry move once per commit, however many changes it has there", async ({ store }) => {
      await write(store, createRegistry("r"), createProfile("r", "a"), createProfile("r", "b"));
      expect(await registryVersion(store, "r")).toBe(1);
      await write(store, updateProfile("r", "a"), deleteProfile("r", "b"), createProfile("r", "c"));
      expect(await registryVersion(store, "r")).toBe(2);
      await write(store, updateProfile("r", "a"), updateRegistry("r"), updateProfile("r", "c"));
      expect(await registryVersion(store, "r")).toBe(3);
    });

    test("of other registries stay", async ({ store }) => {
      await write(store, createRegistry("r"), createRegistry("s"));
      await write(store, createProfile("r", "a"));
      expect(await registryVersion(store, "s")).toBe(1);
    });

    test("of a profile go on after its deletion", async ({ store }) => {
      await write(store, createRegistry("r"), createProfile("r", "a"));
      await write(store, updateProfile("r", "a"));
      const deleted = await write(store, deleteProfile("r", "a"));
      expect(deleted.versions).toEqual([2]);
      expect((await write(store, createProfile("r", "a"))).versions).toEqual([3]);
    });

    test("of profiles and their registry go on after the deletion of the registry", async ({ store }) => {
      await write(store, createRegistry("r"), createProfile("r", "a"));
      await write(store, updateProfile("r", "a"));
      const deleted = await write(store, deleteProfile("r", "a"), deleteRegistry("r"));
      expect(deleted.versions).toEqual([2, 2]);
      const recreated = await write(store, createRegistry("r"), createProfile("r", "a"));
      expect(recreated.versions).toEqual([3, 3]);
    });

    test("of a registry deleted and recreated in one commit go on too", async ({ store }) => {
      await write(store, createRegistry("r"));
      const { versions } = await write(store, deleteRegistry("r"), createRegistry("r"));
      expect(versions[1]).toBe(2);
      expect(await registryVersion(store, "r")).toBe(2);
    });

    test("of a registry changed and deleted in one commit are not given again", async ({ store }) => {
      await write(store, createRegistry("r"));
      const { versions } = await write(store, updateRegistry("r"), deleteRegistry("r"));
      expect(versions).toEqual([2, 2]);
      expect((await write(store, createRegistry("r"))).versions).toEqual([3]);
    });

    test("that a document brings along do not count", async ({ store }) => {
      await write(store, createRegistry("r"), createProfile("r", "a"));
      const stored = await store.read("r", ["a"]);
      const profile: Profile = structuredClone(stored.profiles[0]!);
      const registry: Registry = structuredClone(stored.registry!);
      for (const { metadata } of [profile, registry]) metadata.version = 99;
      const { versions, registries } = await write(
        store,
        { operation: "update_profile", registry: "r", profile },
        { operation: "update_registry", registry },
      );
      expect(versions).toEqual([2, 2]);
      expect(registries[0]?.metadata.version).toBe(2);
      expect([await profileVersion(store, "r", "a"), await registryVersion(store, "r")]).toEqual([2, 2]);
    });
  });

  describe("a registry moved by a profile", () => {
    test("keeps what it says, and tells who moved it and when", async ({ store }) => {
      await write(store, createRegistry("r", { display_name: "R", default_profile_slug: "a", tags: ["x"] }));
      await store.commit(commitOf([createProfile("r", "a")], { timeMs: 5_000, actor: "bob", source: "rpc" }));
      expect(await findRegistry(store, "r")).toEqual({
        slug: "r",
        display_name: "R",
        default_profile_slug: "a",
        metadata: {
          version: 2,
          created_at_ms: 1_000,
          created_by: "ann",
          updated_at_ms: 5_000,
          updated_by: "bob",
          source: "rest",
          tags: ["x"],
        },
      });
    });

    for (const [clock, times] of [
      ["stands still", [1_000, 1_000, 1_000]],
      ["goes back", [1_000, 500, 10]],
    ] as const) {
      test(`has a later time than before, also when the clock ${clock}`, async ({ store }) => {
        await store.commit(commitOf([createRegistry("r"), createProfile("r", "a")], { timeMs: times[0] }));
        const seen = [(await findRegistry(store, "r"))!.metadata.updated_at_ms];
        for (const timeMs of times) {
          await store.commit(commitOf([updateProfile("r", "a")], { timeMs }));
          seen.push((await findRegistry(store, "r"))!.metadata.updated_at_ms);
        }
        expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
      });
    }
  });
}
