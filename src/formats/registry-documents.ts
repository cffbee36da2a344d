/** Registries written as documents: under `registries:`, or one alone (spec 1.3, 6.3). */
import type { ProfileInput } from "../domain/document.js";
import { DomainError } from "../domain/errors.js";
import { emptyObject, isObject } from "../domain/json.js";
import {
  type MemberReader,
  parseProfileInput,
  parseRegistryInput,
  readMembers,
} from "../domain/parse-document.js";
import { type LocatedJson, nearest } from "./located-json.js";
import { type ParsedFile, type Placed, placed } from "./parsed-file.js";
import { bySlug, keyedSlug } from "./read-slug.js";
import { type PlacedRegistry, type SourceProfile, sourceProfile } from "./source-documents.js";

/** The registries of a `registries:` map. Yields after every profile, as all readers of registries do. */
export function* readRegistries(
  file: ParsedFile,
  registries: LocatedJson,
): Generator<undefined, PlacedRegistry[]> {
  checkObject(file, placed(registries), "registries");
  // First, so that a registry is not used twice before anything else is said.
  const documents = [...bySlug(file, "registry slug", file.entries(registries), keyedSlug)];
  const found: PlacedRegistry[] = [];
  for (const [slug, document] of documents) found.push(yield* readRegistry(file, slug, document));
  return found;
}

export function* readRegistry(
  file: ParsedFile,
  slug: string,
  document: Placed,
): Generator<undefined, PlacedRegistry> {
  const input = readDocument(file, document, `registry "${slug}"`, parseRegistryInput);
  const at = document.place();
  const map = at.members?.get("profiles");
  const profiles: SourceProfile[] = [];
  const places = new Map<string, () => LocatedJson>();
  if (map !== undefined) {
    checkObject(file, placed(map), "profiles");
    for (const [name, profile] of bySlug(file, "profile slug", file.entries(map), keyedSlug)) {
      const content = readDocument<ProfileInput>(file, profile, `profile "${name}"`, parseProfileInput);
      profiles.push(sourceProfile(name, content));
      places.set(name, profile.place);
      yield;
    }
  }
  return { registry: { slug, input, profiles }, at, profiles: places };
}

/** A key without a value counts as an empty object. */
export function checkObject(file: ParsedFile, { value, place }: Placed, what: string): void {
  if (value !== null && !isObject(value)) throw file.fail(place().offset, `${what} must be an object`);
}

/** Reads a document's members; one of the wrong type is shown at its place. */
function readDocument<T>(
  file: ParsedFile,
  document: Placed,
  what: string,
  parse: (body: MemberReader) => T,
): T {
  checkObject(file, document, what);
  try {
    return parse(readMembers(isObject(document.value) ? document.value : emptyObject()));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    // The message of `malformed` begins with the member's path.
    const [path] = error.message.split(" must be ", 1);
    throw file.fail(nearest(document.place(), path ?? "").offset, error.message);
  }
}
