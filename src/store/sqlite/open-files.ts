/**
 * Whether the files that a connection has open are those at its path. SQLite does not ask: it goes on writing into a
 * file that was deleted or replaced, and all of that is lost.
 */
import { realpathSync, rmSync, statSync } from "node:fs";

export interface Displaced {
  /** `log`: the database is in place, but not its write-ahead log, or the index of that. */
  what: "missing" | "replaced" | "log";
  message: string;
  /** What is there instead: another text for another file, and for one that has been written to. Empty for nothing. */
  instead: string;
}

export interface OpenFiles {
  /** Undefined while all are in place. */
  displaced(): Displaced | undefined;
  /** After a replacement: SQLite would take the old database's log for the new one's. */
  removeLog(): void;
}

const LOG_FILES = ["-wal", "-shm"];

/** Which files those are, as data: a connection of another thread must have the same ones. */
export interface FilesInUse {
  path: string;
  /** For messages. */
  name: string;
  /** Where links lead to: SQLite follows them first, and puts the log beside the file itself. */
  target: string;
  database: Identity | undefined;
  log: { suffix: string; identity: Identity | undefined }[];
}

/** `path` is absolute; a connection to it has read something, so that its log is open too. */
export function findFilesInUse(path: string, name: string): FilesInUse {
  const target = realpathSync(path);
  const log = LOG_FILES.map((suffix) => ({ suffix, identity: identify(target + suffix) }));
  return { path, name, target, database: identify(path), log };
}

export function watchOpenFiles({ path, name, target, database, log }: FilesInUse): OpenFiles {
  return {
    displaced() {
      const found = identify(path);
      if (found === undefined) {
        const message = `${name} was deleted or moved away: nothing is written until it is back`;
        return { what: "missing", message, instead: "" };
      }
      if (!isSame(found, database)) {
        const message = `${name} was replaced by another file: nothing is written until that is open`;
        return { what: "replaced", message, instead: textOf(found) };
      }
      for (const { suffix, identity } of log) {
        const part = identify(target + suffix);
        if (isSame(part, identity)) continue;
        const message = `${name}${suffix} was deleted or replaced: nothing is written until this server is restarted`;
        return { what: "log", message, instead: textOf(part) };
      }
      return undefined;
    },
    removeLog() {
      for (const { suffix, identity } of log) {
        if (isSame(identify(target + suffix), identity)) rmSync(target + suffix, { force: true });
      }
    },
  };
}

interface Identity {
  dev: bigint;
  ino: bigint;
  size: bigint;
  mtimeNs: bigint;
}

/** Undefined where nothing is, or nothing that can be looked at. */
export function identify(path: string): Identity | undefined {
  try {
    const { dev, ino, size, mtimeNs } = statSync(path, { bigint: true });
    return { dev, ino, size, mtimeNs };
  } catch {
    return undefined;
  }
}

/** An inode is given to no other file as long as somebody has it open. */
export function isSame(one: Identity | undefined, other: Identity | undefined): boolean {
  return one?.dev === other?.dev && one?.ino === other?.ino;
}

function textOf(found: Identity | undefined): string {
  return found === undefined ? "" : `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}`;
}
