/** The flat map that chat tools kept before registries: profile name → section → field (spec 6.3). */
import { emptyObject, isObject } from "../domain/json.js";
import type { LocatedJson } from "./located-json.js";
import type { ParsedFile } from "./parse-yaml.js";
import { bySlug, keySlug } from "./read-slug.js";
import { membersOf } from "./registry-documents.js";
import type { PlacedRegistry } from "./source-documents.js";

/** The member of a profile that an entry of the map becomes. */
export const LEGACY_MEMBER = "runtime.step_settings_patch";

const DEFAULT_PROFILE = "default";

export function readLegacyMap(
  file: ParsedFile,
  slug: string,
  at: LocatedJson,
  entries: ReadonlyMap<string, LocatedJson>,
): PlacedRegistry {
  const profiles = bySlug(file, "profile slug", entries, keySlug);
  for (const [name, sections] of profiles) membersOf(file, sections, `profile "${name}"`);
  const [first] = [...profiles.keys()].sort();
  const defaultSlug = profiles.has(DEFAULT_PROFILE) ? DEFAULT_PROFILE : first;
  return {
    registry: {
      slug,
      input: defaultSlug === undefined ? {} : { default_profile_slug: defaultSlug },
      profiles: [...profiles].map(([name, { value }]) => ({
        slug: name,
        input: { runtime: { step_settings_patch: isObject(value) ? value : emptyObject() } },
      })),
    },
    at,
    profiles,
  };
}
