/** Files that are whole or not there: built under another name, synced, and only then given theirs. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

/** What SQLite may lay beside a database. */
const COMPANIONS = ["-wal", "-shm", "-journal"] as const;

export function companionsOf(file: string): string[] {
  return COMPANIONS.map((suffix) => file + suffix);
}

/** Runs `work`, and removes the file and what lies beside it whatever becomes of that; also when the program is told to stop. */
export async function withTemporaryFile<T>(file: string, work: () => Promise<T>): Promise<T> {
  const remove = (): void => {
    for (const path of [file, ...companionsOf(file)]) rmSync(path, { force: true });
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const onSignal = (signal: NodeJS.Signals): void => {
    remove();
    for (const other of signals) process.off(other, onSignal);
    process.kill(process.pid, signal);
  };
  for (const signal of signals) process.on(signal, onSignal);
  try {
    return await work();
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
    remove();
  }
}

/** A file, or a directory after one in it was given another name. */
export function syncToDisk(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Gives a file its name. Throws where that is taken. */
export function nameNewFile(file: string, name: string): void {
  try {
    linkSync(file, name);
    rmSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" || existsSync(name)) throw new Error(`${name} already exists`, { cause: error });
    // Not every file system knows links.
    renameSync(file, name);
  }
  syncToDisk(dirname(name));
}

/** Files beside `file` whose names begin with its name and go on as `rest` says, oldest name first. */
export function filesBeside(file: string, rest: RegExp): string[] {
  const own = basename(file);
  return readdirSync(dirname(file), { withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && entry.name.startsWith(own) && rest.test(entry.name.slice(own.length)),
    )
    .map(({ name }) => join(dirname(file), name))
    .sort();
}

/** `YYYYMMDD-HHMMSS` in UTC: local time has hours that come twice. */
export function timeStamp(at: Date): string {
  return at.toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
}

/** `prefix` and the time; where a second has its file already, the next one that has none. */
export async function stampedName(prefix: string): Promise<string> {
  for (;;) {
    const name = prefix + timeStamp(new Date());
    if (!existsSync(name)) return name;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
