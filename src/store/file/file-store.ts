/** A YAML file as the store (spec 6.1): one process, in memory, every accepted write in the file before it is acknowledged. */
import { accessSync, constants, mkdirSync, readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { YAMLError } from "yaml";
import { DomainError } from "../../domain/errors.js";
import { replaceFile } from "../place-file.js";
import { openDatabase } from "../sqlite/open.js";
import { createStore } from "../sqlite/sqlite-store.js";
import { type Store, StoreOpenError } from "../store.js";
import { createFileText, fillDatabase } from "./file-database.js";
import { readKept } from "./file-state.js";

export interface FileStoreOptions {
  path: string;
  /**
   * Whether a missing file is an empty store, and the file is followed; otherwise a missing one is an error, and nothing but
   * a write rewrites it. Default true.
   */
  create?: boolean;
  /** Called with what an operator should know and that does not stop anything. */
  warn?: (message: string) => void;
}

export interface FileStore extends Store {
  /**
   * Hands over what people write into the file: now, if it holds what this store has not written, and after every edit.
   * `apply` must make the store's documents those of the text, or throw, which is reported: what was good before is served on.
   * At the start the first failure is thrown.
   */
  follow(apply: (text: string) => Promise<void>): Promise<void>;
}

/** An edit must be live within a second, and is left alone until it has come to rest. */
const LOOK_MS = 250;

/** Throws StoreOpenError when the file cannot be used, and what parsing throws for one that cannot be read. */
export async function openFileStore({
  path: given,
  create = true,
  warn = () => {},
}: FileStoreOptions): Promise<FileStore> {
  const path = resolve(given);
  let seen = identityOf(path);
  if (seen === undefined && !create) throw new StoreOpenError(`${given} does not exist`);
  const mode = prepareFile(path, given, warn);
  const text = seen === undefined ? "" : readText(path, given);
  const opened = await openDatabase({});
  const { db } = opened;
  const complete = fill();
  const fileText = createFileText(db);
  let next = "";
  const store = createStore(opened, () => {
    next = fileText();
  });
  /** Why the last edit is not served. */
  let broken: string | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  /** What is written goes into memory only. */
  let reading = false;

  function fill(): boolean {
    if (text.trim() === "") return true;
    try {
      const kept = readKept(text, (problem) => warn(`${given}: ${problem}`));
      fillDatabase(db, kept);
      return kept.complete;
    } catch (error) {
      // What is no YAML is told better, with its position, by whoever reads documents.
      if (error instanceof YAMLError) return false;
      db.close();
      throw new StoreOpenError(`${given} cannot be read: ${(error as Error).message}`, { cause: error });
    }
  }

  /** One after the other: between the dry run and the commit nothing else is written. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = queue.then(work);
    queue = turn.catch(() => {});
    return turn;
  };

  const refuseOverEdits = (): void => {
    const found = identityOf(path);
    if (broken !== undefined) throw new DomainError("unavailable", broken);
    if (found !== undefined && found !== seen) {
      throw new DomainError("unavailable", `${given} was edited, and the edit is not read yet`);
    }
  };

  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;

  return {
    ...store,
    problem: () => broken,
    commit: (request) =>
      inTurn(async () => {
        if (request.dryRun || reading) return store.commit(request);
        refuseOverEdits();
        const tried = await store.commit({ ...request, dryRun: true });
        if (!tried.committed) return tried;
        try {
          await replaceFile(path, next, mode);
        } catch (cause) {
          throw new DomainError("unavailable", `${given} cannot be written: ${(cause as Error).message}`, {
            cause,
          });
        }
        seen = identityOf(path);
        return store.commit(request);
      }),
    async follow(apply) {
      // Who only reads a file does not rewrite it.
      reading = !create;
      if (!complete) await apply(text);
      reading = false;
      if (!create) return;
      let resting: string | undefined;
      const look = async (): Promise<void> => {
        const found = identityOf(path);
        if (found === seen || found === undefined) return;
        // Editors write in pieces, and half a file may well be YAML.
        if (found !== resting) {
          resting = found;
          return;
        }
        seen = found;
        try {
          const edited = readText(path, given);
          if (edited.trim() === "") throw new Error("it is empty");
          broken = undefined;
          await apply(edited);
        } catch (error) {
          broken = `${given} was edited and cannot be used: ${(error as Error).message}`;
          warn(broken);
        }
      };
      timer = setInterval(() => {
        looking ??= look().finally(() => {
          looking = undefined;
        });
      }, LOOK_MS).unref();
    },
    async close() {
      clearInterval(timer);
      await looking;
      await queue;
      await store.close();
    },
  };
}

/** Changes with every edit; undefined where there is no file. */
function identityOf(path: string): string | undefined {
  try {
    const { dev, ino, size, mtimeNs } = statSync(path, { bigint: true });
    return `${dev}:${ino}:${size}:${mtimeNs}`;
  } catch {
    return undefined;
  }
}

function readText(path: string, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
  } catch (cause) {
    throw new StoreOpenError(`${name} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** The permissions that the file has, or gets: profiles may hold credentials. */
function prepareFile(path: string, name: string, warn: (message: string) => void): number {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // Every write makes a file beside it.
    accessSync(dirname(path), constants.W_OK);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return 0o600;
    if (!stat.isFile()) throw new Error("it is not a file");
    accessSync(path, constants.R_OK | constants.W_OK);
    const mode = stat.mode & 0o777;
    if ((mode & 0o077) !== 0) {
      warn(`${name} can be read by others than its owner; profiles may hold credentials (chmod 600)`);
    }
    return mode;
  } catch (cause) {
    throw new StoreOpenError(`${name} cannot be written: ${(cause as Error).message}`, { cause });
  }
}
