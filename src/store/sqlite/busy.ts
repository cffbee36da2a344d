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
  for (let pause = nextPause(0); ; pause = nextPause(pause)) {
    try {
      return work();
    } catch (cause) {
      if (!isBusy(cause)) throw translate(cause);
      if (performance.now() >= deadline) throw busyTooLong(cause);
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** How long to wait after a pause that was not long enough; 0 for none. In ms. */
export function nextPause(pause: number): number {
  return Math.min(Math.max(pause * 2, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
}

export function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code);
}

export function busyTooLong(cause: unknown): DomainError {
  return new DomainError("unavailable", "store is busy", { cause });
}

export function translate(error: unknown): unknown {
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
