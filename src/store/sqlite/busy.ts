/** Waiting for a locked database without blocking the thread, and SQLite's errors as those of the house (spec 6.2). */
import Database from "better-sqlite3";
import { DomainError } from "../../domain/errors.js";

const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 50;

/**
 * Runs a synchronous piece of database work, again from a timer while another process holds the lock, for up to `timeoutMs`.
 * Throws `unavailable` after that. SQLite's own wait must be off on the connection: it would stop the whole thread.
 */
export async function whenFree<T>(timeoutMs: number, work: () => T): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return work();
    } catch (cause) {
      if (!isBusy(cause)) throw translate(cause);
      if (performance.now() >= deadline) throw new DomainError("unavailable", "store is busy", { cause });
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code);
}

function translate(error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  if (/^SQLITE_(FULL|READONLY|IOERR|CANTOPEN)/.test(error.code)) {
    return new DomainError("unavailable", `store cannot be used: ${error.message} (${error.code})`, {
      cause: error,
    });
  }
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(error.code)) {
    return new DomainError("data_loss", `store is damaged: ${error.message}`, { cause: error });
  }
  return error;
}
