/**
 * Documents in memory, in front of a store: reads through, keeps what is asked for within a byte budget, and drops exactly
 * what the log says has changed. Never by time: an answer after a committed write is never older than it.
 */
import type { Profile, Registry } from "../domain/document.js";
import type { DocumentView } from "../domain/document-view.js";
import { DomainError } from "../domain/errors.js";
import type { Rollout } from "../domain/rollout.js";
import type { DocumentKey, Store } from "./store.js";

export interface DocumentReader {
  /**
   * Runs a pure function over all documents as of one revision, not before the last commit acknowledged when this was
   * called. Documents are read when it looks them up; it may run several times.
   */
  decide<T>(decision: (view: DocumentView) => T): Promise<T>;
}

export interface DocumentCache extends DocumentReader {
  usage(): CacheUsage;
}

export interface CacheUsage {
  /** Documents that were found in memory, and those that had to be read. */
  hits: number;
  misses: number;
  /** Of what is kept, as JSON. */
  bytes: number;
}

export interface CacheOptions {
  /** Roughly, in bytes of JSON. Default 64 MiB. */
  maxBytes?: number;
}

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

/** What is kept under one key: a profile, or a registry with its rollouts. */
type Kept = Profile | KeptRegistry;

interface KeptRegistry {
  registry: Registry;
  rollouts: readonly Rollout[];
}

/** Thrown by a view at a document that is not in memory yet; the decision runs again when it is. */
class NotInMemory extends Error {
  constructor(
    readonly registry: string,
    readonly profile: string | undefined,
  ) {
    super("document is not in memory");
  }
}

/** Kept for one decision in the place of a document that cannot be read: what looking it up throws. */
class Unreadable {
  constructor(readonly error: DomainError) {}
}

export function createDocumentCache(
  store: Pick<Store, "read" | "changesSince">,
  { maxBytes = DEFAULT_MAX_BYTES }: CacheOptions = {},
): DocumentCache {
  const documents = createLru(maxBytes);
  let misses = 0;
  /** What `documents` are current as of: another object after every change, also one that moved no revision. */
  let current = { revision: -1 };

  const applyChanges = async (): Promise<void> => {
    const { revision, changed } = await store.changesSince(current.revision);
    if (changed === "all") documents.clear();
    else for (const key of changed) documents.drop(keyOf(key));
    if (changed === "all" || revision !== current.revision) current = { revision };
  };

  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  /**
   * One at a time, so that changes are applied in the order in which the store told of them. Calls made meanwhile share the
   * next one: the running one may have looked before them.
   */
  const catchUp = (): Promise<void> => {
    if (running !== undefined) {
      const after = (): Promise<void> => {
        next = undefined;
        return catchUp();
      };
      next ??= running.then(after, after);
      return next;
    }
    running = applyChanges().finally(() => {
      running = undefined;
    });
    return running;
  };

  return {
    usage: () => ({ ...documents.usage(), misses }),

    async decide(decision) {
      // What this call has read, also what is not there or too large to keep.
      let read = new Map<string, Kept | Unreadable | undefined>();
      let readAt = current;
      for (;;) {
        await catchUp();
        if (readAt !== current) {
          read = new Map();
          readAt = current;
        }
        const view = createView(readAt.revision, documents, read);
        let missing: NotInMemory;
        try {
          return decision(view);
        } catch (error) {
          if (!(error instanceof NotInMemory)) throw error;
          missing = error;
        }
        const { registry, profile } = missing;
        const key = keyOf(profile === undefined ? { registry } : { registry, profile });
        let found: Awaited<ReturnType<typeof store.read>>;
        misses++;
        try {
          found = await store.read(registry, profile === undefined ? [] : [profile]);
        } catch (error) {
          if (!(error instanceof DomainError) || error.code !== "data_loss") throw error;
          read.set(key, new Unreadable(error));
          continue;
        }
        // Anything else was read at a revision that is not this one: caught up with and read again.
        if (found.revision !== readAt.revision || readAt !== current) continue;
        const keep = (at: string, document: Kept | undefined): void => {
          read.set(at, document);
          if (document !== undefined) documents.keep(at, document);
        };
        // Of a registry that is not there nothing is kept: there is no end to their names.
        keep(keyOf({ registry }), found.registry && { registry: found.registry, rollouts: found.rollouts });
        if (profile !== undefined) keep(key, found.profiles[0]);
      }
    },
  };
}

function createView(
  revision: number,
  documents: Lru,
  read: ReadonlyMap<string, Kept | Unreadable | undefined>,
): DocumentView {
  const find = (key: string, registry: string, profile?: string): Kept | undefined => {
    const document = documents.get(key) ?? read.get(key);
    if (document === undefined && !read.has(key)) throw new NotInMemory(registry, profile);
    if (document instanceof Unreadable) throw document.error;
    return document;
  };
  const findRegistry = (slug: string) => find(keyOf({ registry: slug }), slug) as KeptRegistry | undefined;
  return {
    revision,
    registry: (slug) => findRegistry(slug)?.registry,
    profile: (registry, slug) =>
      find(keyOf({ registry, profile: slug }), registry, slug) as Profile | undefined,
    rollouts: (registry) => findRegistry(registry)?.rollouts ?? [],
  };
}

/** Slugs hold no slash. Rollouts are kept with their registry. */
function keyOf({ registry, profile }: DocumentKey): string {
  return profile === undefined ? registry : `${registry}/${profile}`;
}

interface Lru {
  get(key: string): Kept | undefined;
  keep(key: string, document: Kept): void;
  drop(key: string): void;
  clear(): void;
  usage(): { hits: number; bytes: number };
}

/** The least recently used go first; a Map keeps the order in which keys were set. */
function createLru(maxBytes: number): Lru {
  const entries = new Map<string, { document: Kept; bytes: number }>();
  let total = 0;
  let hits = 0;
  const drop = (key: string): void => {
    const entry = entries.get(key);
    if (entry === undefined) return;
    total -= entry.bytes;
    entries.delete(key);
  };
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      hits++;
      entries.delete(key);
      entries.set(key, entry);
      return entry.document;
    },
    keep(key, document) {
      drop(key);
      const bytes = JSON.stringify(document).length;
      if (bytes > maxBytes) return;
      entries.set(key, { document, bytes });
      total += bytes;
      for (const oldest of entries.keys()) {
        if (total <= maxBytes) break;
        drop(oldest);
      }
    },
    drop,
    clear() {
      entries.clear();
      total = 0;
    },
    usage: () => ({ hits, bytes: total }),
  };
}
