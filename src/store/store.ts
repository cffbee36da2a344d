/**
 * What a store keeps and promises. Operations take and return data, never closures, so that a store may commit on another
 * thread or another machine (spec 6.2). Times, actors and decisions come from the caller; versions and revisions from the store.
 *
 * Guarantees, of every store:
 * - A commit is applied whole or not at all, and is durable before it is acknowledged. Nothing of it is visible before.
 * - Revisions count up store-wide without gaps and become visible in order; every changed document has a log entry
 *   written in the same transaction.
 * - The version of a document is its last one ever plus one, through deletes of it and of its registry.
 * - A read sees every commit acknowledged before it began, by whichever process.
 *
 * All operations throw DomainError: `unavailable` when the store stays busy past its timeout, `data_loss` for a stored
 * document that cannot be read.
 */
import type { Profile, Registry, Source } from "../domain/document.js";
import type { FiguresCell, FiguresQuery } from "../domain/figures.js";
import type { Json, JsonObject } from "../domain/json.js";
import type { Rollout, RolloutFlags } from "../domain/rollout.js";

/** A registry, or a profile or the rollout of a mode in it. */
export interface DocumentKey {
  registry: string;
  profile?: string;
  mode?: string;
}

export interface Documents {
  /** The revision at which all of these were current together. */
  revision: number;
  registry: Registry | undefined;
  /** In the order asked for; undefined where there is none. */
  profiles: (Profile | undefined)[];
  /** Of the registry, by mode; those that cannot be read are reported, and not among them. */
  rollouts: Rollout[];
}

/** What the documents of a commit must be when it is applied, or it is not: version 0 means "does not exist". */
export interface Expectation extends DocumentKey {
  /** `exists` takes any version. */
  version: number | "exists";
}

/** What the store stamps onto a document itself. */
export type Unversioned<T extends { metadata: unknown }> = Omit<T, "metadata"> & {
  metadata: Omit<Profile["metadata"], "version">;
};

export type Operation =
  | "create_profile"
  | "update_profile"
  | "delete_profile"
  | "rollback_profile"
  | "set_read_only"
  | "create_registry"
  | "update_registry"
  | "set_default_profile"
  | "delete_registry"
  | "create_rollout"
  | "update_rollout"
  | "advance_rollout"
  | "rollback_rollout"
  | "delete_rollout"
  | "restore";

export type Change =
  | { operation: Operation; registry: string; profile: Unversioned<Profile> }
  | { operation: Operation; registry: string; deleteProfile: string }
  | { operation: Operation; registry: Unversioned<Registry> }
  | { operation: Operation; deleteRegistry: string }
  | {
      operation: Operation;
      registry: string;
      rollout: Omit<Rollout, "version">;
      /** Laid over it where the registry never had a rollout of this mode. */
      onFirst?: Partial<RolloutFlags>;
      /** For the log entry: why, and what it was decided from. */
      details?: JsonObject;
    }
  | { operation: Operation; registry: string; deleteRollout: string };

export interface Commit {
  /** Unix milliseconds. */
  timeMs: number;
  actor: string;
  source: Source;
  /** All checked before anything is changed. */
  expect: readonly Expectation[];
  /**
   * Applied in order. Every registry with a change to itself or its profiles moves by one version, once, however many changes
   * it has; one that is only deleted, with its profiles, does not. A change to a rollout moves none.
   */
  changes: readonly Change[];
  /** Does everything but store it: the outcome is the one that the commit would have, its revision the one it was tried at. */
  dryRun?: boolean;
  /** Keeps the outcome under a key, together with the changes. Another commit with the key is then not applied. */
  remember?: { key: string } & Omit<Remembered, "committed">;
}

/** For how long an outcome is kept under its key (spec 2.5), in ms. */
export const REMEMBERED_MS = 24 * 60 * 60 * 1_000;

/** The outcome of a commit that was given a key. */
export interface Remembered {
  /** Tells the request from others that use its key. */
  request: string;
  /** What the answer needs besides the outcome. */
  given: Json;
  committed: Committed;
}

/** Nothing was changed: an expectation did not hold, or a commit with the key of this one came before it. */
export interface Conflict {
  committed: false;
  /** The first that did not hold; undefined where it was the key. */
  expectation?: Expectation;
  /** The version found; 0 when the document does not exist. */
  actual?: number;
}

