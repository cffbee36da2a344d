import { describe, expect } from "vitest";
import type { Rollout } from "../../src/domain/rollout.js";
import type { Store } from "../../src/store/store.js";
import {
  commitOf,
  createProfile,
  createRegistry,
  createRollout,
  deleteProfile,
  deleteRegistry,
  deleteRollout,
  expecting,
  findRegistry,
  findRollout,
  updateRollout,
  write,
} from "./documents.js";
import { type OpenStore, storeTest } from "./store-test.js";

export function rolloutsContract(open: OpenStore): void {
  const test = storeTest(open);
  const rolloutVersion = async (store: Store, registry: string, mode: string) =>
    (await findRollout(store, registry, mode))?.version;

  describe("rollouts", () => {
    test("are read with their registry, by mode, as they were written", async ({ store }) => {
      await write(store, createRegistry("r"), createRollout("r", "fast"), createRollout("r", "deep"));
      const cohort = ["ünïcode 🦊", "1", "true", "", "__proto__"];
      const stages = [0.01, 12.5, 100];
      await write(store, updateRollout("r", "fast", { percentage: 12.34, cohort, stages }));
      const { rollouts } = await store.read("r", []);
      expect(rollouts.map(({ mode }) => mode)).toEqual(["deep", "fast"]);
      expect(rollouts[1]).toEqual({
        registry: "r",
        mode: "fast",
        contract_enabled: false,
        runtime_enabled: false,
        ui_enabled: false,
        cloud_enforced: false,
        percentage: 12.34,
        salt: "r/fast",
        cohort,
        stages,
        thresholds: {
          min_samples: 200,
          window_s: 900,
          min_stage_s: 600,
          error_rate_delta: 0.01,
          p95_ratio: 0.95,
          p95_regression: 1.2,
        },
        auto_rollback: false,
        stage_since_ms: 1_000,
        version: 2,
      });
    });

    test("of one mode in two registries are apart, also from a profile of its name", async ({ store }) => {
      await write(store, createRegistry("r"), createRegistry("s"), createProfile("r", "fast"));
      await write(store, createRollout("r", "fast"), createRollout("s", "fast"));
      await write(store, updateRollout("r", "fast", { percentage: 5 }));
      expect(await findRollout(store, "s", "fast")).toMatchObject({ percentage: 0, version: 1 });
      expect((await store.read("r", ["fast"])).profiles[0]?.metadata.version).toBe(1);
    });

    test("may be named like what every object inherits", async ({ store }) => {
      for (const name of ["constructor", "tostring"]) {
        await write(store, createRegistry(name));
        expect(await findRollout(store, name, "constructor")).toBeUndefined();
        await write(store, createRollout(name, "constructor"), createRollout(name, "valueof"));
        expect(await rolloutVersion(store, name, "constructor")).toBe(1);
      }
    });

    test("are deleted alone, or with their registry", async ({ store }) => {
      await write(store, createRegistry("r"), createRollout("r", "a"), createRollout("r", "b"));
      await write(store, deleteRollout("r", "a"));
      expect((await store.read("r", [])).rollouts.map(({ mode }) => mode)).toEqual(["b"]);
      await write(store, deleteRollout("r", "b"), deleteRegistry("r"));
      await write(store, createRegistry("r"));
      expect((await store.read("r", [])).rollouts).toEqual([]);
    });

    test("that a delete of their registry does not name do not outlive it", async ({ store }) => {
      await write(store, createRegistry("r"), createRollout("r", "a"));
      await write(store, deleteRegistry("r"));
      await write(store, createRegistry("r"));
      expect((await store.read("r", [])).rollouts).toEqual([]);
      expect((await write(store, createRollout("r", "a"))).versions).toEqual([2]);
    });

    test("count versions on through deletes, of their registry too", async ({ store }) => {
      await write(store, createRegistry("r"), createRollout("r", "a"));
      expect((await write(store, updateRollout("r", "a"))).versions).toEqual([2]);
      expect((await write(store, deleteRollout("r", "a"))).versions).toEqual([2]);
      expect((await write(store, createRollout("r", "a"))).versions).toEqual([3]);
      await write(store, deleteRollout("r", "a"), deleteRegistry("r"));
      expect((await write(store, createRegistry("r"), createRollout("r", "a"))).versions[1]).toBe(4);
      expect(await rolloutVersion(store, "r", "a")).toBe(4);
    });

    test("do not take a version that they bring along", async ({ store }) => {
      await write(store, createRegistry("r"), createRollout("r", "a"));
      const stored = { ...(await findRollout(store, "r", "a"))!, version: 99 };
      await write(store, { operation: "update_rollout", registry: "r", rollout: stored });
      expect(await rolloutVersion(store, "r", "a")).toBe(2);
    });

    test("do not move their registry, nor the time of its last write", async ({ store }) => {
      await write(store, createRegistry("r"));
      const before = await findRegistry(store, "r");
      for (const change of [createRollout("r", "a"), updateRollout("r", "a"), deleteRollout("r", "a")]) {
        const outcome = await store.commit(commitOf([change], { timeMs: 9_000 }));
        expect(outcome).toMatchObject({ committed: true, registries: [] });
        expect(await findRegistry(store, "r")).toEqual(before);
      }
    });

    test("written together with a profile leave the registry one version further", async ({ store }) => {
      await write(store, createRegistry("r"));
      await write(store, createRollout("r", "a"), createProfile("r", "a"), updateRollout("r", "a"));
      expect((await findRegistry(store, "r"))?.metadata.version).toBe(2);
      expect(await rolloutVersion(store, "r", "a")).toBe(2);
    });

    test("of a registry that does not exist are not written", async ({ store }) => {
      await expect(write(store, createRollout("none", "a"))).rejects.toThrow("does not exist");
      expect(await store.revision()).toBe(0);
    });

    test("start with other flags only where the registry never had one of the mode", async ({ store }) => {
      const onFirst = { contract_enabled: true, runtime_enabled: true };
      const declared = { ...createRollout("r", "a"), onFirst };
      await write(store, createRegistry("r"), declared);
      expect(await findRollout(store, "r", "a")).toMatchObject({ ...onFirst, ui_enabled: false });
      await write(store, deleteRollout("r", "a"));
      await write(store, declared);
      expect(await findRollout(store, "r", "a")).toMatchObject({ contract_enabled: false, version: 2 });
      await write(store, deleteRollout("r", "a"), deleteRegistry("r"));
      await write(store, createRegistry("r"), declared);
      expect(await findRollout(store, "r", "a")).toMatchObject({ contract_enabled: false, version: 3 });
    });
  });

  describe("expectations on a rollout", () => {
    const at = (version: number | "exists") => [{ registry: "r", mode: "a", version }] as const;
    const outcome = (store: Store, version: number | "exists") =>
      store.commit(expecting([...at(version)], updateRollout("r", "a")));

    test("hold at its version alone", async ({ store }) => {
      await write(store, createRegistry("r"), createRollout("r", "a"));
      await write(store, updateRollout("r", "a"));
      for (const version of [0, 1, 3]) {
        expect(await outcome(store, version)).toEqual({
          committed: false,
          expectation: at(version)[0],
          actual: 2,
        });
      }
      expect(await outcome(store, 2)).toMatchObject({ committed: true, versions: [3] });
      expect(await outcome(store, "exists")).toMatchObject({ committed: true, versions: [4] });
    });

    test("of none hold where it never was, and after its delete", async ({ store }) => {
      await write(store, createRegistry("r"));
      expect(await outcome(store, "exists")).toMatchObject({ committed: false, actual: 0 });
      expect(await outcome(store, 0)).toMatchObject({ committed: true });
      await write(store, deleteRollout("r", "a"));
      expect(await outcome(store, 1)).toMatchObject({ committed: false, actual: 0 });
      expect(await outcome(store, 0)).toMatchObject({ committed: true, versions: [2] });
    });

    test("let one of many writers win", async ({ store }) => {
      await write(store, createRegistry("r"), createRollout("r", "a"));
      const outcomes = await Promise.all(Array.from({ length: 5 }, () => outcome(store, 1)));
      expect(outcomes.filter(({ committed }) => committed)).toHaveLength(1);
      expect(await rolloutVersion(store, "r", "a")).toBe(2);
    });
  });

  describe("a commit of rollouts", () => {
    test("has log entries that name the mode, with document and details", async ({ store }) => {
      await write(store, createRegistry("r"), createRollout("r", "a"));
      const details = { reason: "ünïcode", gates: [{ name: "min_samples", passed: false }] };
      await store.commit(
        commitOf([{ ...updateRollout("r", "a", { percentage: 1 }), details }], { actor: "bob" }),
      );
      await write(store, deleteRollout("r", "a"));
      const log = await store.readLog({ after: 1, documents: true, limit: 10 });
      expect(log).toMatchObject([
        { revision: 2, commitRevision: 2, operation: "create_rollout", registry: "r", mode: "a", version: 1 },
        { revision: 3, operation: "update_rollout", mode: "a", version: 2, actor: "bob", details },
        { revision: 4, operation: "delete_rollout", mode: "a", version: 2, registryVersion: 1 },
      ]);
      expect(log.map(({ document }) => (document as Rollout | undefined)?.percentage)).toEqual([
        0,
        1,
        undefined,
      ]);
      for (const entry of log) expect(entry).not.toHaveProperty("profile");
      expect(log[0]).not.toHaveProperty("details");
    });

    test("is found in the log by its mode, apart from a profile of that name", async ({ store }) => {
      await write(store, createRegistry("r"), createProfile("r", "a"), createRollout("r", "a"));
      await write(store, createRegistry("s"), createRollout("s", "a"), createRollout("r", "b"));
      const found = await store.readLog({ registry: "r", mode: "a", newestFirst: true, limit: 10 });
      expect(found.map(({ revision }) => revision)).toEqual([3]);
      expect(await store.readLog({ registry: "r", profile: "a", limit: 10 })).toMatchObject([
        { revision: 2 },
      ]);
      for (const entry of await store.readLog({ registry: "r", profile: "a", limit: 10 }))
        expect(entry).not.toHaveProperty("mode");
    });

    test("is told of as a change of those rollouts alone", async ({ store }) => {
      await write(store, createRegistry("r"), createRollout("r", "a"), createRollout("r", "b"));
      const { revision } = await store.changesSince(-1);
      await write(store, updateRollout("r", "a"));
      expect(await store.changesSince(revision)).toEqual({
        revision: revision + 1,
        changed: [{ registry: "r", mode: "a" }],
      });
    });

    test("that only is tried stores nothing, and answers what it would give", async ({ store }) => {
      await write(store, createRegistry("r"), createRollout("r", "a"));
      const tried = await store.commit({
        ...commitOf([updateRollout("r", "a", { percentage: 5 }), createRollout("r", "b")]),
        dryRun: true,
      });
      expect(tried).toMatchObject({ committed: true, revision: 2, versions: [2, 1] });
      expect((await store.read("r", [])).rollouts).toMatchObject([{ mode: "a", percentage: 0, version: 1 }]);
      expect((await write(store, createRollout("r", "b"))).versions).toEqual([1]);
    });

    test("is not applied again under its key", async ({ store }) => {
      await write(store, createRegistry("r"), createRollout("r", "a"));
      const remember = { key: "k", request: "hash", given: null };
      const first = await store.commit(commitOf([updateRollout("r", "a")], { remember }));
      expect(await store.commit(commitOf([updateRollout("r", "a")], { remember }))).toEqual({
        committed: false,
      });
      expect((await store.recall("k", 2_000))?.committed).toEqual(first);
      expect(await rolloutVersion(store, "r", "a")).toBe(2);
    });

    test("is whole or not at all", async ({ store }) => {
      await write(store, createRegistry("r"), createRollout("r", "a"));
      await write(store, updateRollout("r", "a"), createProfile("none", "x")).catch(() => undefined);
      expect(await rolloutVersion(store, "r", "a")).toBe(1);
      await write(store, createProfile("r", "x"));
      await write(store, deleteRollout("r", "a"), deleteProfile("r", "x"), deleteRegistry("r"));
      expect(await store.read("r", ["x"])).toMatchObject({ registry: undefined, rollouts: [] });
    });
  });
}
