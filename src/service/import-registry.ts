/** What an import does to one registry and its profiles (spec 6.3). */
import type { Profile, ProfileInput, Registry } from "../domain/document.js";
import { documentDifferences, sameContent } from "../domain/document-diff.js";
import { invalid } from "../domain/errors.js";
import { draftImportedRegistry, replacingInput } from "../domain/import-draft.js";
import { addChange, type ImportPlan } from "../domain/import-plan.js";
import { equalJson } from "../domain/json.js";
import type { Limits } from "../domain/limits.js";
import { draftProfile, type RegistryContent } from "../domain/profile-draft.js";
import type { Rollout } from "../domain/rollout.js";
import type { SecretExemptions } from "../domain/secrets.js";
import { fileProfile } from "../formats/file-documents.js";
import type { SourceProfile, SourceRegistry } from "../formats/source-documents.js";
import type { Change, Expectation, Unversioned } from "../store/store.js";
import type { ServiceContext } from "./context.js";
import { rolloutChanges } from "./declared-rollouts.js";
import type { ImportProblems, ImportSource } from "./import-problems.js";
import { newProfile, rewrittenProfile } from "./profiles.js";
import { newRegistry, rewrittenRegistry } from "./registries.js";
import type { Caller } from "./write.js";

export interface ImportOptions {
  /** Also clears what the input's registries have and the input has not: their profiles, names, tags, default profile. */
  replace: boolean;
  /** Also changes and deletes read-only profiles. */
  includeReadOnly: boolean;
}

/** What is being decided. */
export interface ImportDecision {
  plan: ImportPlan;
  expect: Expectation[];
  changes: Change[];
  problems: ImportProblems;
}

export interface Importing {
  context: ServiceContext;
  exempt: SecretExemptions;
  options: ImportOptions;
  caller: Caller;
  nowMs: number;
}

/** Other work gets its turn between pages. */
const PAGE = 100;

export async function decideRegistry(
  source: ImportSource,
  registry: SourceRegistry,
  importing: Importing,
  decision: ImportDecision,
): Promise<void> {
  const { store } = importing.context;
  const { slug, profiles } = registry;
  const { registry: stored, rollouts, revision } = await store.read(slug, []);
  await decideDocument(source, registry, { stored, rollouts }, importing, decision);
  for (let i = 0; i < profiles.length; i += PAGE) {
    const page = profiles.slice(i, i + PAGE);
    const names = page.map((profile) => profile.slug);
    const found = stored === undefined ? [] : (await store.read(slug, names)).profiles;
    page.forEach((profile, k) => {
      decideProfile(source, slug, profile, found[k], importing, decision);
    });
    await new Promise(setImmediate);
  }
  if (importing.options.replace && stored !== undefined) {
    await decideDeletions(registry, stored, revision, importing, decision);
  }
}

/** The registry's own document. */
async function decideDocument(
  source: ImportSource,
  registry: SourceRegistry,
  { stored, rollouts }: { stored: Registry | undefined; rollouts: readonly Rollout[] },
  { context, exempt, options, caller, nowMs }: Importing,
  { problems, plan, expect, changes }: ImportDecision,
): Promise<void> {
  const { slug } = registry;
  const { environmentFlags } = context;
  const at = { ...source, registry: slug };
  const content = problems.attempt(at, () =>
    registryContent(source, registry, stored, options.replace, context.limits),
  );
  if (content === undefined) return;
  const profile = content.default_profile_slug;
  if (profile !== undefined && !registry.profiles.some((one) => one.slug === profile)) {
    const kept =
      options.replace || stored === undefined ? [] : (await context.store.read(slug, [profile])).profiles;
    if (kept[0] === undefined) {
      problems.attempt(at, () => {
        throw invalid("registry.default_profile_slug", "default profile does not exist in registry");
      });
    } else expect.push({ registry: slug, profile, version: "exists" });
  }
  if (stored === undefined) {
    addChange(plan, { action: "create", registry: slug });
    expect.push({ registry: slug, version: 0 });
    const created = newRegistry(content, caller, nowMs);
    changes.push(
      { operation: "create_registry", registry: created },
      ...rolloutChanges(undefined, created, [], nowMs, environmentFlags),
    );
    return;
  }
  const registryAfter = rewrittenRegistry(stored, content, caller, nowMs);
  if (sameContent(stored, registryAfter)) {
    plan.counts.unchanged += 1;
    expect.push({ registry: slug, version: "exists" });
    return;
  }
  const differences = documentDifferences(stored, registryAfter, exempt);
  addChange(plan, { action: "change", registry: slug, differences });
  expect.push({ registry: slug, version: stored.metadata.version });
  changes.push(
    { operation: "update_registry", registry: registryAfter },
    ...rolloutChanges(stored, registryAfter, rollouts, nowMs, environmentFlags),
  );
}

