/** Opening an SQLite database as the store needs it (spec 6.1, 6.2). */
import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import Database from "better-sqlite3";
import type { Catalog } from "../../domain/catalog.js";
import { DomainError } from "../../domain/errors.js";
import { type DocumentKey, StoreOpenError } from "../store.js";
import { whenFree } from "./busy.js";
import { type Upgrade, upgradeFirstGeneration } from "./first-generation.js";
import { findSchema, isFirstGeneration, migrate, SCHEMA_VERSION } from "./migrations.js";
import { type FilesInUse, findFilesInUse, identify, isSame } from "./open-files.js";

/** Little: documents and answers have caches of their own, and the system keeps the pages of the file. better-sqlite3 has 16,000. */
const PAGE_CACHE_KIB = 2_000;

export interface SqliteOptions {
  /** Undefined: in memory. */
  path?: string | undefined;
  /** How long to wait for a lock that another process holds. Default 5,000. */
  busyTimeoutMs?: number;
  /** Default true. */
  foreignKeys?: boolean;
  /**
   * Whether a missing file is created, an empty one made a store, and one of the first generation upgraded; otherwise they
   * are errors. Default true.
   */
  create?: boolean;
  /** Judges middleware configs of a database of the first generation. Without one they are moved as they are. */
  catalog?: Catalog;
  /** Called with what an operator should know and that does not stop the start. */
  warn?: (message: string) => void;
}

export interface OpenDatabase {
  db: Database.Database;
  busyTimeoutMs: number;
  schemaVersion: number;
  /** Undefined in memory. */
  files: FilesInUse | undefined;
  /** What an upgrade, just now, has found that cannot be read. */
  unreadable: readonly DocumentKey[];
}

const DEFAULT_BUSY_TIMEOUT_MS = 5_000;

/** Throws StoreOpenError, one clear line, for every reason why the database cannot be used. */
export async function openDatabase(options: SqliteOptions): Promise<OpenDatabase> {
  const busyTimeoutMs = options.busyTimeoutMs ?? DEFAULT_BUSY_TIMEOUT_MS;
  // The driver trims, and takes `file:…` and `:memory:` for something else than files of these names.
  const path = options.path?.trim();
  const name = path ?? ":memory:";
  const create = options.create ?? true;
  if (path !== undefined) prepareFile(path, create, options.warn);
  const file = path === undefined ? undefined : resolve(path);
  const before = file === undefined ? undefined : identify(file);
  let db: Database.Database | undefined;
  let upgrade: Upgrade | undefined;
  try {
    const opened = new Database(file ?? name, { timeout: 0 });
    db = opened;
    const schemaVersion = await whenFree(busyTimeoutMs, () => {
      if (create && file !== undefined && isFirstGeneration(opened)) {
        // Before the journal mode is touched: until all is done the file stays what it was.
        opened.pragma("synchronous = FULL");
        const { catalog } = options;
        upgrade = upgradeFirstGeneration(opened, { path: file, name, catalog, nowMs: Date.now() });
        for (const line of upgrade?.lines ?? []) options.warn?.(line);
      }
      // First of all: a database that is not ours is left exactly as it is.
      const found = opened.transaction(() => findSchema(opened, name)).deferred();
      if (found === 0 && !create) throw new StoreOpenError(`${name} holds no profile registry`);
      const mode = opened.pragma("journal_mode = WAL", { simple: true });
      if (path !== undefined && mode !== "wal") {
        throw new StoreOpenError(`${name} cannot use a write-ahead log (journal mode ${String(mode)})`);
      }
      opened.pragma("synchronous = FULL");
      opened.pragma(`cache_size = -${PAGE_CACHE_KIB}`);
      opened.pragma(`foreign_keys = ${options.foreignKeys === false ? "OFF" : "ON"}`);
      if (found >= SCHEMA_VERSION) return found;
      return opened.transaction(() => migrate(opened, name, Date.now())).immediate();
    });
    // The first read in WAL mode opens the log.
    await whenFree(busyTimeoutMs, () => findSchema(opened, name));
    const files = file === undefined ? undefined : findFilesInUse(file, name);
    if (file !== undefined && !isSame(identify(file), before)) {
      throw new StoreOpenError(`${name} was replaced while it was opened`);
    }
    return { db: opened, busyTimeoutMs, schemaVersion, files, unreadable: upgrade?.unreadable ?? [] };
  } catch (cause) {
    db?.close();
    if (cause instanceof StoreOpenError) throw cause;
    const reason = cause instanceof DomainError || cause instanceof Error ? cause.message : String(cause);
    throw new StoreOpenError(`${name} cannot be opened: ${reason}`, { cause });
  }
}

/** Makes a missing file and its directories, readable by the owner alone: profiles may hold credentials. */
function prepareFile(path: string, create: boolean, warn: SqliteOptions["warn"]): void {
  const directory = dirname(resolve(path));
  try {
    if (!existsSync(path)) {
      if (!create) throw new StoreOpenError(`${path} does not exist`);
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      closeSync(openSync(path, "a", 0o600));
    }
    if (!statSync(path).isFile()) throw new StoreOpenError(`${path} is not a file`);
    accessSync(path, constants.R_OK | constants.W_OK);
    // The write-ahead log is made beside the file.
    accessSync(directory, constants.W_OK);
  } catch (cause) {
    if (cause instanceof StoreOpenError) throw cause;
    throw new StoreOpenError(`${path} cannot be written: ${(cause as Error).message}`, { cause });
  }
  if ((statSync(path).mode & 0o077) !== 0) {
    warn?.(`${path} can be read by others than its owner; profiles may hold credentials (chmod 600)`);
  }
}
