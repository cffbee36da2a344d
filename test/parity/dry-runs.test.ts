/** `validate_only` (spec 2.5, 3): every check and the answer of the write, with nothing stored. */
import { describe, expect, test } from "vitest";
import { bothEdges, sameOnBoth } from "./both-edges.js";
import { create, type Operation } from "./operations.js";
import { documentOf, everyRefusal, everyWrite, prepare, stateOf } from "./writes.js";

const edges = bothEdges();
const dry = (write: Operation): Operation => ({ ...write, validate_only: true }) as Operation;

describe("a dry run", () => {
  everyWrite("").forEach(({ name }, i) => {
    test(`of ${name} answers as the write does, and stores nothing`, async () => {
      const home = `dry-${i}`;
      const { given, write } = everyWrite(home)[i]!;
      await sameOnBoth(edges, async (edge) => {
        await prepare(edge, home, given);
        const before = await stateOf(edge, home);
        const tried = await edge.perform({ registry: home, ...dry(write) });
        expect(await stateOf(edge, home)).toEqual(before);
        // The revision that it was tried at.
        expect(tried).toHaveProperty("revision", (before[0] as { revision: number }).revision);
        const done = await edge.perform({ registry: home, ...write });
        expect(documentOf(tried)).toEqual(documentOf(done));
        expect(await stateOf(edge, home)).not.toEqual(before);
        return tried;
      });
    });
  });

  everyRefusal("").forEach(({ name }, i) => {
    test(`of ${name} is refused as the write is`, async () => {
      const home = `refused-${i}`;
      const { given, write } = everyRefusal(home)[i]!;
      await sameOnBoth(edges, async (edge) => {
        await prepare(edge, home, given);
        const tried = await edge.perform({ registry: home, ...dry(write) });
        expect(tried).toHaveProperty("error");
        expect(await edge.perform({ registry: home, ...write })).toEqual(tried);
        return tried;
      });
    });
  });

  test("that is asked for with false is the write itself", async () => {
    await sameOnBoth(edges, async (edge) => {
      await prepare(edge, "not-dry", [{ ...create("a"), validate_only: false } as Operation]);
      return edge.perform({ do: "get-profile", slug: "a", registry: "not-dry" });
    });
  });

  test("keeps no outcome for a retry, and is given none", async () => {
    const key = "0b5c7a52-4b7e-4b0c-9a55-0f8f6d1f2c3d";
    await sameOnBoth(edges, async (edge) => {
      await prepare(edge, "dry-key", []);
      const write = { ...create("a"), registry: "dry-key", key } as Operation;
      const tried = await edge.perform(dry(write));
      const done = await edge.perform(write);
      expect(done).toMatchObject({ document: { slug: "a" } });
      expect(await edge.perform(dry(write))).toMatchObject({ error: { code: "already_exists" } });
      return [tried, done];
    });
  });
});
