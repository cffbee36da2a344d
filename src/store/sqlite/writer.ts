/** The serving side of the thread that writes to database files (spec 6.2). See `writer-thread.ts`. */
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { DomainError } from "../../domain/errors.js";
import type { Store } from "../store.js";
import type { ChangeDetector, Progress } from "./changes.js";
import { pack } from "./packed.js";
import type { PayloadReader } from "./stored-json.js";
import {
  errorOf,
  type MessageFromWriter,
  type MessageToWriter,
  type Write,
  type WriteRequest,
  type WriterSetting,
  type WrittenOutcome,
} from "./write-messages.js";

export interface Writer extends Pick<Store, "commit" | "addFigures"> {
  /** After what was asked for before. */
  close(): Promise<void>;
}

/** Changes that a serving thread sends at once: more of them go in turns with its other work. */
const PIECE = 100;

/** One for all stores of the process: it takes some 50 ms, and as many milliseconds of a core, to start one. */
let running: WriterThread | undefined;
let lastId = 0;

/** `changes` is told of what is committed before it is acknowledged. */
export function createThreadWriter(
  setting: WriterSetting,
  changes: ChangeDetector,
  payloads: PayloadReader,
): Writer {
  const store = ++lastId;
  /** That has a connection for this store. */
  let thread: WriterThread | undefined;
  const asked = new Set<Promise<unknown>>();
  let closed = false;

  const told = ({ progress, unlogged }: MessageFromWriter): void => {
    if (progress !== undefined) changes.written(progress, unlogged);
  };
  const ask = async (write: Write): Promise<WrittenOutcome | undefined> => {
    if (closed) throw new TypeError("the store is closed");
    running ??= startThread();
    if (thread !== running) running.open(store, setting, told);
    thread = running;
    const answer = thread.ask(store, write, changes.seen());
    asked.add(answer);
    return answer.finally(() => asked.delete(answer));
  };

  return {
    async commit(commit) {
      const outcome = (await ask({ commit }))!;
      if (!outcome.committed) return outcome;
      const registries = outcome.registries.map(({ slug, payload }) => payloads.registry(slug, payload));
      return { ...outcome, registries };
    },
    async addFigures(figures, keepSinceMs) {
      await ask({ figures, keepSinceMs });
    },
    async close() {
      closed = true;
      await Promise.allSettled(asked);
      await thread?.close(store);
      thread = undefined;
    },
  };
}

interface WriterThread {
  /** Before anything is asked of it. */
  open(store: number, setting: WriterSetting, told: (message: MessageFromWriter) => void): void;
  ask(store: number, write: Write, seen: Progress): Promise<WrittenOutcome | undefined>;
  /** Only when all has been answered. */
  close(store: number): Promise<void>;
}

interface Pending {
  resolve: (outcome: WrittenOutcome | undefined) => void;
  reject: (error: unknown) => void;
}

/** It keeps the process alive only while it has something to answer. */
function startThread(): WriterThread {
  const worker = new Worker(findThread(), {
    // Flags of the program, such as modules to load first, are not meant for it.
    execArgv: [],
    // What it makes is soon gone, and collecting more of it at a time is no faster.
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  });
  worker.unref();
  const stores = new Map<number, (message: MessageFromWriter) => void>();
  const pending = new Map<number, Pending>();
  let ended = false;
  let failure: unknown;

  const take = (id: number): Pending | undefined => {
    const asked = pending.get(id);
    pending.delete(id);
    if (pending.size === 0) worker.unref();
    return asked;
  };

  worker.on("message", (message: MessageFromWriter) => {
    stores.get(message.store)?.(message);
    for (const answer of message.answers) {
      if ("failure" in answer) take(answer.id)?.reject(errorOf(answer.failure));
      else take(answer.id)?.resolve(answer.outcome);
    }
  });
  worker.on("error", (error) => {
    failure = error;
  });
  worker.on("exit", () => {
    running = undefined;
    ended = true;
    const reason = failure instanceof Error ? `: ${failure.message}` : "";
    const lost = `the thread that writes has ended, and whether this was written is not known${reason}`;
    for (const { reject } of pending.values())
      reject(new DomainError("unavailable", lost, { cause: failure }));
  });

  const post = (message: MessageToWriter): void => worker.postMessage(message);

  const answerTo = (id: number): Promise<WrittenOutcome | undefined> => {
    worker.ref();
    return new Promise((resolve, reject) => pending.set(id, { resolve, reject }));
  };

  const send = async (store: number, request: WriteRequest): Promise<void> => {
    const { id, write } = request;
    if (!("commit" in write) || write.commit.changes.length <= PIECE) return post({ store, request });
    const { expect, changes } = write.commit;
    for (let from = 0; from < Math.max(expect.length, changes.length); from += PIECE) {
      const [its, theirs] = await Promise.all([
        pack(expect.slice(from, from + PIECE)),
        pack(changes.slice(from, from + PIECE)),
      ]);
      post({ store, piece: { id, expect: its, changes: theirs } });
    }
    const rest = { commit: { ...write.commit, expect: [], changes: [] } };
    post({ store, request: { ...request, write: rest } });
  };

  return {
    open(store, setting, told) {
      stores.set(store, told);
      post({ store, open: setting });
    },
    ask(store, write, seen) {
      const id = ++lastId;
      const answer = answerTo(id);
      send(store, { id, write, seen }).catch((error) => take(id)?.reject(error));
      return answer;
    },
    async close(store) {
      if (ended) return;
      const id = ++lastId;
      const answer = answerTo(id);
      post({ store, close: id });
      // Its connections end with the thread.
      await answer.catch(() => undefined);
      stores.delete(store);
    },
  };
}

function findThread(): string {
  const name = "#sqlite-writer";
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    throw new Error(`${name} of package.json is not there: the program is not built (npm run build:server)`, {
      cause,
    });
  }
}
