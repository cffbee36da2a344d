import { describe, expect } from "vitest";
import type { Store } from "../../src/store/store.js";
import { cell, createRegistry, write } from "./documents.js";
import { type OpenStore, storeTest } from "./store-test.js";

export function figuresContract(open: OpenStore): void {
  const test = storeTest(open);
  const slots = async (store: Store, registry: string, fromMs = 0) =>
    (await store.readFigures({ registry, fromMs })).map(({ slotMs }) => slotMs);

  describe("figures", () => {
    test("of one name add up, whoever adds them", async ({ store }) => {
      await store.addFigures([cell({ slotMs: 10 }), cell({ slotMs: 20 })], 0);
      await Promise.all(Array.from({ length: 3 }, () => store.addFigures([cell({ slotMs: 10 })], 0)));
      expect(await store.readFigures({ registry: "r", fromMs: 0 })).toEqual([
        cell({ slotMs: 10 }, 4),
        cell({ slotMs: 20 }),
      ]);
    });

    test("of other names are apart", async ({ store }) => {
      const cells = [
        cell({}),
        cell({ askedMode: "default" }),
        cell({ appliedMode: "default" }),
        cell({ deployment: "cloud" }),
        cell({ slotMs: 2 }),
      ];
      await store.addFigures(cells, 0);
      await store.addFigures([cell({ registry: "s" })], 0);
      const found = await store.readFigures({ registry: "r", fromMs: 0 });
      expect(found).toHaveLength(cells.length);
      expect(found).toEqual(expect.arrayContaining(cells));
      expect(await store.readFigures({ registry: "s", fromMs: 0 })).toEqual([cell({ registry: "s" })]);
    });

    test("are asked for by time, in its order", async ({ store }) => {
      await store.addFigures(
        [30, 10, 20].map((slotMs) => cell({ slotMs })),
        0,
      );
      expect(await slots(store, "r", 20)).toEqual([20, 30]);
      const found = await store.readFigures({ registry: "r", fromMs: 10, toMs: 30 });
      expect(found.map(({ slotMs }) => slotMs)).toEqual([10, 20]);
    });

    test("that are too old go, of registries that are reported no more too", async ({ store }) => {
      await store.addFigures([cell({ slotMs: 10 }), cell({ registry: "gone", slotMs: 10 })], 0);
      await store.addFigures([cell({ slotMs: 20 })], 15);
      expect(await slots(store, "r")).toEqual([20]);
      expect(await slots(store, "gone")).toEqual([]);
    });

    test("move no revision, and are no change of documents", async ({ store }) => {
      await write(store, createRegistry("r"));
      const { revision } = await store.changesSince(-1);
      await store.addFigures([cell({})], 0);
      expect(await store.changesSince(revision)).toEqual({ revision, changed: [] });
      expect(await store.readLog({ after: revision, limit: 10 })).toEqual([]);
    });
  });
}
