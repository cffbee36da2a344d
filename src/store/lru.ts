/** What was used last, within a budget of bytes. */
export interface Lru<V> {
  get(key: string): V | undefined;
  /** As `get`, but no use of it. */
  peek(key: string): V | undefined;
  /** Not where it alone is larger than the budget. */
  keep(key: string, value: V, bytes: number): void;
  drop(key: string): void;
  clear(): void;
  /** `hits`: what `get` has found so far. */
  usage(): { hits: number; bytes: number };
}

interface Entry<V> {
  key: string;
  value: V;
  bytes: number;
  /** The one used next before it, and next after it. */
  older: Entry<V> | undefined;
  newer: Entry<V> | undefined;
}

/**
 * The least recently used go first. A list of their own keeps their order: where a Map does, by setting every key that is
 * found again, each hit costs it room that the garbage collector has to find.
 */
export function createLru<V>(maxBytes: number): Lru<V> {
  const entries = new Map<string, Entry<V>>();
  let oldest: Entry<V> | undefined;
  let newest: Entry<V> | undefined;
  let total = 0;
  let hits = 0;

  const append = (entry: Entry<V>): void => {
    entry.older = newest;
    entry.newer = undefined;
    if (newest === undefined) oldest = entry;
    else newest.newer = entry;
    newest = entry;
  };
  const remove = ({ older, newer }: Entry<V>): void => {
    if (older === undefined) oldest = newer;
    else older.newer = newer;
    if (newer === undefined) newest = older;
    else newer.older = older;
  };
  const drop = (key: string): void => {
    const entry = entries.get(key);
    if (entry === undefined) return;
    entries.delete(key);
    remove(entry);
    total -= entry.bytes;
  };

  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      hits++;
      if (entry !== newest) {
        remove(entry);
        append(entry);
      }
      return entry.value;
    },
    peek: (key) => entries.get(key)?.value,
    keep(key, value, bytes) {
      drop(key);
      if (bytes > maxBytes) return;
      const entry = { key, value, bytes, older: undefined, newer: undefined };
      entries.set(key, entry);
      append(entry);
      total += bytes;
      while (total > maxBytes) drop(oldest!.key);
    },
    drop,
    clear() {
      entries.clear();
      oldest = undefined;
      newest = undefined;
      total = 0;
    },
    usage: () => ({ hits, bytes: total }),
  };
}
