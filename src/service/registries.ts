/** Use cases on registries (spec 2). */
import type { Registry, RegistryInput } from "../domain/document.js";
import type { DocumentView } from "../domain/document-view.js";
import { DomainError, invalid, policyViolation } from "../domain/errors.js";
import { isBlank, parseSlug } from "../domain/identifiers.js";
import { draftRegistry, type RegistryContent } from "../domain/profile-draft.js";
import type { Change, Committed, Store, Unversioned } from "../store/store.js";
import type { ServiceContext } from "./context.js";
import { rolloutChanges } from "./declared-rollouts.js";
import { chooseRegistry, existingRegistry } from "./names.js";
import { type Caller, checkExpectedVersion, deletedAnswer } from "./write.js";

export interface RegistryAnswer {
  registry: Registry;
  /** The revision that this reflects; of a write, its own. */
  revision: number;
}

export interface RegistriesService {
  /** Sorted by slug. */
  listRegistries(): Promise<{ registries: Registry[]; revision: number }>;
  getRegistry(raw: string | undefined): Promise<RegistryAnswer>;
  createRegistry(request: CreateRegistry, caller: Caller): Promise<RegistryAnswer>;
  updateRegistry(request: UpdateRegistry, caller: Caller): Promise<RegistryAnswer>;
  deleteRegistry(request: DeleteRegistry, caller: Caller): Promise<{ revision: number }>;
}

export interface CreateRegistry {
  slug: string;
  input: RegistryInput;
  expectedVersion?: number | undefined;
}

export interface UpdateRegistry {
  registry: string | undefined;
  input: RegistryInput;
  expectedVersion?: number | undefined;
}

export interface DeleteRegistry {
  registry: string | undefined;
  /** Deletes its profiles too. */
  force: boolean;
  expectedVersion?: number | undefined;
}

const PAGE = 500;

export function createRegistriesService(context: ServiceContext): RegistriesService {
  const { store, documents, writer, limits, defaultRegistry, requireExpectedVersion, environmentFlags } =
    context;

  return {
    listRegistries: () => store.listRegistries(),

    getRegistry(raw) {
      return documents.decide((view) => ({
        registry: existingRegistry(view, chooseRegistry(raw, defaultRegistry)),
        revision: view.revision,
      }));
    },

    createRegistry({ slug: raw, input, expectedVersion }, caller) {
      return writer.write(
        caller,
        (view, nowMs) => {
          const slug = newRegistrySlug(raw);
          const content = draftRegistry(slug, undefined, input, limits);
          checkDefaultExists(view, content);
          const existing = view.registry(slug);
          if (existing !== undefined) {
            throw new DomainError(
              "already_exists",
              `registry "${slug}" already exists (version ${existing.metadata.version})`,
            );
          }
          checkExpectedVersion({ kind: "registry", slug, version: 0 }, expectedVersion, false);
          const registry = newRegistry(content, caller, nowMs);
          return {
            expect: [{ registry: slug, version: 0 }],
            changes: [
              { operation: "create_registry", registry },
              ...rolloutChanges(undefined, registry, [], nowMs, environmentFlags),
            ],
            given: null,
          };
        },
        registryAnswer,
      );
    },

    updateRegistry({ registry: raw, input, expectedVersion }, caller) {
      return writer.write(
        caller,
        (view, nowMs) => {
          const slug = chooseRegistry(raw, defaultRegistry);
          const stored = existingRegistry(view, slug);
          const content = draftRegistry(slug, stored, input, limits);
          checkDefaultExists(view, content);
          const { version } = stored.metadata;
          checkExpectedVersion({ kind: "registry", slug, version }, expectedVersion, requireExpectedVersion);
          const kept = content.default_profile_slug;
          const registry = rewrittenRegistry(stored, content, caller, nowMs);
          return {
            expect: [
              { registry: slug, version },
              ...(kept === undefined ? [] : [{ registry: slug, profile: kept, version: "exists" as const }]),
            ],
            changes: [
              { operation: "update_registry", registry },
              ...rolloutChanges(stored, registry, view.rollouts(slug), nowMs, environmentFlags),
            ],
            given: null,
          };
        },
        registryAnswer,
      );
    },

    async deleteRegistry({ registry: raw, force, expectedVersion }, caller) {
      const slug = chooseRegistry(raw, defaultRegistry);
      return writer.writeAfter(
        caller,
        async () => {
          const { registry, rollouts, revision } = await documents.decide((view) => ({
            registry: existingRegistry(view, slug),
            rollouts: view.rollouts(slug),
            revision: view.revision,
          }));
          const { version } = registry.metadata;
          if (slug === defaultRegistry) {
            throw new DomainError(
              "failed_precondition",
              `registry "${slug}" is the default registry of this server`,
            );
          }
          const deletions: Change[] = [];
          for await (const { slugs, locked } of contentsOf(store, slug, revision)) {
            if (!force) throw new DomainError("failed_precondition", `registry "${slug}" is not empty`);
            if (locked !== undefined) throw policyViolation("profile is read-only", locked);
            deletions.push(
              ...slugs.map((profile) => ({
                operation: "delete_profile" as const,
                registry: slug,
                deleteProfile: profile,
              })),
            );
          }
          checkExpectedVersion({ kind: "registry", slug, version }, expectedVersion, requireExpectedVersion);
          return {
            // Every write to a profile moves its registry: this version covers them all.
            expect: [{ registry: slug, version }],
            changes: [
              ...deletions,
              ...rolloutChanges(registry, undefined, rollouts, 0, environmentFlags),
              { operation: "delete_registry", deleteRegistry: slug },
            ],
            given: null,
          };
        },
        deletedAnswer,
      );
    },
  };
}

