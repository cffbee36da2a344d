/** Slugs of documents in files: from the member, from the key, and never two opinions (spec 1.1, 6.3). */
import { quoteCut } from "../domain/errors.js";
import { parseSlug, type SlugLabel } from "../domain/identifiers.js";
import type { LocatedJson } from "./located-json.js";
import type { ParsedFile } from "./parse-yaml.js";

/** The slug that a key gives. */
export function keySlug(file: ParsedFile, label: SlugLabel, key: string, document: LocatedJson): string {
  const slug = parseSlug(key, label);
  if (!slug.ok) throw file.fail(document.nameOffset, slug.reason);
  return slug.value;
}

/** The slug that a document in a map has: its key's, which a `slug` member may only repeat. */
export function keyedSlug(file: ParsedFile, label: SlugLabel, key: string, document: LocatedJson): string {
  const slug = keySlug(file, label, key, document);
  const own = ownSlug(file, label, document);
  if (own === undefined || own === slug) return slug;
  throw file.fail(slugMember(document).offset, `${label} "${own}" contradicts its key "${quoteCut(key)}"`);
}

/** The slug that a document gives itself. */
export function ownSlug(file: ParsedFile, label: SlugLabel, document: LocatedJson): string | undefined {
  const { value, offset } = slugMember(document);
  if (value === null) return undefined;
  if (typeof value !== "string") throw file.fail(offset, "slug must be a string");
  const slug = parseSlug(value, label);
  if (!slug.ok) throw file.fail(offset, slug.reason);
  return slug.value;
}

/** The documents of a map by their slugs, in the order of the file; `slugOf` is given key and document. */
export function bySlug(
  file: ParsedFile,
  label: SlugLabel,
  documents: ReadonlyMap<string, LocatedJson>,
  slugOf: typeof keyedSlug,
): Map<string, LocatedJson> {
  const found = new Map<string, LocatedJson>();
  for (const [key, document] of documents) {
    const slug = slugOf(file, label, key, document);
    const first = found.get(slug);
    if (first !== undefined) {
      const { line } = file.position(first.nameOffset);
      throw file.fail(document.nameOffset, `${label} "${slug}" is used twice (first on line ${line})`);
    }
    found.set(slug, document);
  }
  return found;
}

function slugMember(document: LocatedJson): Pick<LocatedJson, "value" | "offset"> {
  return document.members?.get("slug") ?? { value: null, offset: document.offset };
}
