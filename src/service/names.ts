/** What requests call things, as slugs, and what they name (spec 2.3: names, then whether they exist). */
import type { Profile, Registry } from "../domain/document.js";
import type { DocumentView } from "../domain/document-view.js";
import { invalid, profileNotFound, registryNotFound } from "../domain/errors.js";
import { isBlank, parseSlug } from "../domain/identifiers.js";
import { parseRegistryChoice } from "../domain/selection.js";

/** Blank counts as absent: the default registry. Throws `malformed`. */
export function chooseRegistry(raw: string | undefined, defaultRegistry: string): string {
  return isBlank(raw) ? defaultRegistry : parseRegistryChoice(raw);
}

/** Throws `validation` on `profile.slug`. */
export function profileSlug(raw: string): string {
  const parsed = parseSlug(raw, "profile slug");
  if (!parsed.ok) throw invalid("profile.slug", parsed.reason);
  return parsed.value;
}

/** Throws `not_found`. */
export function existingRegistry(view: DocumentView, slug: string): Registry {
  const registry = view.registry(slug);
  if (registry === undefined) throw registryNotFound();
  return registry;
}

export function existingProfile(view: DocumentView, registry: string, slug: string): Profile {
  const profile = view.profile(registry, slug);
  if (profile === undefined) throw profileNotFound();
  return profile;
}
