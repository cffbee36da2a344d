/** The database that a restore replaces: taken from everybody else, read as far as it can be, and kept. */
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import Database from "better-sqlite3";
import { StoreOpenError } from "../../store.js";
import { whenFree } from "../busy.js";
import { findSchema } from "../migrations.js";
import { identify, isSame } from "../open-files.js";
import { isDamage } from "./damage.js";
import { companionsOf, filesBeside, stampedName } from "./files.js";

export interface ReplacedFile {
  /** Where the path leads: the file that is replaced, or would be if it were there. */
  target: string;
  exists: boolean;
  /** Undefined where nothing can be read: it is not there, empty, or damaged. */
  db: Database.Database | undefined;
  /** Why it cannot be read, where it is damaged. */
  damage: string | undefined;
  /** Lays it aside under a name of its own, which it returns, so that nothing of it is left beside the path but the file itself. */
  keep(): Promise<string | undefined>;
  /** Lets go of it. */
  release(): void;
}

/** For those that look at the file for a moment; a server has it open for good. */
const PATIENCE_MS = 1_000;

/**
 * Takes the database at a path so that no process has it open, nor can open it until it is released: in WAL mode every
 * connection holds a shared lock for as long as it is open. The locks belong to the file and to this process, and go when
 * any descriptor of the file is closed here, so nothing else may open it meanwhile.
 * Throws StoreOpenError where others have it open, and where it is no profile registry.
 */
export async function takeReplacedFile(path: string): Promise<ReplacedFile> {
  const target = existsSync(path) ? realpathSync(path) : resolve(path);
  const exists = existsSync(target);
  let db: Database.Database | undefined;
  let damage: string | undefined;
  let readable = false;
  if (exists) {
    if (!lstatSync(target).isFile()) throw new StoreOpenError(`${path} is not a file`);
    try {
      db = await whenFree(PATIENCE_MS, () => lockAlone(target));
      removeLeftovers(target);
      readable = findSchema(db, path) > 0;
    } catch (cause) {
      if (isDamage(cause)) damage = (cause as Error).message;
      else {
        db?.close();
        if (cause instanceof StoreOpenError) throw cause;
        throw new StoreOpenError(whyNotTaken(path, cause as Error), { cause });
      }
    }
  } else {
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
  }
  return {
    target,
    exists,
    db: readable ? db : undefined,
    damage,
    keep: () => keepFile(target, exists, db),
    release: () => {
      db?.close();
    },
  };
}

function whyNotTaken(path: string, { message, cause }: Error): string {
  const isBusy = cause instanceof Database.SqliteError && cause.code.startsWith("SQLITE_BUSY");
  return isBusy
    ? `${path} is in use: stop every process that has it open first`
    : `${path} cannot be replaced: ${message}`;
}

/** A new connection each time: one that failed keeps the locks it has got. */
function lockAlone(file: string): Database.Database {
  const db = new Database(file, { timeout: 0, fileMustExist: true });
  try {
    db.pragma("locking_mode = EXCLUSIVE");
    db.exec("BEGIN EXCLUSIVE; COMMIT");
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Of restores that were killed: what they were building, and a second name of the very file. */
function removeLeftovers(target: string): void {
  const own = identify(target);
  for (const file of filesBeside(target, /^\.restoring-/)) rmSync(file, { force: true });
  for (const file of filesBeside(target, /^\.replaced\.\d{8}-\d{6}$/)) {
    if (isSame(identify(file), own)) rmSync(file, { force: true });
  }
}

async function keepFile(
  target: string,
  exists: boolean,
  db: Database.Database | undefined,
): Promise<string | undefined> {
  const companions = companionsOf(target).filter((file) => existsSync(file));
  if (!exists && companions.length === 0) return undefined;
  const name = await stampedName(`${target}.replaced.`);
  const whole = db !== undefined && movedIntoFile(db);
  if (exists) {
    // A second name, not another one: there is a database at the path at every moment.
    linkSync(target, name);
    chmodSync(name, 0o600);
  }
  for (const file of companions) {
    if (whole) rmSync(file, { force: true });
    else if (existsSync(file)) renameSync(file, name + file.slice(target.length));
  }
  return name;
}

/**
 * Moves what is only in the write-ahead log into the database. False where that is too damaged. Whoever waits to open this
 * file meanwhile has to make a journal for it then, which SQLite refuses where another file has taken the path.
 */
function movedIntoFile(db: Database.Database): boolean {
  try {
    return db.pragma("journal_mode = DELETE", { simple: true }) === "delete";
  } catch (error) {
    if (isDamage(error)) return false;
    throw error;
  }
}
