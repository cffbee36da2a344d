/** What profiles have been, and back to it (spec 2.1). */

import type { Profile, ProfileInput, Registry } from "../domain/document.js";
import { documentDifferences } from "../domain/document-diff.js";
import { DomainError } from "../domain/errors.js";
import { draftProfile } from "../domain/profile-draft.js";
import type { LogEntry } from "../store/store.js";
import type { ServiceContext } from "./context.js";
import { chooseRegistry, existingRegistry, profileSlug } from "./names.js";
import {
  newProfile,
  type ProfileAnswer,
  type ProfileName,
  type ProfileWrite,
  planProfile,
  profileAnswer,
  refuseReadOnly,
  rewrittenProfile,
} from "./profiles.js";
import { type Caller, checkExpectedVersion } from "./write.js";

export interface ProfileVersion extends Omit<LogEntry, "document"> {
  /** RFC 6901 pointers to what differs from the version before; of the first, to all that it has. At most 100. */
  changedPaths: string[];
}

export interface ListVersions extends ProfileName {
  /** Only those written before this revision. */
  before?: number | undefined;
  limit: number;
}

export interface HistoryService {
  /** The newest first. Throws `not_found` for a profile that never was. */
  listVersions(
    request: ListVersions,
  ): Promise<{ versions: ProfileVersion[]; more: boolean; revision: number }>;
  /** Also of a profile that was deleted. */
  getVersion(request: ProfileName & { version: number }): Promise<ProfileAnswer>;
  /** Writes a version once more, as a new one. */
  rollbackProfile(request: ProfileWrite & { version: number }, caller: Caller): Promise<ProfileAnswer>;
}

const MAX_CHANGED_PATHS = 100;

export function createHistoryService(context: ServiceContext): HistoryService {
  const { store, documents, writer, defaultRegistry, requireExpectedVersion } = context;

  /** The registry must be there; the profile need not. */
  const find = ({ registry: raw, slug: rawSlug }: ProfileName) => {
    const choice = chooseRegistry(raw, defaultRegistry);
    const slug = profileSlug(rawSlug);
    return documents.decide((view) => ({
      registry: existingRegistry(view, choice),
      slug,
      revision: view.revision,
    }));
  };

  const readVersion = async (registry: Registry, slug: string, version: number): Promise<Profile> => {
    const [entry] = await store.readLog({
      registry: registry.slug,
      profile: slug,
      version,
      writesOnly: true,
      documents: true,
      limit: 1,
    });
    if (entry === undefined)
      throw new DomainError("not_found", `profile "${slug}" has no version ${version}`);
    if (entry.document === undefined) {
      throw new DomainError(
        "data_loss",
        `version ${version} of profile "${slug}" of registry "${registry.slug}" cannot be read`,
      );
    }
    return entry.document as Profile;
  };

  return {
    async listVersions({ before, limit, ...name }) {
      const { registry, slug, revision } = await find(name);
      // One more: what the last one on the page was made from.
      const entries = await store.readLog({
        registry: registry.slug,
        profile: slug,
        before: Math.min(before ?? Number.POSITIVE_INFINITY, revision + 1),
        writesOnly: true,
        documents: true,
        newestFirst: true,
        limit: limit + 1,
      });
      if (entries.length === 0 && before === undefined)
        throw new DomainError("not_found", "profile not found");
      const versions = entries.slice(0, limit).map(({ document, ...entry }, i) => ({
        ...entry,
        changedPaths: changedPaths(entries[i + 1]?.document, document),
      }));
      return { versions, more: entries.length > limit, revision };
    },

    async getVersion({ version, ...name }) {
      const { registry, slug, revision } = await find(name);
      return { profile: await readVersion(registry, slug, version), registry, revision };
    },

    rollbackProfile({ version, expectedVersion, ...name }, caller) {
      return writer.writeAfter(
        caller,
        async (nowMs) => {
          const choice = chooseRegistry(name.registry, defaultRegistry);
          const slug = profileSlug(name.slug);
          const { registry, stored } = await documents.decide((view) => ({
            registry: existingRegistry(view, choice),
            stored: view.profile(choice, slug),
          }));
          const then = await readVersion(registry, slug, version);
          if (stored !== undefined) refuseReadOnly(stored);
          const draft = draftProfile(slug, undefined, inputOf(then), context);
          const expected = stored?.metadata.version ?? 0;
          checkExpectedVersion(
            { kind: "profile", slug, version: expected },
            expectedVersion,
            requireExpectedVersion,
          );
          // The mark is lifted and set by an operation of its own (spec 2.2).
          const policy = { ...draft.policy, read_only: (stored ?? then).policy.read_only };
          const content = { ...draft, policy };
          const profile = stored
            ? rewrittenProfile(stored, content, caller, nowMs)
            : newProfile(content, caller, nowMs);
          return planProfile(
            "rollback_profile",
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

function changedPaths(before: LogEntry["document"], after: LogEntry["document"]): string[] {
  if (after === undefined) return [];
  return documentDifferences(before, after)
    .slice(0, MAX_CHANGED_PATHS)
    .map(({ pointer }) => pointer);
}

/** A stored profile as a write that gives all of its members. */
function inputOf({ slug: _, metadata, ...content }: Profile): ProfileInput {
  return { ...content, ...(metadata.tags ? { tags: metadata.tags } : {}) };
}
