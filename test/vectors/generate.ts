/** The vector files as they should be: inputs written by hand, answers computed. */
import { bucketOf } from "../../src/domain/bucket.js";
import { canonicalKey } from "../../src/domain/canonical-key.js";
import { fingerprint } from "../../src/domain/fingerprint.js";
import { saltedHash } from "../domain/murmur-hash.js";
import { bucketCases } from "./bucket-cases.js";
import { keyCases } from "./canonical-key-cases.js";
import { fingerprintCases } from "./fingerprint-cases.js";
import { layerCases } from "./layer-cases.js";
import { overrideCases } from "./override-cases.js";
import { processingCases } from "./processing-cases.js";
import { canonicalOf, run } from "./run.js";
import { secretCases } from "./secret-cases.js";
import { selectionCases } from "./selection-cases.js";
import { valueCases } from "./value-cases.js";
import type { BucketVector, FingerprintVector, KeyVector, ResolveVector } from "./vector.js";
import { writeJson } from "./write-json.js";

export const FILES = ["resolve.json", "fingerprint.json", "canonical-keys.json", "buckets.json"] as const;
export type VectorFile = (typeof FILES)[number];

export function generate(): Record<VectorFile, string> {
  const resolveVectors: ResolveVector[] = [
    ...selectionCases,
    ...layerCases,
    ...overrideCases,
    ...secretCases,
    ...valueCases,
    ...processingCases,
  ].map((one) => ({ ...one, ...run(one) }));
  const fingerprintVectors: FingerprintVector[] = fingerprintCases.map((one) => ({
    ...one,
    canonical: canonicalOf(one.input),
    fingerprint: fingerprint(one.input),
  }));
  const keyVectors: KeyVector[] = keyCases.map((raw) => ({ raw, key: canonicalKey(raw) }));
  const bucketVectors: BucketVector[] = bucketCases.map(([salt, key]) => ({
    salt,
    key,
    hash: saltedHash(salt, key),
    bucket: bucketOf(salt, key),
  }));
  return {
    "resolve.json": `${writeJson(resolveVectors)}\n`,
    "fingerprint.json": `${writeJson(fingerprintVectors)}\n`,
    "canonical-keys.json": `${writeJson(keyVectors)}\n`,
    "buckets.json": `${writeJson(bucketVectors)}\n`,
  };
}
