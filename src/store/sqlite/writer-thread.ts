/** The thread that writes to database files, so that those that serve need not wait for the disk (spec 6.2). See `writer.ts`. */
import { parentPort } from "node:worker_threads";
import Database from "better-sqlite3";
import type { Change, Expectation } from "../store.js";
import { type AppliedCommit, createCommitter } from "./commit.js";
import { createFiguresRows } from "./figures-rows.js";
import { createIdempotencyKeys } from "./idempotency-keys.js";
import { watchOpenFiles } from "./open-files.js";
import { unpack } from "./packed.js";
import { createRolloutRows } from "./rollout-rows.js";
import {
  createSharedTransactions,
  type SharedTransactions,
  type WritingConnection,
} from "./shared-transactions.js";
import { createPayloadReader } from "./stored-json.js";
import type {
  CommitPiece,
  MessageFromWriter,
  MessageToWriter,
  Write,
  WriteRequest,
  WriterSetting,
} from "./write-messages.js";

const port = parentPort!;
const stores = new Map<number, SharedTransactions>();
/** By the id of their commit. */
const pieces = new Map<number, CommitPiece[]>();

port.on("message", (message: MessageToWriter) => {
  const { store } = message;
  const answer = (given: Omit<MessageFromWriter, "store">): void => port.postMessage({ store, ...given });
  if ("open" in message) {
    const { open: setting } = message;
    const { busyTimeoutMs } = setting;
    const files = watchOpenFiles(setting.files);
    const connect = (): WritingConnection => connectTo(setting);
    stores.set(store, createSharedTransactions({ files, connect, busyTimeoutMs, answer }));
  } else if ("close" in message) {
    stores.get(store)?.close();
    stores.delete(store);
    answer({ answers: [{ id: message.close, outcome: undefined }], unlogged: false });
  } else if ("request" in message) {
    const { request } = message;
    stores.get(store)?.add({ ...request, write: whole(request) });
  } else {
    const { piece } = message;
    const before = pieces.get(piece.id);
    if (before === undefined) pieces.set(piece.id, [piece]);
    else before.push(piece);
  }
});

function whole({ id, write }: WriteRequest): Write<AppliedCommit> {
  const sent = pieces.get(id);
  if (sent === undefined || !("commit" in write)) return write;
  pieces.delete(id);
  const expect = unpack<Expectation>(sent.map((piece) => piece.expect));
  const changes = unpack<Change>(sent.map((piece) => piece.changes));
  return { commit: { ...write.commit, expect, changes } };
}

/** The database has its schema, and is in WAL mode, which it stays in. */
function connectTo({ files, foreignKeys }: WriterSetting): WritingConnection {
  const db = new Database(files.path, { timeout: 0, fileMustExist: true });
  try {
    db.pragma("synchronous = FULL");
    db.pragma(`foreign_keys = ${foreignKeys ? "ON" : "OFF"}`);
    const payloads = createPayloadReader();
    const commit = createCommitter(db, payloads, createIdempotencyKeys(db), createRolloutRows(db, payloads));
    const figures = createFiguresRows(db);
    return {
      db,
      apply(write) {
        if (!("commit" in write)) {
          figures.add(write.figures, write.keepSinceMs);
          return undefined;
        }
        const outcome = commit(write.commit);
        if (!outcome.committed) return outcome;
        const registries = outcome.registries.map((registry) => ({
          slug: registry.slug,
          payload: JSON.stringify(registry),
        }));
        return { ...outcome, registries };
      },
    };
  } catch (error) {
    db.close();
    throw error;
  }
}
