/** Documents and commits as short as tests want to write them. */
import type { Profile, Registry } from "../../src/domain/document.js";
import { type FiguresCell, type FiguresKey, noCounts } from "../../src/domain/figures.js";
import { newRollout, type Rollout } from "../../src/domain/rollout.js";
import type { Change, Commit, Committed, Expectation, Store, Unversioned } from "../../src/store/store.js";

type Content<T extends { metadata: unknown }> = Partial<Omit<T, "slug" | "metadata">> & { tags?: string[] };

function metadata(tags: string[] | undefined): Omit<Profile["metadata"], "version"> {
  return {
    created_at_ms: 1_000,
    updated_at_ms: 1_000,
    created_by: "ann",
    updated_by: "ann",
    source: "rest",
    ...(tags === undefined ? {} : { tags }),
  };
}

export function profile(slug: string, { tags, ...content }: Content<Profile> = {}): Unversioned<Profile> {
  return {
    slug,
    runtime: {},
    policy: { allow_overrides: false, read_only: false },
    ...content,
    metadata: metadata(tags),
  };
}

export function registry(slug: string, { tags, ...content }: Content<Registry> = {}): Unversioned<Registry> {
  return { slug, ...content, metadata: metadata(tags) };
}

export function createRegistry(slug: string, content?: Content<Registry>): Change {
  return { operation: "create_registry", registry: registry(slug, content) };
}

export function updateRegistry(slug: string, content?: Content<Registry>): Change {
  return { operation: "update_registry", registry: registry(slug, content) };
}

export function deleteRegistry(slug: string): Change {
  return { operation: "delete_registry", deleteRegistry: slug };
}

export function createProfile(inRegistry: string, slug: string, content?: Content<Profile>): Change {
  return { operation: "create_profile", registry: inRegistry, profile: profile(slug, content) };
}

export function updateProfile(inRegistry: string, slug: string, content?: Content<Profile>): Change {
  return { operation: "update_profile", registry: inRegistry, profile: profile(slug, content) };
}

export function deleteProfile(inRegistry: string, slug: string): Change {
  return { operation: "delete_profile", registry: inRegistry, deleteProfile: slug };
}

type RolloutChange = Extract<Change, { rollout: unknown }>;

export function createRollout(
  inRegistry: string,
  mode: string,
  content: Partial<Rollout> = {},
): RolloutChange {
  const rollout = { ...newRollout(inRegistry, mode, 1_000), ...content };
  return { operation: "create_rollout", registry: inRegistry, rollout };
}

export function updateRollout(inRegistry: string, mode: string, content?: Partial<Rollout>): RolloutChange {
  return { ...createRollout(inRegistry, mode, content), operation: "update_rollout" };
}

export function deleteRollout(inRegistry: string, mode: string): Change {
  return { operation: "delete_rollout", registry: inRegistry, deleteRollout: mode };
}

/** Figures of some turns, the same as if they had been added `times` over. */
export function cell(key: Partial<FiguresKey>, times = 1): FiguresCell {
  const counts = {
    ...noCounts(),
    samples: 3 * times,
    errors: times,
    score_sum: 0.5 * times,
    latency: { 4: 2 * times, 17: times },
  };
  return {
    registry: "r",
    askedMode: "fast",
    appliedMode: "fast",
    deployment: "local",
    slotMs: 1,
    ...key,
    counts,
  };
}

export function commitOf(changes: Change[], rest: Partial<Omit<Commit, "changes">> = {}): Commit {
  return { timeMs: 1_000, actor: "ann", source: "rest", expect: [], ...rest, changes };
}

export function expecting(expect: Expectation[], ...changes: Change[]): Commit {
  return commitOf(changes, { expect });
}

/** A commit that expects nothing, so that it is made. */
export async function write(store: Store, ...changes: Change[]): Promise<Committed> {
  const outcome = await store.commit(commitOf(changes));
  if (!outcome.committed) throw new Error("a commit without expectations met a conflict");
  return outcome;
}

export async function findProfile(
  store: Pick<Store, "read">,
  inRegistry: string,
  slug: string,
): Promise<Profile | undefined> {
  return (await store.read(inRegistry, [slug])).profiles[0];
}

export async function findRegistry(store: Pick<Store, "read">, slug: string): Promise<Registry | undefined> {
  return (await store.read(slug, [])).registry;
}

export async function findRollout(
  store: Pick<Store, "read">,
  inRegistry: string,
  mode: string,
): Promise<Rollout | undefined> {
  return (await store.read(inRegistry, [])).rollouts.find((rollout) => rollout.mode === mode);
}

export async function slugsOf(
  store: Pick<Store, "listProfiles" | "revision">,
  inRegistry: string,
  page: { at?: number; after?: string; limit?: number; tag?: string; text?: string } = {},
): Promise<string[]> {
  const at = page.at ?? (await store.revision());
  const { profiles } = await store.listProfiles(inRegistry, { limit: 1_000, ...page, at });
  return profiles.map((found) => found.slug);
}
