/** Registries written as documents: under `registries:`, or one alone (spec 1.3, 6.3). */
import type { ProfileInput, RegistryInput } from "../domain/document.js";
import { DomainError } from "../domain/errors.js";
import { emptyObject, isObject } from "../domain/json.js";
import {
  defined,
  type MemberReader,
  parseProfileInput,
  parseRegistryInput,
  readMembers,
} from "../domain/parse-document.js";
import { type LocatedJson, nearest } from "./located-json.js";
import type { ParsedFile } from "./parse-yaml.js";
import { bySlug, keyedSlug } from "./read-slug.js";
import type { PlacedRegistry } from "./source-documents.js";

/** The registries of a `registries:` map. */
export function readRegistries(file: ParsedFile, registries: LocatedJson): PlacedRegistry[] {
  const documents = bySlug(file, "registry slug", membersOf(file, registries, "registries"), keyedSlug);
  return [...documents].map(([slug, document]) => readRegistry(file, slug, document));
}

export function readRegistry(file: ParsedFile, slug: string, document: LocatedJson): PlacedRegistry {
  const input = readDocument(file, document, `registry "${slug}"`, registryInput);
  const at = document.members?.get("profiles");
  const profiles = bySlug(file, "profile slug", at ? membersOf(file, at, "profiles") : new Map(), keyedSlug);
  return {
    registry: {
      slug,
      input,
      profiles: [...profiles].map(([name, profile]) => ({
        slug: name,
        input: readDocument<ProfileInput>(file, profile, `profile "${name}"`, parseProfileInput),
      })),
    },
    at: document,
    profiles,
  };
}

/** The members of an object; a key without a value counts as an empty object. */
export function membersOf(
  file: ParsedFile,
  { value, members, offset }: LocatedJson,
  what: string,
): ReadonlyMap<string, LocatedJson> {
  if (members !== undefined) return members;
  if (value === null) return new Map();
  throw file.fail(offset, `${what} must be an object`);
}

function registryInput(body: MemberReader): RegistryInput {
  return defined({ ...parseRegistryInput(body), processing_modes: body.object("processing_modes") });
}

/** Reads a document's members; one of the wrong type is shown at its place. */
function readDocument<T>(
  file: ParsedFile,
  document: LocatedJson,
  what: string,
  parse: (body: MemberReader) => T,
): T {
  membersOf(file, document, what);
  try {
    return parse(readMembers(isObject(document.value) ? document.value : emptyObject()));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    // The message of `malformed` begins with the member's path.
    const [path] = error.message.split(" must be ", 1);
    throw file.fail(nearest(document, path ?? "").offset, error.message);
  }
}
