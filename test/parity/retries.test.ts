/** `Idempotency-Key` and `request_id` (spec 2.5, 3): a retry is answered with the first outcome. */
import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { bothEdges, sameOnBoth } from "./both-edges.js";
import { create, type Operation, remove, setDefault, update, updateRegistry } from "./operations.js";
import { everyRefusal, everyWrite, prepare, stateOf } from "./writes.js";

const edges = bothEdges();
const keyed = (write: Operation, key: string): Operation => ({ ...write, key }) as Operation;
const MISMATCH = {
  error: {
    code: "idempotency_mismatch",
    message: "the idempotency key was used with another request",
    violations: [],
  },
};

describe("a retry", () => {
  everyWrite("").forEach(({ name }, i) => {
    test(`of ${name} gets the first answer, whatever was written meanwhile`, async () => {
      const home = `retried-${i}`;
      const key = randomUUID();
      const { given, write } = everyWrite(home)[i]!;
      await sameOnBoth(edges, async (edge) => {
        await prepare(edge, home, given);
        const perform = (operation: Operation) => edge.perform({ registry: home, ...operation });
        const first = await perform(keyed(write, key));
        expect(first).not.toHaveProperty("error");
        for (const meanwhile of [
          create("z", {}, { set_default: true }),
          update("a", { description: "meanwhile" }),
          remove("a"),
          updateRegistry({ description: "meanwhile" }),
        ]) {
          await perform(meanwhile);
        }
        const before = await stateOf(edge, home);
        expect(await perform(keyed(write, key))).toEqual(first);
        expect(await stateOf(edge, home)).toEqual(before);
        return first;
      });
    });

    test(`of ${name} is another request where it asks for something else`, async () => {
      const home = `other-${i}`;
      const key = randomUUID();
      const { given, write, other } = everyWrite(home)[i]!;
      await sameOnBoth(edges, async (edge) => {
        await prepare(edge, home, given);
        await edge.perform({ registry: home, ...keyed(write, key) });
        const before = await stateOf(edge, home);
        const refused = await edge.perform({ registry: home, ...keyed(other, key) });
        expect(refused).toEqual(MISMATCH);
        expect(await stateOf(edge, home)).toEqual(before);
        return refused;
      });
    });

    test(`of ${name} that comes while the first try is under way gets its answer`, async () => {
      const home = `at-once-${i}`;
      const key = randomUUID();
      const { given, write } = everyWrite(home)[i]!;
      await sameOnBoth(edges, async (edge) => {
        await prepare(edge, home, given);
        const perform = () => edge.perform({ registry: home, ...keyed(write, key) });
        const [first, ...others] = await Promise.all(Array.from({ length: 5 }, perform));
        expect(first).not.toHaveProperty("error");
        for (const other of others) expect(other).toEqual(first);
        return first;
      });
    });
  });

  everyRefusal("").forEach(({ name }, i) => {
    test(`of ${name} is tried anew`, async () => {
      const home = `refused-${i}`;
      const key = randomUUID();
      const { given, write } = everyRefusal(home)[i]!;
      await sameOnBoth(edges, async (edge) => {
        await prepare(edge, home, given);
        const perform = (operation: Operation) => edge.perform({ registry: home, ...keyed(operation, key) });
        const first = await perform(write);
        expect(first).toHaveProperty("error");
        expect(await perform(write)).toEqual(first);
        // Nothing was kept: the key may go with another request.
        expect(await perform(create("free"))).not.toHaveProperty("error");
        return first;
      });
    });
  });

  test("succeeds once what it was refused for is gone", async () => {
    const key = randomUUID();
    await sameOnBoth(edges, async (edge) => {
      await prepare(edge, "cause", []);
      const perform = (operation: Operation) => edge.perform({ registry: "cause", ...operation });
      const write = keyed(setDefault("a"), key);
      expect(await perform(write)).toMatchObject({ error: { code: "not_found" } });
      await perform(create("a"));
      const done = await perform(write);
      expect(done).toMatchObject({ document: { is_default: true } });
      return done;
    });
  });

  test("is told apart from other operations with the same key", async () => {
    const key = randomUUID();
    await sameOnBoth(edges, async (edge) => {
      await prepare(edge, "apart", [create("a")]);
      const perform = (operation: Operation) => edge.perform({ registry: "apart", ...keyed(operation, key) });
      await perform(setDefault("a"));
      return [await perform(update("a")), await perform(remove("a")), await perform(updateRegistry({}))];
    }).then((refusals) => expect(refusals).toEqual([MISMATCH, MISMATCH, MISMATCH]));
  });
});