function registryAnswer({ registries, revision }: Committed): RegistryAnswer {
  return { registry: registries[0]!, revision };
}

/** The slugs of a registry page by page, and of each page the first that is read-only. */
async function* contentsOf(
  store: Store,
  registry: string,
  at: number,
): AsyncGenerator<{ slugs: string[]; locked: string | undefined }> {
  let after: string | undefined;
  for (;;) {
    const page = await store.listProfiles(registry, {
      at,
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    });
    const locked = page.profiles.find((profile) => profile.policy.read_only)?.slug;
    const slugs = [...page.profiles.map((profile) => profile.slug), ...page.unreadable].sort();
    if (slugs.length > 0) yield { slugs, locked };
    if (!page.more) return;
    after = slugs.at(-1);
  }
}

function newRegistrySlug(raw: string): string {
  const parsed = parseSlug(raw, "registry slug");
  if (!parsed.ok) throw invalid("registry.slug", parsed.reason);
  return parsed.value;
}

/** Throws `validation` on `registry.default_profile_slug` (spec 1.4). */
function checkDefaultExists(
  view: DocumentView,
  { slug, default_profile_slug: profile }: RegistryContent,
): void {
  if (!isBlank(profile) && view.profile(slug, profile) === undefined) {
    throw invalid("registry.default_profile_slug", "default profile does not exist in registry");
  }
}

export function newRegistry(
  { tags, ...content }: RegistryContent,
  { actor, source }: Caller,
  nowMs: number,
): Unversioned<Registry> {
  return {
    ...content,
    metadata: {
      created_at_ms: nowMs,
      updated_at_ms: nowMs,
      created_by: actor,
      updated_by: actor,
      source,
      ...(tags ? { tags } : {}),
    },
  };
}

/** Content over a stored registry, whose creation it keeps. */
export function rewrittenRegistry(
  stored: Registry,
  content: RegistryContent,
  caller: Caller,
  nowMs: number,
): Unversioned<Registry> {
  const { created_at_ms, created_by } = stored.metadata;
  const fresh = newRegistry(content, caller, nowMs);
  return { ...fresh, metadata: { ...fresh.metadata, created_at_ms, created_by } };
}
