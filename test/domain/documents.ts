/** Documents for tests, complete but for what a test is about. */
import { createCatalog } from "../../src/catalog/catalog.js";
import type { Metadata, Policy, Profile, Registry } from "../../src/domain/document.js";
import type { DocumentView } from "../../src/domain/document-view.js";
import { DEFAULT_LIMITS } from "../../src/domain/limits.js";
import type { Rollout } from "../../src/domain/rollout.js";

/** The built-in definitions, and one that takes any config. */
export const catalog = createCatalog([
  {
    definition: {
      kind: "middleware",
      name: "vault",
      version: 1,
      display_name: "Vault",
      description: "Takes any config.",
      schema: { type: "object", properties: { level: { type: "integer" } }, additionalProperties: true },
    },
  },
]);
export const rules = { catalog, limits: DEFAULT_LIMITS };

export const metadata: Metadata = {
  version: 1,
  created_at_ms: 1,
  updated_at_ms: 1,
  created_by: "anonymous",
  updated_by: "anonymous",
  source: "rest",
};

export const closed: Policy = { allow_overrides: false, read_only: false };
export const open: Policy = { allow_overrides: true, read_only: false };

export function aProfile(members: Partial<Profile> = {}): Profile {
  return { slug: "p", runtime: {}, policy: closed, metadata, ...members };
}

export function aRegistry(members: Partial<Registry> = {}): Registry {
  return { slug: "default", metadata, ...members };
}

/** A view of registries, each with its profiles. */
export function viewOf(
  documents: readonly { registry: Registry; profiles: readonly Profile[] }[],
  rollouts: readonly Rollout[] = [],
): DocumentView {
  const bySlug = new Map(documents.map((one) => [one.registry.slug, one]));
  return {
    revision: 7,
    registry: (slug) => bySlug.get(slug)?.registry,
    profile: (registry, slug) => bySlug.get(registry)?.profiles.find((profile) => profile.slug === slug),
    rollouts: () => rollouts,
  };
}
