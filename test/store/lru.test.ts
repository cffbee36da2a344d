import fc from "fast-check";
import { expect, test } from "vitest";
import { createLru, type Lru } from "../../src/store/lru.js";

const RUNS = Number(process.env.LRU_RUNS ?? 300);

function keysOf(lru: Lru<string>, keys: readonly string[]): string[] {
  return keys.filter((key) => lru.peek(key) !== undefined);
}

test("what was kept is found, what was not is not", () => {
  const lru = createLru<string>(10);
  lru.keep("a", "A", 1);
  expect([lru.get("a"), lru.get("b"), lru.get("constructor")]).toEqual(["A", undefined, undefined]);
});

test("a budget can be filled to the last byte", () => {
  const lru = createLru<string>(10);
  lru.keep("a", "A", 4);
  lru.keep("b", "B", 6);
  expect(keysOf(lru, ["a", "b"])).toEqual(["a", "b"]);
  expect(lru.usage().bytes).toBe(10);
});

test("the least recently used go first, and no more of them than have to", () => {
  const lru = createLru<string>(10);
  for (const key of ["a", "b", "c", "d"]) lru.keep(key, key, 2);
  lru.get("a");
  lru.keep("e", "e", 5);
  expect(keysOf(lru, ["a", "b", "c", "d", "e"])).toEqual(["a", "d", "e"]);
  expect(lru.usage().bytes).toBe(9);
});

test("keeping a key again replaces its value and its bytes, and counts as a use", () => {
  const lru = createLru<string>(10);
  lru.keep("a", "old", 5);
  lru.keep("b", "B", 2);
  lru.keep("a", "new", 3);
  expect([lru.get("a"), lru.usage().bytes]).toEqual(["new", 5]);
  lru.keep("b", "B", 2);
  lru.keep("c", "C", 6);
  expect(keysOf(lru, ["a", "b", "c"])).toEqual(["b", "c"]);
});

test("what alone is larger than the budget is not kept, drives nothing out, and takes the old value of its key along", () => {
  const lru = createLru<string>(10);
  lru.keep("a", "A", 4);
  lru.keep("b", "B", 4);
  lru.keep("b", "larger", 11);
  lru.keep("c", "C", 11);
  expect(keysOf(lru, ["a", "b", "c"])).toEqual(["a"]);
  expect(lru.usage().bytes).toBe(4);
});

test("dropping gives the room back, and of what is not there does nothing", () => {
  const lru = createLru<string>(10);
  for (const key of ["a", "b", "c"]) lru.keep(key, key, 3);
  for (const key of ["b", "b", "none"]) lru.drop(key);
  expect(keysOf(lru, ["a", "b", "c"])).toEqual(["a", "c"]);
  expect(lru.usage().bytes).toBe(6);
});

test("clearing leaves nothing, and room for all", () => {
  const lru = createLru<string>(10);
  for (const key of ["a", "b"]) lru.keep(key, key, 5);
  lru.clear();
  expect(keysOf(lru, ["a", "b"])).toEqual([]);
  expect(lru.usage().bytes).toBe(0);
  for (const key of ["c", "d"]) lru.keep(key, key, 5);
  expect(keysOf(lru, ["c", "d"])).toEqual(["c", "d"]);
});

test("peeking is no use and no hit", () => {
  const lru = createLru<string>(10);
  for (const key of ["a", "b"]) lru.keep(key, key, 5);
  expect([lru.peek("a"), lru.peek("none")]).toEqual(["a", undefined]);
  lru.keep("c", "c", 5);
  expect(keysOf(lru, ["a", "b", "c"])).toEqual(["b", "c"]);
  expect(lru.usage().hits).toBe(0);
});

test("only what is found counts as a hit", () => {
  const lru = createLru<string>(10);
  lru.keep("a", "A", 1);
  for (const key of ["a", "b", "a"]) lru.get(key);
  expect(lru.usage().hits).toBe(2);
});

/** The same as a list, the one used last at its end. */
function naiveLru(maxBytes: number): Lru<number> {
  let entries: { key: string; value: number; bytes: number }[] = [];
  let hits = 0;
  const total = () => entries.reduce((sum, { bytes }) => sum + bytes, 0);
  const drop = (key: string) => {
    entries = entries.filter((entry) => entry.key !== key);
  };
  return {
    get(key) {
      const entry = entries.find((one) => one.key === key);
      if (entry === undefined) return undefined;
      drop(key);
      entries.push(entry);
      hits++;
      return entry.value;
    },
    peek: (key) => entries.find((one) => one.key === key)?.value,
    keep(key, value, bytes) {
      drop(key);
      if (bytes > maxBytes) return;
      entries.push({ key, value, bytes });
      while (total() > maxBytes) entries.shift();
    },
    drop,
    clear() {
      entries = [];
    },
    usage: () => ({ hits, bytes: total() }),
  };
}

const key = fc.constantFrom("a", "b", "c", "d", "e", "f", "__proto__");
const step: fc.Arbitrary<(lru: Lru<number>) => unknown> = fc.oneof(
  { weight: 5, arbitrary: key.map((key) => (lru: Lru<number>) => lru.get(key)) },
  {
    weight: 5,
    arbitrary: fc.tuple(key, fc.nat(99), fc.nat(12)).map(
      ([key, value, bytes]) =>
        (lru: Lru<number>) =>
          lru.keep(key, value, bytes),
    ),
  },
  { weight: 2, arbitrary: key.map((key) => (lru: Lru<number>) => lru.peek(key)) },
  { weight: 2, arbitrary: key.map((key) => (lru: Lru<number>) => lru.drop(key)) },
  { weight: 1, arbitrary: fc.constant((lru: Lru<number>) => lru.clear()) },
);

test("it is a list in the order of use that is cut to the budget", () => {
  fc.assert(
    fc.property(fc.nat(20), fc.array(step, { maxLength: 60 }), (maxBytes, steps) => {
      const [lru, naive] = [createLru<number>(maxBytes), naiveLru(maxBytes)];
      for (const take of steps) {
        expect(take(lru)).toEqual(take(naive));
        expect(lru.usage()).toEqual(naive.usage());
      }
    }),
    { numRuns: RUNS },
  );
});
