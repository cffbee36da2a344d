/** Use cases on profiles (spec 2). */
import type { Profile, ProfileInput, Registry } from "../domain/document.js";
import type { DocumentView } from "../domain/document-view.js";
import { DomainError, policyViolation } from "../domain/errors.js";
import { defined } from "../domain/parse-document.js";
import { draftProfile, type ProfileContent } from "../domain/profile-draft.js";
import type { Change, Committed, Operation, Unversioned } from "../store/store.js";
import type { ServiceContext } from "./context.js";
import { chooseRegistry, existingProfile, existingRegistry, profileSlug } from "./names.js";
import { type Caller, checkExpectedVersion, deletedAnswer, type Plan } from "./write.js";

/** A profile together with the registry that it was read at. Holds clear secrets: edges redact. */
export interface ProfileAnswer {
  profile: Profile;
  registry: Registry;
  /** The revision that this reflects; of a write, its own. */
  revision: number;
}

export interface ProfilesPage {
  profiles: Profile[];
  /** The last slug that was looked at, also where its profile cannot be read; undefined for an empty page. */
  last: string | undefined;
  more: boolean;
}

/** The profiles of a registry at one revision, page by page as they are asked for. */
export interface ProfileList {
  registry: Registry;
  revision: number;
  pages: AsyncIterable<ProfilesPage>;
}

export interface ListProfiles {
  registry: string | undefined;
  /** Only those after this slug. */
  after?: string | undefined;
  tag?: string | undefined;
  /** Must occur in the slug, the display name or the description, whatever the case of ASCII letters. */
  text?: string | undefined;
  /** Profiles per page. */
  pageSize: number;
}

export interface ProfileName {
  registry: string | undefined;
  slug: string;
}

export interface ProfileWrite extends ProfileName {
  expectedVersion?: number | undefined;
}

export interface WriteProfile extends ProfileWrite {
  input: ProfileInput;
  /** Also makes it the default of the registry. */
  setDefault: boolean;
}

export interface ProfilesService {
  listProfiles(request: ListProfiles): Promise<ProfileList>;
  getProfile(name: ProfileName): Promise<ProfileAnswer>;
  createProfile(request: WriteProfile, caller: Caller): Promise<ProfileAnswer>;
  updateProfile(request: WriteProfile, caller: Caller): Promise<ProfileAnswer>;
  deleteProfile(request: ProfileWrite, caller: Caller): Promise<{ revision: number }>;
  /** `expectedVersion` is the registry's. */
  setDefaultProfile(request: ProfileWrite, caller: Caller): Promise<ProfileAnswer>;
  setProfileReadOnly(request: ProfileWrite & { readOnly: boolean }, caller: Caller): Promise<ProfileAnswer>;
}

export function isDefault({ profile, registry }: Pick<ProfileAnswer, "profile" | "registry">): boolean {
  return registry.default_profile_slug === profile.slug;
}

export function createProfilesService(context: ServiceContext): ProfilesService {
  const { documents, writer, defaultRegistry, requireExpectedVersion } = context;

  const find = (view: DocumentView, { registry: raw, slug: rawSlug }: ProfileName) => {
    const choice = chooseRegistry(raw, defaultRegistry);
    const slug = profileSlug(rawSlug);
    const registry = existingRegistry(view, choice);
    return { registry, profile: existingProfile(view, choice, slug) };
  };
  const checkProfileVersion = (
    { slug, metadata: { version } }: Profile,
    expected: number | undefined,
  ): void => checkExpectedVersion({ kind: "profile", slug, version }, expected, requireExpectedVersion);

  return {
    async listProfiles({ registry: raw, after, tag, text, pageSize }) {
      const slug = chooseRegistry(raw, defaultRegistry);
      const { registry, revision } = await documents.decide((view) => ({
        registry: existingRegistry(view, slug),
        revision: view.revision,
      }));
      return {
        registry,
        revision,
        pages: pagesOf(context, slug, defined({ at: revision, limit: pageSize, tag, text }), after),
      };
    },

    getProfile: (name) => documents.decide((view) => ({ ...find(view, name), revision: view.revision })),

    createProfile({ registry: raw, slug: rawSlug, input, setDefault, expectedVersion }, caller) {
      return writer.write(
        caller,
        (view, nowMs) => {
          const choice = chooseRegistry(raw, defaultRegistry);
          const slug = profileSlug(rawSlug);
          const registry = existingRegistry(view, choice);
          const content = draftProfile(slug, undefined, input, context);
          const existing = view.profile(choice, slug);
          if (existing !== undefined) {
            throw new DomainError(
              "already_exists",
              `profile "${slug}" already exists (version ${existing.metadata.version})`,
            );
          }
          checkExpectedVersion({ kind: "profile", slug, version: 0 }, expectedVersion, false);
          const profile = newProfile(content, caller, nowMs);
          return planProfile("create_profile", { registry, profile, expected: 0, setDefault }, caller, nowMs);
        },
        profileAnswer,
      );
    },

    updateProfile({ input, setDefault, expectedVersion, ...name }, caller) {
      return writer.write(
        caller,
        (view, nowMs) => {
          const { registry, profile: stored } = find(view, name);
          refuseReadOnly(stored);
          const content = draftProfile(stored.slug, stored, input, context);
          checkProfileVersion(stored, expectedVersion);
          const profile = rewrittenProfile(stored, content, caller, nowMs);
          const expected = stored.metadata.version;
          return planProfile("update_profile", { registry, profile, expected, setDefault }, caller, nowMs);
        },
        profileAnswer,
      );
    },

    deleteProfile({ expectedVersion, ...name }, caller) {
      return writer.write(
        caller,
        (view) => {
          const { registry, profile } = find(view, name);
          refuseReadOnly(profile);
          if (isDefault({ profile, registry }))
            throw policyViolation("profile is the registry default", profile.slug);
          checkProfileVersion(profile, expectedVersion);
          return {
            expect: [
              { registry: registry.slug, profile: profile.slug, version: profile.metadata.version },
              // Which profile is the default must still be so.
              { registry: registry.slug, version: registry.metadata.version },
            ],
            changes: [{ operation: "delete_profile", registry: registry.slug, deleteProfile: profile.slug }],
            given: null,
          };
        },
        deletedAnswer,
      );
    },

    setDefaultProfile({ expectedVersion, ...name }, caller) {
      return writer.write(
        caller,
        (view, nowMs) => {
          const { registry, profile } = find(view, name);
          const { slug, metadata } = registry;
          checkExpectedVersion(
            { kind: "registry", slug, version: metadata.version },
            expectedVersion,
            requireExpectedVersion,
          );
          return {
            expect: [
              { registry: slug, version: metadata.version },
              { registry: slug, profile: profile.slug, version: profile.metadata.version },
            ],
            changes: [defaultChange(registry, profile.slug, caller, nowMs)],
            given: { profile },
          };
        },
        ({ registries, revision }, { profile }) => ({ profile, registry: registries[0]!, revision }),
      );
    },

    setProfileReadOnly({ readOnly, expectedVersion, ...name }, caller) {
      return writer.write(
        caller,
        (view, nowMs) => {
          const { registry, profile: stored } = find(view, name);
          checkProfileVersion(stored, expectedVersion);
          const { metadata, ...content } = stored;
          const changed = { ...content, policy: { ...stored.policy, read_only: readOnly } };
          const profile = rewrittenProfile(stored, { ...changed, tags: metadata.tags ?? [] }, caller, nowMs);
          const expected = metadata.version;
          return planProfile(
            "set_read_only",
            { registry, profile, expected, setDefault: false },
            caller,
            nowMs,
          );
        },
        profileAnswer,
      );
    },
  };
}

