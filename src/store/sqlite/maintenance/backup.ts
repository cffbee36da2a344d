/** A copy of a database while it is served, checked before it gets its name (spec 6.4). */
import { rmSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { StoreOpenError } from "../../store.js";
import { copyDatabase, type Progress } from "./copy-database.js";
import { filesBeside, nameNewFile, stampedName, syncToDisk, timeStamp, withTemporaryFile } from "./files.js";
import { openSnapshot, type Snapshot } from "./open-snapshot.js";

export interface BackupOptions {
  path: string;
  /** Default 5,000. */
  busyTimeoutMs?: number | undefined;
  /** Default `<path>.bak.YYYYMMDD-HHMMSS`, in UTC. */
  output?: string | undefined;
  /** How many files named as the default says to leave beside the new one, itself included. Default: all. */
  keep?: number | undefined;
  progress?: Progress | undefined;
}

export interface Backup extends Contents {
  path: string;
  bytes: number;
  schemaVersion: number;
  /** Older backups that are gone, oldest first. */
  removed: string[];
}

/** What a database holds, for people. */
export interface Contents {
  revision: number;
  registries: number;
  profiles: number;
}

/** Throws StoreOpenError where there is nothing to back up, and an Error of one line where the copy is not sound or not made. */
export async function backUpDatabase({
  path,
  busyTimeoutMs,
  output,
  keep,
  progress,
}: BackupOptions): Promise<Backup> {
  const source = await openSnapshot(path, busyTimeoutMs);
  try {
    const name = output ?? (await stampedName(`${path}.bak.`));
    const target = resolve(name);
    const building = `${target}.partial-${process.pid}`;
    const contents = contentsOf(source);
    await withTemporaryFile(building, async () => {
      await copyDatabase(source, building, { check: "quick_check", progress });
      await checkCopy(building, contents);
      syncToDisk(building);
      nameNewFile(building, target);
    });
    const removed =
      keep === undefined ? [] : removeOlder(join(dirname(target), basename(path)), target, keep);
    return {
      path: name,
      bytes: statSync(target).size,
      schemaVersion: source.schemaVersion,
      ...contents,
      removed,
    };
  } finally {
    source.db.close();
  }
}

async function checkCopy(file: string, expected: Contents): Promise<void> {
  const copy = await openSnapshot(file);
  try {
    const found = contentsOf(copy);
    if (found.revision !== expected.revision)
      throw new StoreOpenError(`the copy has revision ${found.revision} instead of ${expected.revision}`);
  } finally {
    copy.db.close();
  }
}

export function contentsOf({ db }: Pick<Snapshot, "db">): Contents {
  return db
    .prepare<[], Contents>(
      `SELECT (SELECT coalesce(max(revision), 0) FROM log) AS revision,
         (SELECT count(*) FROM profile_registries) AS registries,
         (SELECT count(*) FROM profiles) AS profiles`,
    )
    .get()!;
}

/** Only files of exactly the form of our own names, and none from later than now: somebody else's clock made those. */
function removeOlder(prefix: string, made: string, keep: number): string[] {
  const now = `${prefix}.bak.${timeStamp(new Date())}`;
  const older = filesBeside(prefix, /^\.bak\.\d{8}-\d{6}$/).filter((file) => file !== made && file <= now);
  const removed = older.slice(0, Math.max(0, older.length - (keep - 1)));
  for (const file of removed) rmSync(file);
  return removed;
}
