/**
 * Documents in memory, in front of a store: reads through, keeps what is asked for within a byte budget, and drops exactly
 * what the log says has changed. Never by time: an answer after a committed write is never older than it.
 */
import type { Profile, Registry } from "../domain/document.js";
import type { DocumentView } from "../domain/document-view.js";
import { DomainError, isDataLoss } from "../domain/errors.js";
import type { Rollout } from "../domain/rollout.js";
import { createLru, type Lru } from "./lru.js";
import { createSharedReads } from "./shared-reads.js";
import { createStamps, type Stamps } from "./stamps.js";
import type { DocumentKey, Store } from "./store.js";

export interface DocumentReader {
  /**
   * Runs a pure function over all documents as of one revision, not before the last commit acknowledged when this was
   * called. Documents are read when it looks them up; it may run several times.
   */
  decide<T>(decision: (view: CurrentView) => T): Promise<T>;
}

/** For what is kept of documents: whether it would come out the same again. */
export interface CurrentView extends DocumentView {
  /** Another object after every change. */
  readonly state: object;
  /** Another number whenever a registry, or what is or is not there as a profile, may have changed. */
  stamp(registry: string, profile?: string): number;
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
  /** Roughly, in bytes of JSON. Default 11 MiB. */
  maxBytes?: number;
}

const DEFAULT_MAX_BYTES = 11 * 1024 * 1024;

/** Decisions that share a look at the store. */
const MOST_TOGETHER = 128;

/** What is kept under one key: a profile, or a registry with its rollouts. */
type Kept = Profile | KeptRegistry;

interface KeptRegistry {
  registry: Registry;
  rollouts: readonly Rollout[];
}

/** Thrown by a view at a document that is not in memory yet; the decision runs again when it is. No error, for its speed. */
class NotInMemory {
  constructor(
    readonly registry: string,
    readonly profile: string | undefined,
  ) {}
}

export function createDocumentCache(
  store: Pick<Store, "read" | "changesSince" | "isUnchangedSince">,
  { maxBytes = DEFAULT_MAX_BYTES }: CacheOptions = {},
): DocumentCache {
  const documents = createLru<Kept>(maxBytes);
  const stamps = createStamps();
  const readShared = createSharedReads(store);
  let misses = 0;
  /** What `documents` are current as of: another object after every change, also one that moved no revision. */
  let current = { revision: -1 };

  const applyChanges = async (): Promise<void> => {
    const { revision, changed } = await store.changesSince(current.revision);
    if (changed === "all") {
      documents.clear();
      stamps.moveAll();
    } else {
      for (const key of changed.map(keyOf)) {
        documents.drop(key);
        stamps.move(key);
      }
    }
    if (changed === "all" || revision !== current.revision) current = { revision };
  };

  let running: Promise<void> | undefined;
  let next: { done: Promise<void>; calls: number; begin: () => void } | undefined;
  /**
   * At the end of a turn of the event loop, for all that were called in it: under load one look at the store serves many
   * requests. Sooner where many wait: what they are answered with takes memory, which whoever sends more at once must feel.
   * One at a time, so that changes are applied in the order in which the store told of them; calls made meanwhile share the
   * next one, since the running one may have looked before them.
   */
  const catchUp = (): Promise<void> => {
    next ??= waitForCalls();
    const shared = next;
    if (++shared.calls === MOST_TOGETHER) shared.begin();
    return shared.done;
  };

  const waitForCalls = (): NonNullable<typeof next> => {
    let begin = (): void => {};
    const done = new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (running !== undefined) {
          void running.then(look, look);
          return;
        }
        next = undefined;
        try {
          if (store.isUnchangedSince(current.revision)) {
            resolve();
            return;
          }
        } catch (error) {
          reject(error);
          return;
        }
        running = applyChanges().finally(() => {
          running = undefined;
        });
        resolve(running);
      };
      let begun = false;
      begin = () => {
        if (begun) return;
        begun = true;
        clearImmediate(endOfTurn);
        look();
      };
      const endOfTurn = setImmediate(begin);
    });
    return { done, calls: 0, begin };
  };

  /** The same document for all that have read it. Of one that is not there nothing is kept: there is no end to their names. */
  const kept = <K extends Kept>(name: string, document: K | undefined): Kept | undefined => {
    const known = documents.peek(name);
    if (known !== undefined || document === undefined) return known;
    documents.keep(name, document, JSON.stringify(document).length);
    return document;
  };

  return {
    usage: () => ({ ...documents.usage(), misses }),

    async decide(decision) {
      // What this call has read, also what is not there or too large to keep.
      let read = new Map<string, Kept | DomainError | undefined>();
      let readAt = current;
      for (;;) {
        await catchUp();
        if (readAt !== current) {
          read = new Map();
          readAt = current;
        }
        const view = createView(readAt, documents, stamps, read);
        let missing: NotInMemory;
        try {
          return decision(view);
        } catch (error) {
          if (!(error instanceof NotInMemory)) throw error;
          missing = error;
        }
        const { registry, profile } = missing;
        misses++;
        let found: Awaited<ReturnType<typeof readShared>>;
        try {
          found = await readShared(registry, profile);
        } catch (error) {
          if (!(error instanceof DomainError) || !isDataLoss(error)) throw error;
          read.set(nameOf(registry, profile), error);
          continue;
        }
        // Anything else was read at a revision that is not this one: caught up with and read again.
        if (found.revision !== readAt.revision || readAt !== current) continue;
        const { rollouts } = found;
        read.set(
          nameOf(registry),
          kept(nameOf(registry), found.registry && { registry: found.registry, rollouts }),
        );
        if (profile === undefined) continue;
        const name = nameOf(registry, profile);
        const document = found.profiles.get(profile);
        read.set(name, document instanceof DomainError ? document : kept(name, document));
      }
    },
  };
}

function createView(
  state: { readonly revision: number },
  documents: Lru<Kept>,
  stamps: Stamps,
  read: ReadonlyMap<string, Kept | DomainError | undefined>,
): CurrentView {
  const find = (key: string, registry: string, profile?: string): Kept | undefined => {
    const document = documents.get(key) ?? read.get(key);
    if (document === undefined && !read.has(key)) throw new NotInMemory(registry, profile);
    if (document instanceof DomainError) throw document;
    return document;
  };
  const findRegistry = (slug: string) => find(nameOf(slug), slug) as KeptRegistry | undefined;
  return {
    state,
    revision: state.revision,
    stamp: (registry, profile) => stamps.at(nameOf(registry, profile)),
    registry: (slug) => findRegistry(slug)?.registry,
    profile: (registry, slug) => find(nameOf(registry, slug), registry, slug) as Profile | undefined,
    rollouts: (registry) => findRegistry(registry)?.rollouts ?? [],
  };
}

/** Slugs hold no slash. */
function nameOf(registry: string, profile?: string): string {
  return profile === undefined ? registry : `${registry}/${profile}`;
}

/** Rollouts are kept with their registry. */
function keyOf({ registry, profile }: DocumentKey): string {
  return nameOf(registry, profile);
}
