/** Copies of databases that others may be writing to, made with SQLite's backup API. */
import { closeSync, openSync } from "node:fs";
import Database from "better-sqlite3";
import { StoreOpenError } from "../../store.js";
import { isDamage, pageFaults } from "./damage.js";
import type { Snapshot } from "./open-snapshot.js";

/** Called as pages are copied. */
export type Progress = (copied: number, total: number) => void;

export interface CopyOptions {
  check: "quick_check" | "integrity_check";
  progress: Progress | undefined;
}

/** Other work of the process gets its turn after so many. */
const PAGES_AT_ONCE = 1_000;

/**
 * Copies into a new file, for the owner alone, and in a mode in which nothing needs to lie beside it. Since the snapshot is
 * in a transaction, writers do not make the copy begin again. Throws StoreOpenError where what was copied is damaged.
 */
export async function copyDatabase(
  { db, path }: Snapshot,
  file: string,
  { check, progress }: CopyOptions,
): Promise<void> {
  closeSync(openSync(file, "wx", 0o600));
  try {
    await db.backup(file, {
      progress({ totalPages, remainingPages }) {
        progress?.(totalPages - remainingPages, totalPages);
        return PAGES_AT_ONCE;
      },
    });
    const copy = new Database(file, { timeout: 0 });
    try {
      const [fault] = pageFaults(copy, check);
      if (fault !== undefined) throw new StoreOpenError(`${path} is damaged: ${fault}`);
      copy.pragma("journal_mode = DELETE");
    } finally {
      copy.close();
    }
  } catch (cause) {
    if (!isDamage(cause)) throw cause;
    throw new StoreOpenError(`${path} is damaged: ${(cause as Error).message}`, { cause });
  }
}
