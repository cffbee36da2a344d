import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BUCKETS, bucketOf, bucketsIn } from "../../src/domain/bucket.js";
import { murmurHash3, saltedHash } from "./murmur-hash.js";

/** Of all planes; text with unpaired surrogates is refused before it gets here. */
const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom("", " ", "\0", "user-1", "ключ", "鍵", "😀", "👩‍👩‍👧", "e\u0301", "\u00e9"),
);
const percentage = fc.integer({ min: 0, max: BUCKETS }).map((hundredths) => hundredths / 100);
const isIn = (key: string, at: number): boolean => bucketOf("default/fast", key) < bucketsIn(at);

test.each([
  ["", 0],
  ["test", 0xba6bd213],
  ["Hello, world!", 0xc0363e43],
  ["The quick brown fox jumps over the lazy dog", 0x2e4ff723],
])("the hash that buckets are held against gives what is published for %j", (input, hash) => {
  expect(murmurHash3(new TextEncoder().encode(input))).toBe(hash);
});

describe("a bucket", () => {
  test("is the hash of salt, a zero byte and key in UTF-8, modulo 10,000", () => {
    fc.assert(
      fc.property(text, text, (salt, key) => {
        expect(bucketOf(salt, key)).toBe(saltedHash(salt, key) % 10_000);
      }),
      { numRuns: 500 },
    );
  });

  test.each(["", "a", "ab", "abc", "abcd"])(
    "counts every byte of a key that ends in a block of %j",
    (end) => {
      const key = `key-${end}`;
      for (let i = 0; i < key.length; i++) {
        const other = `${key.slice(0, i)}~${key.slice(i + 1)}`;
        expect(saltedHash("s", other)).not.toBe(saltedHash("s", key));
        expect(bucketOf("s", other)).toBe(saltedHash("s", other) % 10_000);
      }
    },
  );

  test("depends on nothing but salt and key: not on what was asked before", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { maxLength: 10 }), text, text, (before, salt, key) => {
        const first = bucketOf(salt, key);
        for (const [otherSalt, otherKey] of before) bucketOf(otherSalt, otherKey);
        expect(bucketOf(salt, key)).toBe(first);
      }),
    );
  });

  test("tells spellings apart that look alike, and keeps white space", () => {
    const keys = ["user", "User", " user", "user ", "e\u0301", "\u00e9"];
    expect(new Set(keys.map((key) => bucketOf("default/fast", key))).size).toBe(keys.length);
  });
});

describe("raising a percentage", () => {
  test("only adds keys, and lowering it only removes them", () => {
    fc.assert(
      fc.property(text, percentage, percentage, (key, a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        if (isIn(key, low)) expect(isIn(key, high)).toBe(true);
        if (!isIn(key, high)) expect(isIn(key, low)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  test("by a hundredth adds exactly one bucket, at every hundredth", () => {
    for (let i = 0; i <= BUCKETS; i++) expect(bucketsIn(i / 100)).toBe(i);
  });
});

test("of 0 % no key is in, of 100 % every one", () => {
  fc.assert(
    fc.property(text, (key) => {
      expect([isIn(key, 0), isIn(key, 100)]).toEqual([false, true]);
    }),
  );
});

/** The same in every run: half a point is three standard deviations. */
const KEYS: Record<string, (i: number) => string> = {
  random: (i) => createHash("sha256").update(`${i}`).digest("hex"),
  consecutive: (i) => `user-${i}`,
};

describe.each(Object.entries(KEYS))("of 100,000 %s keys", (_, keyOf) => {
  const keys = Array.from({ length: 100_000 }, (_, i) => keyOf(i));
  const buckets = keys.map((key) => bucketOf("default/fast", key));

  test.each([0.5, 1, 5, 12.34, 25, 50, 75, 99])("%d %% are in, within half a point", (at) => {
    const share = (100 * buckets.filter((bucket) => bucket < bucketsIn(at)).length) / keys.length;
    expect(Math.abs(share - at)).toBeLessThan(0.5);
  });

  test("those that another salt takes in are others", () => {
    const half = bucketsIn(50);
    const both = keys.filter((key, i) => buckets[i]! < half && bucketOf("default/voice", key) < half);
    expect(Math.abs((100 * both.length) / keys.length - 25)).toBeLessThan(0.5);
  });
});