export function refuseReadOnly(profile: Profile): void {
  if (profile.policy.read_only) throw policyViolation("profile is read-only", profile.slug);
}

async function* pagesOf(
  { store }: ServiceContext,
  registry: string,
  page: { at: number; limit: number; tag?: string; text?: string },
  after: string | undefined,
): AsyncGenerator<ProfilesPage> {
  let from = after;
  for (;;) {
    const found = await store.listProfiles(registry, {
      ...page,
      ...(from === undefined ? {} : { after: from }),
    });
    from = [...found.profiles.map((profile) => profile.slug), ...found.unreadable].sort().at(-1);
    yield { profiles: found.profiles, last: from, more: found.more };
    if (!found.more) return;
  }
}

/** A profile written, and with `setDefault` its registry too. */
export function planProfile(
  operation: Operation,
  write: { registry: Registry; profile: Unversioned<Profile>; expected: number; setDefault: boolean },
  caller: Caller,
  nowMs: number,
): Plan<WrittenProfile> {
  const { registry, profile, expected, setDefault } = write;
  return {
    expect: [
      { registry: registry.slug, profile: profile.slug, version: expected },
      { registry: registry.slug, version: setDefault ? registry.metadata.version : "exists" },
    ],
    changes: [
      { operation, registry: registry.slug, profile },
      ...(setDefault ? [defaultChange(registry, profile.slug, caller, nowMs)] : []),
    ],
    given: { profile },
  };
}

export interface WrittenProfile {
  profile: Unversioned<Profile>;
}

export function profileAnswer(
  { versions, registries, revision }: Committed,
  { profile }: WrittenProfile,
): ProfileAnswer {
  const metadata = { version: versions[0]!, ...profile.metadata };
  return { profile: { ...profile, metadata }, registry: registries[0]!, revision };
}

function defaultChange(registry: Registry, slug: string, { actor }: Caller, nowMs: number): Change {
  const { version: _, ...metadata } = registry.metadata;
  return {
    operation: "set_default_profile",
    registry: {
      ...registry,
      default_profile_slug: slug,
      metadata: { ...metadata, updated_at_ms: nowMs, updated_by: actor },
    },
  };
}

export function newProfile(
  { tags, ...content }: ProfileContent,
  { actor, source }: Caller,
  nowMs: number,
): Unversioned<Profile> {
  return {
    ...content,
    metadata: {
      created_at_ms: nowMs,
      updated_at_ms: nowMs,
      created_by: actor,
      updated_by: actor,
      source,
      ...(tags?.length ? { tags } : {}),
    },
  };
}

/** Content over a stored profile, whose creation it keeps. */
export function rewrittenProfile(
  stored: Profile,
  content: ProfileContent,
  caller: Caller,
  nowMs: number,
): Unversioned<Profile> {
  const { created_at_ms, created_by } = stored.metadata;
  const fresh = newProfile(content, caller, nowMs);
  return { ...fresh, metadata: { ...fresh.metadata, created_at_ms, created_by } };
}
