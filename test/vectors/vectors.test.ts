import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { bucketOf } from "../../src/domain/bucket.js";
import { canonicalKey } from "../../src/domain/canonical-key.js";
import { fingerprint } from "../../src/domain/fingerprint.js";
import type { Resolution } from "../../src/domain/resolve.js";
import { saltedHash } from "../domain/murmur-hash.js";
import { sha256 } from "../domain/rfc8785.js";
import { FILES, generate, type VectorFile } from "./generate.js";
import { canonicalOf, run } from "./run.js";
import type { BucketVector, FingerprintVector, KeyVector, ResolveVector } from "./vector.js";

const fileUrl = (file: VectorFile) => new URL(file, import.meta.url);

if (process.env.UPDATE_VECTORS === "1") {
  for (const [file, text] of Object.entries(generate())) writeFileSync(fileUrl(file as VectorFile), text);
}

const text = (file: VectorFile): string => readFileSync(fileUrl(file), "utf8");
const vectors = <T>(file: VectorFile): T[] => JSON.parse(text(file)) as T[];

test.each(FILES)("%s is what is generated: UPDATE_VECTORS=1 writes it anew", (file) => {
  expect(text(file)).toBe(generate()[file]);
});

test("every vector has a name of its own", () => {
  for (const file of ["resolve.json", "fingerprint.json"] as const) {
    const names = vectors<{ name: string }>(file).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  }
});

describe("resolving", () => {
  test.each(vectors<ResolveVector>("resolve.json"))("$name", (vector) => {
    const { answer, error } = vector as { answer?: unknown; error?: unknown };
    const outcome = JSON.parse(JSON.stringify(run(vector)));
    expect(outcome).toEqual(JSON.parse(JSON.stringify(answer === undefined ? { error } : { answer })));
  });

  const answered = vectors<ResolveVector>("resolve.json").filter((vector) => "answer" in vector);

  test.each(answered)("$name: the fingerprint can be computed from the answer alone", (vector) => {
    const {
      registry,
      profile,
      profile_version,
      runtime,
      step_settings,
      processing,
      fingerprint: given,
    } = (vector as ResolveVector & { answer: Resolution }).answer;
    const input = { registry, profile, profile_version, runtime, step_settings };
    expect(sha256(canonicalOf({ ...input, ...hashedOf(processing) }))).toBe(given);
  });
});

/** Only a mode that was applied counts, and of it only this. */
function hashedOf({ applied_mode: mode, profile, profile_version }: Resolution["processing"]) {
  return mode === "default"
    ? {}
    : { processing: { mode, profile: profile!, profile_version: profile_version! } };
}

describe("fingerprinting", () => {
  test.each(vectors<FingerprintVector>("fingerprint.json"))("$name", (vector) => {
    expect(fingerprint(vector.input)).toBe(vector.fingerprint);
    expect(sha256(vector.canonical)).toBe(vector.fingerprint);
    expect(canonicalOf(vector.input)).toBe(vector.canonical);
  });
});

describe("buckets", () => {
  test.each(vectors<BucketVector>("buckets.json"))("of $salt and $key", ({ salt, key, hash, bucket }) => {
    expect(saltedHash(salt, key)).toBe(hash);
    expect(hash % 10_000).toBe(bucket);
    expect(bucketOf(salt, key)).toBe(bucket);
  });

  test("have one vector for each pair of salt and key", () => {
    const all = vectors<BucketVector>("buckets.json");
    expect(new Set(all.map(({ salt, key }) => JSON.stringify([salt, key]))).size).toBe(all.length);
  });
});

test.each(vectors<KeyVector>("canonical-keys.json"))("$raw is spelt $key", ({ raw, key }) => {
  expect(canonicalKey(raw)).toBe(key);
});
