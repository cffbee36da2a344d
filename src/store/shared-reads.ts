/** Reads of documents that are asked for at the same time, made as one: a store reads many hardly slower than one. */
import type { Profile } from "../domain/document.js";
import { DomainError, isDataLoss } from "../domain/errors.js";
import type { Documents, Store } from "./store.js";

export interface SharedRead extends Pick<Documents, "revision" | "registry" | "rollouts"> {
  /** By slug; an error for one that cannot be read. */
  profiles: ReadonlyMap<string, Profile | undefined | DomainError>;
}

/** Asked for by so many, another read begins: none may keep the thread for long. */
const MOST_PROFILES = 100;

interface Waiting {
  profiles: Set<string>;
  read: Promise<SharedRead>;
}

/**
 * Reads a registry and, if one is named, a profile of it, not before the call. Throws what the store throws, `data_loss` only
 * where it is the registry that cannot be read.
 */
export function createSharedReads(
  store: Pick<Store, "read">,
): (registry: string, profile: string | undefined) => Promise<SharedRead> {
  const waiting = new Map<string, Waiting>();

  const begin = (registry: string): Waiting => {
    const profiles = new Set<string>();
    // After all decisions of this turn have asked.
    const read = Promise.resolve().then(() => {
      if (waiting.get(registry) === begun) waiting.delete(registry);
      return readAll(store, registry, [...profiles]);
    });
    const begun = { profiles, read };
    waiting.set(registry, begun);
    return begun;
  };

  return (registry, profile) => {
    const known = waiting.get(registry);
    const asked = known !== undefined && known.profiles.size < MOST_PROFILES ? known : begin(registry);
    if (profile !== undefined) asked.profiles.add(profile);
    return asked.read;
  };
}

async function readAll(
  store: Pick<Store, "read">,
  registry: string,
  slugs: readonly string[],
): Promise<SharedRead> {
  try {
    const { profiles, ...found } = await store.read(registry, slugs);
    return { ...found, profiles: new Map(slugs.map((slug, i) => [slug, profiles[i]])) };
  } catch (error) {
    if (!isDataLoss(error) || slugs.length === 0) throw error;
    return readEach(store, registry, slugs);
  }
}

/** To tell which of them it is that cannot be read. */
async function readEach(
  store: Pick<Store, "read">,
  registry: string,
  slugs: readonly string[],
): Promise<SharedRead> {
  for (;;) {
    const { profiles: _, ...alone } = await store.read(registry, []);
    const profiles = new Map<string, Profile | undefined | DomainError>();
    let moved = false;
    for (const slug of slugs) {
      try {
        const found = await store.read(registry, [slug]);
        moved ||= found.revision !== alone.revision;
        profiles.set(slug, found.profiles[0]);
      } catch (error) {
        if (!(error instanceof DomainError) || !isDataLoss(error)) throw error;
        profiles.set(slug, error);
      }
    }
    if (!moved) return { ...alone, profiles };
  }
}
