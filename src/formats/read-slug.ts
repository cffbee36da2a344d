/** Slugs of documents in files: from the member, from the key, and never two opinions (spec 1.1, 6.3). */
import { quoteCut } from "../domain/errors.js";
import { parseSlug, type SlugLabel } from "../domain/identifiers.js";
import { isObject, member } from "../domain/json.js";
import type { LocatedJson } from "./located-json.js";
import type { ParsedFile, Placed } from "./parsed-file.js";

/** The slug that a key gives. */
export function keySlug(file: ParsedFile, label: SlugLabel, key: string, { place }: Placed): string {
  const slug = parseSlug(key, label);
  if (!slug.ok) throw file.fail(place().nameOffset, slug.reason);
  return slug.value;
}

/** The slug that a document in a map has: its key's, which a `slug` member may only repeat. */
export function keyedSlug(file: ParsedFile, label: SlugLabel, key: string, document: Placed): string {
  const slug = keySlug(file, label, key, document);
  const own = ownSlug(file, label, document);
  if (own === undefined || own === slug) return slug;
  throw file.fail(slugOffset(document), `${label} "${own}" contradicts its key "${quoteCut(key)}"`);
}

/** The slug that a document gives itself. */
export function ownSlug(file: ParsedFile, label: SlugLabel, document: Placed): string | undefined {
  const value = isObject(document.value) ? (member(document.value, "slug") ?? null) : null;
  if (value === null) return undefined;
  if (typeof value !== "string") throw file.fail(slugOffset(document), "slug must be a string");
  const slug = parseSlug(value, label);
  if (!slug.ok) throw file.fail(slugOffset(document), slug.reason);
  return slug.value;
}

/** The documents of a map with their slugs, one by one in the order of the file; `slugOf` is given key and document. */
export function* bySlug(
  file: ParsedFile,
  label: SlugLabel,
  documents: Iterable<[string, Placed]>,
  slugOf: typeof keyedSlug,
): Generator<[string, Placed]> {
  const places = new Map<string, () => LocatedJson>();
  for (const [key, document] of documents) {
    const slug = slugOf(file, label, key, document);
    const first = places.get(slug);
    if (first !== undefined) {
      const { line } = file.position(first().nameOffset);
      throw file.fail(
        document.place().nameOffset,
        `${label} "${slug}" is used twice (first on line ${line})`,
      );
    }
    places.set(slug, document.place);
    yield [slug, document];
  }
}

function slugOffset({ place }: Placed): number {
  const document = place();
  return (document.members?.get("slug") ?? document).offset;
}
