/** Resolving without a store or a server: the resolver is a pure function over documents. */
import {
  createCatalog,
  DEFAULT_LIMITS,
  type DocumentView,
  type Profile,
  type Registry,
  type Resolution,
  type ResolveRequest,
  type Rollout,
  resolve,
  secretExemptions,
} from "../src/index.js";

export interface Documents {
  revision: number;
  registry: Registry;
  profiles: readonly Profile[];
  /** One for each processing mode. A mode without one is off. */
  rollouts?: readonly Rollout[];
}

/** A turn may name a profile, and ask for a processing mode. */
export interface Turn
  extends Pick<ResolveRequest, "processing" | "deployment" | "conv_id" | "targeting_key"> {
  profile?: string;
}

/** What a turn gets. Throws DomainError as a server would answer. */
export function resolveLocally(documents: Documents, { profile, ...turn }: Turn = {}): Resolution {
  const view: DocumentView = {
    revision: documents.revision,
    registry: (slug) => (slug === documents.registry.slug ? documents.registry : undefined),
    profile: (registry, slug) =>
      registry === documents.registry.slug
        ? documents.profiles.find((candidate) => candidate.slug === slug)
        : undefined,
    rollouts: () => documents.rollouts ?? [],
  };
  return resolve(view, { selection: { body: profile }, ...turn }, "all", {
    defaultRegistry: documents.registry.slug,
    catalog: createCatalog(),
    limits: DEFAULT_LIMITS,
    secretExempt: secretExemptions([]),
    operator: {},
  });
}
