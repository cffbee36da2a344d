/** Opening a database to look at it: nothing is made or changed, and all that is read is as of one moment. */
import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import Database from "better-sqlite3";
import { StoreOpenError } from "../../store.js";
import { whenFree } from "../busy.js";
import { findSchema } from "../migrations.js";

export interface Snapshot {
  path: string;
  /** In a read transaction; whatever others write is not seen. */
  db: Database.Database;
  schemaVersion: number;
}

const DEFAULT_BUSY_TIMEOUT_MS = 5_000;

/** Throws StoreOpenError where there is no profile registry that this program can read; its cause is `data_loss` for a damaged one. */
export async function openSnapshot(
  path: string,
  busyTimeoutMs: number = DEFAULT_BUSY_TIMEOUT_MS,
): Promise<Snapshot> {
  if (!existsSync(path)) throw new StoreOpenError(`${path} does not exist`);
  if (!statSync(path).isFile()) throw new StoreOpenError(`${path} is not a file`);
  let db: Database.Database | undefined;
  try {
    const opened = openQuietly(resolve(path));
    db = opened;
    opened.pragma("query_only = ON");
    const schemaVersion = await whenFree(busyTimeoutMs, () => {
      if (!opened.inTransaction) opened.exec("BEGIN");
      return findSchema(opened, path);
    });
    if (schemaVersion === 0) throw new StoreOpenError(`${path} holds no profile registry`);
    return { path, db: opened, schemaVersion };
  } catch (cause) {
    db?.close();
    if (cause instanceof StoreOpenError) throw cause;
    throw new StoreOpenError(`${path} cannot be opened: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Whoever is last on a database in WAL mode empties and removes its log. A connection that may only read could not, so it
 * is taken only where nothing else is possible.
 */
function openQuietly(file: string): Database.Database {
  if (mayWrite(file) && mayWrite(dirname(file)))
    return new Database(file, { timeout: 0, fileMustExist: true });
  const readOnly = (): Database.Database => new Database(file, { timeout: 0, readonly: true });
  if (mayWrite(dirname(file)) || existsSync(`${file}-wal`)) return readOnly();
  const bytes = readFileSync(file);
  if (bytes[MODE_AT] !== WAL_MODE) return readOnly();
  // SQLite would have to make a log, and cannot. There is none, so the file is all there is.
  bytes.fill(ROLLBACK_MODE, MODE_AT, MODE_AT + 2);
  return new Database(bytes, { timeout: 0 });
}

/** The file format: https://sqlite.org/fileformat.html#file_format_version_numbers */
const MODE_AT = 18;
const ROLLBACK_MODE = 1;
const WAL_MODE = 2;

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
