/** Putting a copy of a database in the place of the one that is served (spec 6.4). */
import { randomUUID } from "node:crypto";
import { chownSync, existsSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { StoreOpenError } from "../../store.js";
import { openDatabase } from "../open.js";
import { identify, isSame } from "../open-files.js";
import { type Contents, contentsOf } from "./backup.js";
import { type CarriedOver, carryOver } from "./carry-over.js";
import { copyDatabase, type Progress } from "./copy-database.js";
import { nameNewFile, syncToDisk, withTemporaryFile } from "./files.js";
import { openSnapshot } from "./open-snapshot.js";
import { type ReplacedFile, takeReplacedFile } from "./replaced-file.js";

export interface RestoreOptions {
  /** Any sound copy of a profile database; it is left as it is. */
  from: string;
  /** What is replaced; it may be missing or damaged. */
  path: string;
  /** Who the log says has restored. */
  actor: string;
  /** Unix milliseconds. Default the system's. */
  clock?: () => number;
  progress?: Progress | undefined;
}

export interface Restored extends CarriedOver {
  /** What the copy holds. */
  copy: Contents;
  /** Where the replaced file is now; undefined where there was none. */
  kept: string | undefined;
  /** Why the replaced file could not be read at all. */
  damage: string | undefined;
}

/**
 * Whatever ends it, also a kill: at the path there is the old database whole, or the new one. Throws StoreOpenError, one
 * clear line, for every reason why it cannot be done; nothing is changed then.
 */
export async function restoreDatabase(options: RestoreOptions): Promise<Restored> {
  const { from, path } = options;
  if (isSame(identify(from), identify(path)) && existsSync(from))
    throw new StoreOpenError(`${from} is the very file that would be replaced`);
  const replaced = await takeReplacedFile(path);
  try {
    const building = `${replaced.target}.restoring-${randomUUID()}`;
    return await withTemporaryFile(building, () => restoreThrough(building, replaced, options));
  } finally {
    replaced.release();
  }
}

async function restoreThrough(
  building: string,
  replaced: ReplacedFile,
  { from, actor, clock = Date.now, progress }: RestoreOptions,
): Promise<Restored> {
  await copySound(from, building, progress);
  const { db } = await openDatabase({ path: building, create: false });
  let copy: Contents;
  let carried: CarriedOver;
  try {
    copy = contentsOf({ db });
    const by = { actor, timeMs: clock() };
    carried = db.transaction(() => carryOver(db, replaced.db, by)).immediate();
    // So that the file is all there is. It stays in WAL mode: whoever opens it next needs no other journal.
    db.pragma("wal_checkpoint(TRUNCATE)");
  } finally {
    db.close();
  }
  giveToOwnerOf(replaced, building);
  syncToDisk(building);
  const kept = await replaced.keep();
  if (replaced.exists) renameSync(building, replaced.target);
  else nameNewFile(building, replaced.target);
  syncToDisk(dirname(replaced.target));
  return { ...carried, copy, kept, damage: replaced.damage };
}

async function copySound(from: string, building: string, progress: Progress | undefined): Promise<void> {
  const source = await openSnapshot(from);
  try {
    await copyDatabase(source, building, { check: "integrity_check", progress });
  } finally {
    source.db.close();
  }
}

/** Whoever serves the database may be somebody else than root, who restores it. */
function giveToOwnerOf({ exists, target }: ReplacedFile, building: string): void {
  if (!exists || process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(target);
  chownSync(building, uid, gid);
}
