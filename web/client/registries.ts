/** `/registries` and below, the log, and whole registries as files. */
import type { ImportPlan } from "../../src/domain/import-plan.js";
import { type Calls, type ReadOptions, segment, type WriteOptions } from "./calls.js";
import type { LogItem, NewRegistry, Registry, RegistryChanges } from "./documents.js";
import { type Listing, listing, listOf } from "./listing.js";
import type { Transport } from "./transport.js";

/** What was read of a registry before it is written: its version is sent. */
export type RegistryAsRead = { slug: string; metadata: Pick<Registry["metadata"], "version"> };

export interface ListLog extends ReadOptions {
  /** Default: all, but of a `profile` the default one. */
  registry?: string | undefined;
  profile?: string | undefined;
  /** A revision: what was written after it. Default: from the beginning. */
  after?: number | undefined;
  /** How many are asked for at once: 1–1,000. Default 100. */
  pageSize?: number | undefined;
}

export interface ExportOptions extends ReadOptions {
  /** Default: all. */
  registry?: string | undefined;
  /** Default: YAML. */
  format?: "yaml" | "json" | undefined;
}

export interface ImportOptions extends WriteOptions {
  /** Of a file that names none. */
  registry?: string | undefined;
  /** Also deletes what the registries of the file have and the file has not: profiles, names, tags. */
  replace?: boolean | undefined;
  /** Also changes and deletes profiles that are read-only. */
  includeReadOnly?: boolean | undefined;
  /** Names the file in errors. */
  fileName?: string | undefined;
}

export interface Imported extends ImportPlan {
  /** The import's own; where nothing was written, the one that was looked at. */
  revision: number;
}

export interface RegistryMethods {
  /** By slug, all of them. */
  listRegistries(options?: ReadOptions): Promise<Registry[]>;
  getRegistry(slug: string, options?: ReadOptions): Promise<Registry>;
  createRegistry(registry: NewRegistry, options?: WriteOptions): Promise<Registry>;
  updateRegistry(read: RegistryAsRead, changes: RegistryChanges, options?: WriteOptions): Promise<Registry>;
  /** `force` also deletes its profiles; without it, it has to be empty. */
  deleteRegistry(read: RegistryAsRead, options?: WriteOptions & { force?: boolean }): Promise<void>;
  /** The oldest first. Of all registries, also where the client has one of its own. */
  listLog(options?: ListLog): Listing<LogItem>;
  /** The file, to be read as it comes; secrets are redacted. Of all registries, also where the client has one of its own. */
  exportRegistries(options?: ExportOptions): Promise<Response>;
  /** `validateOnly` shows the plan. */
  importRegistries(file: Blob | string, options?: ImportOptions): Promise<Imported>;
}

export function registryMethods({ read, get, write }: Calls, { open }: Transport): RegistryMethods {
  return {
    listRegistries: async ({ signal } = {}) => listOf(await read("/registries", { signal })),

    getRegistry: async (slug, { signal } = {}) => get(`/registries/${segment(slug)}`, { signal }),

    createRegistry: (registry, options = {}) => write("POST", "/registries", { json: registry }, options),

    updateRegistry: async ({ slug, metadata }, changes, options = {}) =>
      write(
        "PATCH",
        `/registries/${segment(slug)}`,
        { json: { ...changes, expected_version: metadata.version } },
        options,
      ),

    deleteRegistry: async ({ slug, metadata }, { force, ...options } = {}) =>
      write(
        "DELETE",
        `/registries/${segment(slug)}`,
        { query: { force, expected_version: metadata.version } },
        options,
      ),

    listLog({ pageSize = 100, signal, ...filter } = {}) {
      const query = { ...filter, limit: pageSize };
      return listing((linked) => read("/log", { query: { ...query, ...linked }, signal }));
    },

    exportRegistries: ({ signal, ...query } = {}) => open("GET", "/export", { query, signal }),

    importRegistries(body, { registry, replace, includeReadOnly, fileName, ...options } = {}) {
      const query = { registry, replace, include_read_only: includeReadOnly, file_name: fileName };
      const file = { body, type: "application/octet-stream" };
      return write("POST", "/import", { query, file }, options);
    },
  };
}
