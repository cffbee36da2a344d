/** What profiles have been, and back to it (spec 2.1). */

import type { Profile, ProfileInput, Registry } from "../domain/document.js";
import { documentDifferences } from "../domain/document-diff.js";
import { DomainError, invalid } from "../domain/errors.js";
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
  /**
   * RFC 6901 pointers to what differs from the version before; of the first, to all that it has. At most 100, and none
   * longer than 512 characters: a longer one gives way to the nearest place above it.
   */
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
  /** Writes a version once more, as a new one. Throws `validation` on `version` where it names none. */
  rollbackProfile(request: ProfileWrite & { version: number }, caller: Caller): Promise<ProfileAnswer>;
}

const MAX_CHANGED_PATHS = 100;
const MAX_POINTER_CHARACTERS = 512;
/** Documents are large, and only what differs between them is kept. */
const READ_AT_ONCE = 20;

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

  /**
   * As the log has it where its row cannot be read: going back is how to mend that. What is written meanwhile is met by the
   * version that the commit expects.
   */
  const storedProfile = async (registry: string, slug: string): Promise<Profile | undefined> => {
    try {
      return await documents.decide((view) => view.profile(registry, slug));
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== "data_loss") throw error;
      for await (const { document } of writesOf(registry, slug, Number.MAX_SAFE_INTEGER)) {
        if (document !== undefined) return document as Profile;
        break;
      }
      throw error;
    }
  };

  /** The newest first. */
  async function* writesOf(registry: string, profile: string, before: number): AsyncGenerator<LogEntry> {
    const query = { registry, profile, writesOnly: true, documents: true, newestFirst: true };
    for (let from = before; ; ) {
      const entries = await store.readLog({ ...query, before: from, limit: READ_AT_ONCE });
      yield* entries;
      const last = entries.at(-1);
      if (last === undefined || entries.length < READ_AT_ONCE) return;
      from = last.revision;
    }
  }

  return {
    async listVersions({ before, limit, ...name }) {
      const { registry, slug, revision } = await find(name);
      const versions: ProfileVersion[] = [];
      let newer: LogEntry | undefined;
      const from = Math.min(before ?? revision + 1, revision + 1);
      for await (const entry of writesOf(registry.slug, slug, from)) {
        if (newer !== undefined) versions.push(profileVersion(newer, entry));
        newer = entry;
        if (versions.length === limit) return { versions, more: true, revision };
      }
      if (newer !== undefined) versions.push(profileVersion(newer, undefined));
      else if (before === undefined) throw new DomainError("not_found", "profile not found");
      return { versions, more: false, revision };
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
          if (version < 1) throw invalid("version", "is required");
          const registry = await documents.decide((view) => existingRegistry(view, choice));
          const stored = await storedProfile(choice, slug);
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

/** `before` is the one that it was made from; undefined for the first. */
function profileVersion({ document, ...entry }: LogEntry, before: LogEntry | undefined): ProfileVersion {
  if (document === undefined) return { ...entry, changedPaths: [] };
  const pointers = documentDifferences(before?.document as Profile | undefined, document as Profile)
    .slice(0, MAX_CHANGED_PATHS)
    .map(({ pointer }) => shortened(pointer));
  return { ...entry, changedPaths: [...new Set(pointers)] };
}

function shortened(pointer: string): string {
  if (pointer.length <= MAX_POINTER_CHARACTERS) return pointer;
  return pointer.slice(0, pointer.lastIndexOf("/", MAX_POINTER_CHARACTERS));
}

/** A stored profile as a write that gives all of its members. */
function inputOf({ slug: _, metadata, ...content }: Profile): ProfileInput {
  return { ...content, ...(metadata.tags ? { tags: metadata.tags } : {}) };
}
