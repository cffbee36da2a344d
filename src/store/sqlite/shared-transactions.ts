/**
 * Write requests one after the other, those that wait together in one transaction: a sync of the disk costs as much for one as
 * for all of them (spec 6.2).
 */
import Database from "better-sqlite3";
import { DomainError } from "../../domain/errors.js";
import { busyTooLong, isBusy, nextPause, translate } from "./busy.js";
import { createProgressReader, isUnlogged, type Progress } from "./changes.js";
import type { AppliedCommit } from "./commit.js";
import type { OpenFiles } from "./open-files.js";
import {
  failureOf,
  type MessageFromWriter,
  type WriteAnswer,
  type WriteRequest,
  type WrittenOutcome,
} from "./write-messages.js";

type Request = WriteRequest<AppliedCommit>;
type Answered = Omit<MessageFromWriter, "store">;

/** A connection that nobody else writes over. */
export interface WritingConnection {
  db: Database.Database;
  /** Applies one request inside a transaction, whole or, where it throws, not at all. */
  apply(write: Request["write"]): WrittenOutcome | undefined;
}

export interface SharedTransactionsOptions {
  files: OpenFiles;
  /** Called until it does not throw. */
  connect: () => WritingConnection;
  busyTimeoutMs: number;
  answer: (message: Answered) => void;
}

/** Changes in one transaction, unless one request alone has more: the first that waits is to be answered soon. */
const MOST_TOGETHER = 1_000;

interface Waiting {
  request: Request;
  /** A transaction that it shared has failed: whose fault that was shows when each has its own. */
  alone: boolean;
  /** When it first met a lock of somebody else. */
  busySince?: number;
}

export interface SharedTransactions {
  /** Its answer comes when it is durable, or has failed. */
  add(request: Request): void;
  /** Only when all has been answered. */
  close(): void;
}

export function createSharedTransactions({
  files,
  connect,
  busyTimeoutMs,
  answer,
}: SharedTransactionsOptions): SharedTransactions {
  let connection: (WritingConnection & ReturnType<typeof prepareStatements>) | undefined;
  let waiting: Waiting[] = [];
  let turn: NodeJS.Immediate | NodeJS.Timeout | undefined;
  let pause = 0;
  /** After the last transaction. */
  let last: Progress = { revision: -1, documents: -1 };

  const goOn = (): void => {
    if (turn !== undefined || waiting.length === 0) return;
    turn = pause > 0 ? setTimeout(takeTurn, pause) : setImmediate(takeTurn);
  };

  const takeTurn = (): void => {
    turn = undefined;
    const message = tryBatch(takeBatch());
    if (message !== undefined) answer(message);
    goOn();
  };

  const takeBatch = (): Waiting[] => {
    let taken = 0;
    let size = 0;
    for (const { request, alone } of waiting) {
      size += sizeOf(request.write);
      if (taken > 0 && (alone || size > MOST_TOGETHER)) break;
      taken++;
      if (alone) break;
    }
    return waiting.splice(0, taken);
  };

  const tryBatch = (batch: readonly Waiting[]): Answered | undefined => {
    try {
      const message = writeTogether(batch.map(({ request }) => request));
      pause = 0;
      return message;
    } catch (error) {
      if (isBusy(error)) {
        pause = nextPause(pause);
        return waitOn(batch, error);
      }
      pause = 0;
      // Files that are displaced are so for all, and what was committed to them must not be tried again.
      if (batch.length === 1 || error instanceof DomainError) return refusal(batch, translate(error));
      waiting.unshift(...batch.map(({ request }) => ({ request, alone: true })));
      return undefined;
    }
  };

  /** Somebody else has the lock. Each request waits for as long as if it were the only one. */
  const waitOn = (batch: readonly Waiting[], cause: unknown): Answered | undefined => {
    const now = performance.now();
    const all = [...batch, ...waiting];
    for (const one of all) one.busySince ??= now;
    const isLate = ({ busySince = now }: Waiting): boolean => now - busySince >= busyTimeoutMs;
    waiting = all.filter((one) => !isLate(one));
    const late = all.filter(isLate);
    return late.length === 0 ? undefined : refusal(late, busyTooLong(cause));
  };

  const writeTogether = (batch: readonly Request[]): Answered => {
    refuseDisplaced();
    const { db, begin, commit, rollback, progress, apply } = connected();
    begin.run();
    try {
      const before = progress();
      const unlogged = [last, ...batch.map(({ seen }) => seen)].some((known) => isUnlogged(known, before));
      const answers = batch.map((request): WriteAnswer => {
        try {
          return { id: request.id, outcome: apply(request.write) };
        } catch (error) {
          if (!db.inTransaction || concernsAll(error)) throw error;
          return { id: request.id, failure: failureOf(error) };
        }
      });
      const after = progress();
      // Rows that a savepoint has put back would be synced as well.
      if (batch.some(({ write }, i) => changesRows(write, answers[i]!))) commit.run();
      else rollback.run();
      refuseDisplaced();
      last = after;
      return { answers, progress: after, unlogged };
    } catch (error) {
      if (db.inTransaction) rollback.run();
      throw error;
    }
  };

  /** Looked at before, so that nothing is lost, and after, so that nothing lost is acknowledged. */
  const refuseDisplaced = (): void => {
    const displaced = files.displaced();
    if (displaced !== undefined) throw new DomainError("unavailable", displaced.message);
  };

  const connected = (): NonNullable<typeof connection> => {
    if (connection !== undefined) return connection;
    const opened = connect();
    try {
      // It may be another file that was at the path.
      refuseDisplaced();
      connection = { ...opened, ...prepareStatements(opened.db) };
      return connection;
    } catch (error) {
      opened.db.close();
      throw error;
    }
  };

  return {
    add(request) {
      waiting.push({ request, alone: false });
      goOn();
    },
    close: () => connection?.db.close(),
  };
}

function prepareStatements(db: Database.Database) {
  return {
    begin: db.prepare("BEGIN IMMEDIATE"),
    commit: db.prepare("COMMIT"),
    rollback: db.prepare("ROLLBACK"),
    progress: createProgressReader(db),
  };
}

/** Whether it is of the database or the machine, and not of what was asked for. */
function concernsAll(error: unknown): boolean {
  return error instanceof Database.SqliteError && !error.code.startsWith("SQLITE_CONSTRAINT");
}

function sizeOf(write: Request["write"]): number {
  return Math.max(1, "commit" in write ? write.commit.changes.length : write.figures.length);
}

function changesRows(write: Request["write"], answer: WriteAnswer): boolean {
  if ("failure" in answer) return false;
  return !("commit" in write) || (answer.outcome?.committed === true && write.commit.dryRun !== true);
}

function refusal(batch: readonly Waiting[], error: unknown): Answered {
  const failure = failureOf(error);
  return { answers: batch.map(({ request }) => ({ id: request.id, failure })), unlogged: false };
}
