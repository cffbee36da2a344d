/** `/profiles` and below. */
import {
  type Calls,
  type NewDocumentOptions,
  type RegistryOptions,
  segment,
  type WriteOptions,
} from "./calls.js";
import type {
  NewProfile,
  ProfileAsRead,
  ProfileChanges,
  ProfileDocument,
  ProfileItem,
  ProfileVersion,
} from "./documents.js";
import { type Listing, listing } from "./listing.js";

export interface ListProfiles extends RegistryOptions {
  /** Only those with this tag. */
  tag?: string | undefined;
  /** Only those with this text in slug, display name or description; ASCII letters in any case. */
  text?: string | undefined;
  /** `summary`: without prompts and extensions, with who wrote them last. Default `full`. */
  view?: "full" | "summary" | undefined;
  /** How many are asked for at once: 1–1,000. Default 200. */
  pageSize?: number | undefined;
}

export interface ListVersions extends RegistryOptions {
  /** How many are asked for at once: 1–1,000. Default 100. */
  pageSize?: number | undefined;
}

export interface ProfileMethods {
  /** By slug. */
  listProfiles(options?: ListProfiles): Listing<ProfileItem>;
  getProfile(slug: string, options?: RegistryOptions): Promise<ProfileDocument>;
  createProfile(profile: NewProfile, options?: NewDocumentOptions): Promise<ProfileDocument>;
  updateProfile(
    read: ProfileAsRead,
    changes: ProfileChanges,
    options?: WriteOptions,
  ): Promise<ProfileDocument>;
  deleteProfile(read: ProfileAsRead, options?: WriteOptions): Promise<void>;
  /** Compares the registry's version, where it was read. */
  setDefaultProfile(
    read: Pick<ProfileDocument, "slug" | "registry"> & { registry_version?: number },
    options?: WriteOptions,
  ): Promise<ProfileDocument>;
  /** The newest first. */
  listProfileVersions(slug: string, options?: ListVersions): Listing<ProfileVersion>;
  /** Also of a profile that was deleted. */
  getProfileVersion(slug: string, version: number, options?: RegistryOptions): Promise<ProfileDocument>;
  /** Writes a version once more. `read` is the profile as it is now; of one that was deleted its version is 0. */
  rollbackProfile(read: ProfileAsRead, version: number, options?: WriteOptions): Promise<ProfileDocument>;
}

export function profileMethods({ registryOf, read, get, write }: Calls): ProfileMethods {
  return {
    listProfiles({ tag, text, view, pageSize = 200, signal, ...options } = {}) {
      const query = { registry: registryOf(options), tag, q: text, view, limit: pageSize };
      return listing((linked) => read("/profiles", { query: { ...query, ...linked }, signal }));
    },

    getProfile: async (slug, { signal, ...options } = {}) =>
      get(`/profiles/${segment(slug)}`, { query: { registry: registryOf(options) }, signal }),

    createProfile: (profile, options = {}) =>
      write("POST", "/profiles", { query: { registry: registryOf(options) }, json: profile }, options),

    updateProfile: async (asRead, changes, options = {}) =>
      write(
        "PATCH",
        `/profiles/${segment(asRead.slug)}`,
        {
          query: { registry: asRead.registry },
          json: { ...changes, expected_version: versionOf(asRead) },
        },
        options,
      ),

    deleteProfile: async (asRead, options = {}) =>
      write(
        "DELETE",
        `/profiles/${segment(asRead.slug)}`,
        { query: { registry: asRead.registry, expected_version: versionOf(asRead) } },
        options,
      ),

    setDefaultProfile: async ({ slug, registry, registry_version }, options = {}) =>
      write(
        "POST",
        `/profiles/${segment(slug)}/default`,
        { query: { registry }, json: { expected_version: registry_version } },
        options,
      ),

    listProfileVersions: (slug, { pageSize = 100, signal, ...options } = {}) =>
      listing(async (linked) =>
        read(`/profiles/${segment(slug)}/versions`, {
          query: { registry: registryOf(options), limit: pageSize, ...linked },
          signal,
        }),
      ),

    getProfileVersion: async (slug, version, { signal, ...options } = {}) =>
      get(`/profiles/${segment(slug)}/versions/${version}`, {
        query: { registry: registryOf(options) },
        signal,
      }),

    rollbackProfile: async (asRead, version, options = {}) =>
      write(
        "POST",
        `/profiles/${segment(asRead.slug)}/rollback`,
        { query: { registry: asRead.registry }, json: { version, expected_version: versionOf(asRead) } },
        options,
      ),
  };
}

function versionOf(read: ProfileAsRead): number {
  return "metadata" in read ? read.metadata.version : read.version;
}