function registryContent(
  { documents }: ImportSource,
  { slug, input, profiles }: SourceRegistry,
  stored: Registry | undefined,
  replace: boolean,
  limits: Limits,
): RegistryContent {
  if (documents.format !== "legacy-map")
    return draftImportedRegistry(slug, stored, input, { replace, limits });
  // A legacy map says nothing of its registry: its default profile is for one that has none, or would lose it.
  const kept = stored?.default_profile_slug;
  const keeps = kept !== undefined && (!replace || profiles.some((profile) => profile.slug === kept));
  return draftImportedRegistry(slug, stored, keeps ? {} : input, { replace: false, limits });
}

function decideProfile(
  source: ImportSource,
  registry: string,
  { slug, input }: SourceProfile,
  stored: Profile | undefined,
  { context, exempt, options, caller, nowMs }: Importing,
  { problems, plan, expect, changes }: ImportDecision,
): void {
  const at = { ...source, registry, profile: slug };
  if (stored === undefined) {
    const content = problems.attempt(at, () => draftProfile(slug, undefined, input, context));
    if (content === undefined) return;
    addChange(plan, { action: "create", registry, profile: slug });
    expect.push({ registry, profile: slug, version: 0 });
    const profile = compact(newProfile(content, caller, nowMs));
    changes.push({ operation: "create_profile", registry, profile });
    return;
  }
  const replacing = replacingInput(input, stored);
  // Before validation, which may refuse what was stored under another catalogue.
  if (saysTheSame(replacing, stored)) {
    plan.counts.unchanged += 1;
    return;
  }
  const content = problems.attempt(at, () => draftProfile(slug, undefined, replacing, context));
  const profile = content && compact(rewrittenProfile(stored, content, caller, nowMs));
  if (profile !== undefined && sameContent(stored, profile)) {
    plan.counts.unchanged += 1;
    return;
  }
  if (stored.policy.read_only && !options.includeReadOnly) problems.addLocked(slug);
  if (profile === undefined) return;
  const differences = documentDifferences(stored, profile, exempt);
  addChange(plan, { action: "change", registry, profile: slug, differences });
  expect.push({ registry, profile: slug, version: stored.metadata.version });
  changes.push({ operation: "update_profile", registry, profile });
}

/** As JSON.parse makes it, which takes less than half the memory: a hundred thousand wait for their commit. */
function compact(profile: Unversioned<Profile>): Unversioned<Profile> {
  return JSON.parse(JSON.stringify(profile)) as Unversioned<Profile>;
}

function saysTheSame({ tags = [], ...input }: ProfileInput, stored: Profile): boolean {
  const said = fileProfile({ slug: stored.slug, ...input, metadata: { tags } });
  return equalJson(said.content, fileProfile(stored).content);
}

/** The profiles that the file does not name, as of the revision at which the registry was read. */
async function decideDeletions(
  { slug: registry, profiles }: SourceRegistry,
  stored: Registry,
  at: number,
  { context, options }: Importing,
  { problems, plan, expect, changes }: ImportDecision,
): Promise<void> {
  const named = new Set(profiles.map(({ slug }) => slug));
  let count = 0;
  for (let after = ""; ; ) {
    const page = await context.store.listProfiles(registry, { at, after, limit: PAGE });
    for (const { slug, policy } of page.profiles) {
      if (policy.read_only && !options.includeReadOnly && !named.has(slug)) problems.addLocked(slug);
    }
    const slugs = [...page.profiles.map(({ slug }) => slug), ...page.unreadable].sort();
    for (const profile of slugs.filter((slug) => !named.has(slug))) {
      count += 1;
      addChange(plan, { action: "delete", registry, profile });
      changes.push({ operation: "delete_profile", registry, deleteProfile: profile });
    }
    if (!page.more) break;
    after = slugs.at(-1) ?? after;
    await new Promise(setImmediate);
  }
  // Every write to a profile moves its registry: nobody makes one the default, or another one, meanwhile.
  if (count > 0) expect.push({ registry, version: stored.metadata.version });
}
