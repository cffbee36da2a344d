/** A store that stays with its path: it notices when its file was deleted, moved away or replaced (spec 6.2). */
import type { Store } from "../store.js";
import type { OpenFiles } from "./open-files.js";

/** A store on the file that was at the path when it was opened. It refuses commits while its files are displaced. */
export interface FileStore extends Omit<Store, "problem"> {
  files: OpenFiles;
  /** Moves what is only in the write-ahead log into the database. False where others keep it from that. */
  emptyLog(): Promise<boolean>;
}

export interface FollowOptions {
  /** The path, for messages. */
  name: string;
  /** Opens what is at the path now. Throws where that is no database that can be served. */
  reopen: () => Promise<FileStore>;
  warn: (message: string) => void;
}

/** Commits look too; this is for reads, and for coming back. */
const INTERVAL_MS = 500;

/**
 * While another file or none is at the path nothing is written, and so nothing acknowledged that would be lost; reads are
 * answered from the file that is open. When that one is back all is well again; when another database has come to rest
 * at the path it is opened instead.
 */
export function followFile(first: FileStore, { name, reopen, warn }: FollowOptions): Store {
  let current = { store: first, users: 0 };
  /** The documents are another file's, and no cache has been told. */
  let untold = false;
  /** What the operator was told last. */
  let reported: string | undefined;
  /** What was at the path the last time. */
  let instead = "";
  /** Why that is not opened. */
  let refusal: string | undefined;

  const use = async <T>(work: (store: FileStore) => Promise<T>): Promise<T> => {
    const used = current;
    used.users++;
    try {
      return await work(used.store);
    } finally {
      used.users--;
      await closeUnused(used);
    }
  };
  const closeUnused = async (used: typeof current): Promise<void> => {
    if (used !== current && used.users === 0) await used.store.close();
  };

  const open = async (): Promise<void> => {
    const old = current;
    old.store.files.removeLog();
    current = { store: await reopen(), users: 0 };
    untold = true;
    warn(`${name} was replaced by another file, which is served from now on`);
    await closeUnused(old);
  };

  const look = async (): Promise<void> => {
    const { store } = current;
    const displaced = store.files.displaced();
    if (displaced === undefined) {
      if (reported !== undefined) warn(`${name} is in its place again, and written as before`);
      reported = undefined;
      return;
    }
    const { message, what } = displaced;
    if (message !== reported) warn(message);
    reported = message;
    refusal = undefined;
    try {
      // What was acknowledged belongs to the file that is open, and must not be found beside another one.
      const emptied = await store.emptyLog();
      // One that is still being copied is left alone.
      if (what === "replaced" && emptied && displaced.instead === instead) {
        await open();
        reported = undefined;
      }
    } catch (error) {
      refusal = (error as Error).message;
    }
    instead = displaced.instead;
  };

  let looking: Promise<void> | undefined;
  const timer = setInterval(() => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
  }, INTERVAL_MS).unref();

  return {
    get schemaVersion() {
      return current.store.schemaVersion;
    },
    read: (...request) => use((store) => store.read(...request)),
    listRegistries: () => use((store) => store.listRegistries()),
    listProfiles: (...request) => use((store) => store.listProfiles(...request)),
    revision: () => use((store) => store.revision()),
    commit: (request) => use((store) => store.commit(request)),
    async changesSince(revision) {
      for (;;) {
        const asked = current;
        const since = await use((store) => store.changesSince(revision));
        if (asked !== current) continue;
        if (!untold) return since;
        untold = false;
        return { ...since, changed: "all" };
      }
    },
    isUnchangedSince: (revision) => !untold && current.store.isUnchangedSince(revision),
    recall: (...request) => use((store) => store.recall(...request)),
    addFigures: (...request) => use((store) => store.addFigures(...request)),
    readFigures: (query) => use((store) => store.readFigures(query)),
    readLog: (query) => use((store) => store.readLog(query)),
    unreadable: () => current.store.unreadable(),
    problem() {
      const displaced = current.store.files.displaced();
      if (displaced === undefined) return undefined;
      return refusal === undefined ? displaced.message : `${displaced.message} (${refusal})`;
    },
    async close() {
      clearInterval(timer);
      await looking;
      await current.store.close();
    },
  };
}
