/**
 * Documents in memory, in front of a store: reads through, keeps what is asked for within a byte budget, and drops exactly
 * what the log says has changed. Never by time: an answer after a committed write is never older than it.
 */
import type { Profile, Registry } from "../domain/document.js";
import type { DocumentView } from "../domain/document-view.js";
import type { Store } from "./store.js";

export interface DocumentReader {
  /**
   * Runs a pure function over all documents as of one revision, not before the last commit acknowledged when this was
   * called. Documents are read when it looks them up; it may run several times.
   */
  decide<T>(decision: (view: DocumentView) => T): Promise<T>;
}

export interface CacheOptions {
  /** Roughly, in bytes of JSON. Default 64 MiB. */
  maxBytes?: number;
}

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

/** Thrown by a view at a document that is not in memory yet; the decision runs again when it is. */
class NotInMemory extends Error {
  constructor(
    readonly registry: string,
    readonly profile: string | undefined,
  ) {
    super("document is not in memory");
  }
}

export function createDocumentCache(
  store: Pick<Store, "read" | "changesSince">,
  { maxBytes = DEFAULT_MAX_BYTES }: CacheOptions = {},
): DocumentReader {
  const documents = createLru(maxBytes);
  /** What `documents` are current as of: another object after every change, also one that moved no revision. */
  let current = { revision: -1 };

  const applyChanges = async (): Promise<void> => {
    const { revision, changed } = await store.changesSince(current.revision);
    if (changed === "all") documents.clear();
    else for (const key of changed) documents.drop(keyOf(key.registry, key.profile));
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
    async decide(decision) {
      // What this call has read, also what is not there or too large to keep.
      let read = new Map<string, Registry | Profile | undefined>();
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
        const found = await store.read(
          missing.registry,
          missing.profile === undefined ? [] : [missing.profile],
        );
        // Anything else was read at a revision that is not this one: caught up with and read again.
        if (found.revision !== readAt.revision || readAt !== current) continue;
        const keep = (key: string, document: Registry | Profile | undefined): void => {
          read.set(key, document);
          if (document !== undefined) documents.keep(key, document);
        };
        keep(keyOf(missing.registry), found.registry);
        if (missing.profile !== undefined) keep(keyOf(missing.registry, missing.profile), found.profiles[0]);
      }
    },
  };
}

function createView(
  revision: number,
  documents: Lru,
  read: ReadonlyMap<string, Registry | Profile | undefined>,
): DocumentView {
  const find = (registry: string, profile?: string): Registry | Profile | undefined => {
    const key = keyOf(registry, profile);
    const document = documents.get(key) ?? read.get(key);
    if (document === undefined && !read.has(key)) throw new NotInMemory(registry, profile);
    return document;
  };
  return {
    revision,
    registry: (slug) => find(slug) as Registry | undefined,
    profile: (registry, slug) => find(registry, slug) as Profile | undefined,
  };
}

/** Slugs hold no slash. */
function keyOf(registry: string, profile?: string): string {
  return profile === undefined ? registry : `${registry}/${profile}`;
}

interface Lru {
  get(key: string): Registry | Profile | undefined;
  keep(key: string, document: Registry | Profile): void;
  drop(key: string): void;
  clear(): void;
}

/** The least recently used go first; a Map keeps the order in which keys were set. */
function createLru(maxBytes: number): Lru {
  const entries = new Map<string, { document: Registry | Profile; bytes: number }>();
  let total = 0;
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
  };
}