export interface Committed {
  committed: true;
  /** The commit's last revision. */
  revision: number;
  /** The version that each change gave its document, in the order of the changes; of a delete, the last one. */
  versions: readonly number[];
  /** The registries that the commit moved and did not delete, as they are after it. */
  registries: readonly Registry[];
}

/** An entry of the append-only log (spec 2.1), without the document. */
export interface LogEntry extends DocumentKey {
  revision: number;
  commitRevision: number;
  timeMs: number;
  actor: string;
  source: Source;
  operation: Operation;
  /** The version after the write; of a delete, the last one. */
  version: number;
  registryVersion: number;
  /** As it was after the write, with clear secrets; undefined where it was not asked for, cannot be read, and of a delete. */
  document?: Profile | Registry | Rollout;
  /** Of a write to a rollout: why, and what it was decided from. */
  details?: JsonObject;
}

export interface LogQuery {
  /** Only entries with a greater revision. */
  after?: number;
  /** Only entries with a lesser revision. */
  before?: number;
  registry?: string;
  /** Only of profiles of this name; with `registry`. */
  profile?: string;
  /** Only of rollouts of this mode; with `registry`. */
  mode?: string;
  /** Only the write that gave this version; with `profile`. */
  version?: number;
  /** Default: the oldest first. */
  newestFirst?: boolean;
  /** Whether entries bring their documents. Default false. */
  documents?: boolean;
  /** Leaves out the entries of deletes. Default false. */
  writesOnly?: boolean;
  limit: number;
}

export interface ProfilePage {
  profiles: Profile[];
  /** Slugs on this page whose document cannot be read; they are reported, and not among `profiles`. */
  unreadable: string[];
  /** Whether more follow. */
  more: boolean;
}

/** What has changed since a revision: these documents, or, when that cannot be told, anything. */
export interface ChangesSince {
  revision: number;
  changed: DocumentKey[] | "all";
}

export interface StoreReader {
  /** A registry, profiles of it and its rollouts, all as of one revision. */
  read(registry: string, profiles: readonly string[]): Promise<Documents>;
  /** All registries, sorted by slug, as of one revision; of those that cannot be read the slugs. */
  listRegistries(): Promise<{ revision: number; registries: Registry[]; unreadable: string[] }>;
  /**
   * Profiles of a registry sorted by slug, from the one after `after` on, as they were at revision `at`: pages read one
   * after the other at one revision fit together whatever is written meanwhile. `text` must occur in the slug, the display
   * name or the description, whatever the case of ASCII letters.
   */
  listProfiles(
    registry: string,
    page: { at: number; after?: string; limit: number; tag?: string; text?: string },
  ): Promise<ProfilePage>;
  /** The last revision committed by any process; 0 for a store never written. */
  revision(): Promise<number>;
}

export interface Store extends StoreReader {
  commit(commit: Commit): Promise<Committed | Conflict>;
  /** What a key is kept for, if it was given less than REMEMBERED_MS before `nowMs`. */
  recall(key: string, nowMs: number): Promise<Remembered | undefined>;
  /**
   * For a cache: what it must drop to be current again; anything, when it has seen nothing yet (-1). An edit by hand, which
   * no log entry tells of, is told once: a store serves one cache.
   */
  changesSince(revision: number): Promise<ChangesSince>;
  /**
   * Whether `changesSince` has nothing to tell, where that can be said without waiting; false also where it cannot. As current
   * as any read.
   */
  isUnchangedSince(revision: number): boolean;
  readLog(query: LogQuery): Promise<LogEntry[]>;
  /**
   * Adds to what turns came to, which all processes on the store add to (spec 5.5); outside revisions and log. What is older
   * than `keepSinceMs` goes.
   */
  addFigures(cells: readonly FiguresCell[], keepSinceMs: number): Promise<void>;
  /** What has been added so far, one cell for each of its names. */
  readFigures(query: FiguresQuery): Promise<FiguresCell[]>;
  /** The documents met so far that could not be read, as `registry`, `registry/profile` or `registry/rollouts/mode`. */
  unreadable(): readonly string[];
  /** Why nothing can be written now, where that is known without trying; for operators. */
  problem(): string | undefined;
  /** The number of the schema in use, for operators. */
  readonly schemaVersion: number;
  /** May be called again. */
  close(): Promise<void>;
}

/** A store that cannot be opened: one clear line for the operator. */
export class StoreOpenError extends Error {
  override readonly name = "StoreOpenError";
}
