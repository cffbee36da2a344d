/** Resolving without a store or a server: the resolver is a pure function over documents. */
import {
  createCatalog,
  DEFAULT_LIMITS,
  type DocumentView,
  type Profile,
  type Registry,
  type Resolution,
  resolve,
  secretExemptions,
} from "../src/index.js";

export interface Documents {
  revision: number;
  registry: Registry;
  profiles: readonly Profile[];
}

/** What a request gets that names `profile`, or none. Throws DomainError as a server would answer. */
export function resolveLocally(documents: Documents, profile?: string): Resolution {
  const view: DocumentView = {
    revision: documents.revision,
    registry: (slug) => (slug === documents.registry.slug ? documents.registry : undefined),
    profile: (registry, slug) =>
      registry === documents.registry.slug
        ? documents.profiles.find((candidate) => candidate.slug === slug)
        : undefined,
    // Processing modes are left to the server.
    rollouts: () => [],
  };
  return resolve(view, { selection: { body: profile } }, "all", {
    defaultRegistry: documents.registry.slug,
    catalog: createCatalog(),
    limits: DEFAULT_LIMITS,
    secretExempt: secretExemptions([]),
    operator: {},
  });
}
