/** The vector files as they should be: inputs written by hand, answers computed. */
import { canonicalKey } from "../../src/domain/canonical-key.js";
import { fingerprint } from "../../src/domain/fingerprint.js";
import { keyCases } from "./canonical-key-cases.js";
import { fingerprintCases } from "./fingerprint-cases.js";
import { layerCases } from "./layer-cases.js";
import { overrideCases } from "./override-cases.js";
import { canonicalOf, run } from "./run.js";
import { secretCases } from "./secret-cases.js";
import { selectionCases } from "./selection-cases.js";
import { valueCases } from "./value-cases.js";
import type { FingerprintVector, KeyVector, ResolveVector } from "./vector.js";
import { writeJson } from "./write-json.js";

export const FILES = ["resolve.json", "fingerprint.json", "canonical-keys.json"] as const;
export type VectorFile = (typeof FILES)[number];

export function generate(): Record<VectorFile, string> {
  const resolveVectors: ResolveVector[] = [
    ...selectionCases,
    ...layerCases,
    ...overrideCases,
    ...secretCases,
    ...valueCases,
  ].map((one) => ({ ...one, ...run(one) }));
  const fingerprintVectors: FingerprintVector[] = fingerprintCases.map((one) => ({
    ...one,
    canonical: canonicalOf(one.input),
    fingerprint: fingerprint(one.input),
  }));
  const keyVectors: KeyVector[] = keyCases.map((raw) => ({ raw, key: canonicalKey(raw) }));
  return {
    "resolve.json": `${writeJson(resolveVectors)}\n`,
    "fingerprint.json": `${writeJson(fingerprintVectors)}\n`,
    "canonical-keys.json": `${writeJson(keyVectors)}\n`,
  };
}
