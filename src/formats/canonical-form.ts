/** Any form of spec 6.3 as `registries:`. */
import { validationError } from "../domain/errors.js";
import { DEFAULT_LIMITS } from "../domain/limits.js";
import { checkJson, checkStepSettings } from "../domain/validate.js";
import { type ReadOptions, readDocuments } from "./read-documents.js";
import type { InputFormat, SourceDocuments, SourceProfile, SourceRegistry } from "./source-documents.js";
import { atItsPosition } from "./violation-position.js";
import { type WritableDocument, writeDocuments } from "./write-documents.js";

export interface CanonicalForm {
  /** Of the input. */
  format: InputFormat;
  registries: number;
  profiles: number;
  /** YAML, sorted by slug. */
  text: string;
}

/**
 * Throws FormatError, naming file, line and column, for what cannot be read, and for step settings that no profile can
 * have: a file of something else would pass for a legacy map. All else is for the catalogue of whoever imports the text.
 */
export async function canonicalForm(text: string, options: ReadOptions): Promise<CanonicalForm> {
  const source = readDocuments(text, options);
  checkSettings(source, options.file);
  let output = "";
  for await (const part of writeDocuments(writableDocuments(source.registries), "yaml")) output += part;
  return {
    format: source.format,
    registries: source.registries.length,
    profiles: source.registries.reduce((sum, { profiles }) => sum + profiles.length, 0),
    text: output,
  };
}

/** Documents that were read, in the order and the shape in which they are written. */
export function* writableDocuments(registries: readonly SourceRegistry[]): Generator<WritableDocument, void> {
  for (const { slug, input, profiles } of registries.toSorted(bySlug)) {
    yield { registry: { slug, ...tagged(input) } };
    for (const profile of profiles.toSorted(bySlug)) {
      yield { profile: { slug: profile.slug, ...tagged(profile.input) } };
    }
  }
}

function checkSettings(source: SourceDocuments, file: string): void {
  for (const { slug: registry, profiles } of source.registries) {
    for (const profile of profiles) {
      const violations = settingsViolations(profile);
      if (violations.length === 0) continue;
      throw atItsPosition(validationError(violations), source, { file, registry, profile: profile.slug });
    }
  }
}

function settingsViolations({ input: { runtime, extensions } }: SourceProfile) {
  const unreadable = checkJson({ runtime, "profile.extensions": extensions }, DEFAULT_LIMITS);
  if (unreadable.length > 0) return unreadable;
  return checkStepSettings("runtime.step_settings_patch", runtime?.step_settings_patch, DEFAULT_LIMITS);
}

function tagged<T extends { tags?: string[] }>({ tags, ...input }: T) {
  return { ...input, ...(tags === undefined ? {} : { metadata: { tags } }) };
}

function bySlug(a: { slug: string }, b: { slug: string }): number {
  return a.slug < b.slug ? -1 : 1;
}
