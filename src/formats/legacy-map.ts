/** The flat map that chat tools kept before registries: profile name → section → field (spec 6.3). */
import { emptyObject, isObject } from "../domain/json.js";
import type { LocatedJson } from "./located-json.js";
import type { ParsedFile, Placed } from "./parsed-file.js";
import { bySlug, keySlug } from "./read-slug.js";
import { checkObject } from "./registry-documents.js";
import { type PlacedRegistry, type SourceProfile, sourceProfile } from "./source-documents.js";

/** The member of a profile that an entry of the map becomes. */
export const LEGACY_MEMBER = "runtime.step_settings_patch";

const DEFAULT_PROFILE = "default";

export function readLegacyMap(
  file: ParsedFile,
  slug: string,
  at: LocatedJson,
  entries: Iterable<[string, Placed]>,
): PlacedRegistry {
  const documents = new Map(bySlug(file, "profile slug", entries, keySlug));
  const profiles: SourceProfile[] = [];
  const places = new Map<string, () => LocatedJson>();
  for (const [name, sections] of documents) {
    checkObject(file, sections, `profile "${name}"`);
    const { value } = sections;
    const patch = isObject(value) ? value : emptyObject();
    profiles.push(sourceProfile(name, { runtime: { step_settings_patch: patch } }));
    places.set(name, sections.place);
  }
  const [first] = [...documents.keys()].sort();
  const defaultSlug = documents.has(DEFAULT_PROFILE) ? DEFAULT_PROFILE : first;
  const input = defaultSlug === undefined ? {} : { default_profile_slug: defaultSlug };
  return { registry: { slug, input, profiles }, at, profiles: places };
}
