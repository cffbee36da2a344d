/** Outcomes kept under the keys of their requests, in the transaction of the write itself (spec 2.5). */
import type { Database } from "better-sqlite3";
import { REMEMBERED_MS, type Remembered } from "../store.js";

export interface IdempotencyKeys {
  recall(key: string, nowMs: number): Remembered | undefined;
  /** Must run in the transaction of the commit. Forgets what is too old. */
  remember(outcome: Remembered & { key: string }, nowMs: number): void;
}

interface Row {
  request: string;
  outcome_json: string;
}

export function createIdempotencyKeys(db: Database): IdempotencyKeys {
  const find = db.prepare<[string, number], Row>(
    "SELECT request, outcome_json FROM idempotency_keys WHERE key = ? AND time_ms > ?",
  );
  const forget = db.prepare<[number]>("DELETE FROM idempotency_keys WHERE time_ms <= ?");
  const insert = db.prepare<[string, string, number, string]>(
    "INSERT INTO idempotency_keys (key, request, time_ms, outcome_json) VALUES (?, ?, ?, ?)",
  );
  return {
    recall(key, nowMs) {
      const row = find.get(key, nowMs - REMEMBERED_MS);
      if (row === undefined) return undefined;
      const outcome = JSON.parse(row.outcome_json) as Omit<Remembered, "request">;
      return { request: row.request, ...outcome };
    },
    remember({ key, request, given, committed }, nowMs) {
      forget.run(nowMs - REMEMBERED_MS);
      insert.run(key, request, nowMs, JSON.stringify({ given, committed }));
    },
  };
}
