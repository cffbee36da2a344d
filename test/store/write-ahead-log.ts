/** What was written to a database, as its write-ahead log has it (https://sqlite.org/fileformat2.html#walformat). */
import { readFileSync } from "node:fs";

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/** Transactions in the log of the database at `path`, since the log was begun. */
export function countTransactions(path: string): number {
  const log = readFileSync(`${path}-wal`);
  if (log.length === 0) return 0;
  const frameBytes = FRAME_HEADER_BYTES + log.readUInt32BE(8);
  const salts = log.subarray(16, 24);
  let transactions = 0;
  for (let at = HEADER_BYTES; at + frameBytes <= log.length; at += frameBytes) {
    // Frames from before the log was begun anew are left behind it.
    if (!log.subarray(at + 8, at + 16).equals(salts)) break;
    // Only the last frame of a transaction has the size of the database.
    if (log.readUInt32BE(at + 4) > 0) transactions++;
  }
  return transactions;
}
