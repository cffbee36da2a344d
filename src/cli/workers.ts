/**
 * `serve --workers N`: processes that serve one port together, over one file. The first process hands them connections in
 * turn, starts another for one that dies, and stops them all.
 */
import cluster, { type Worker } from "node:cluster";
import type { Logger } from "pino";
import { rescueHandedConnections } from "./handed-connections.js";
import { onStopSignal } from "./stop-signal.js";
import { mergeScrapes } from "./worker-metrics.js";

const STOP = "stop";
/** A stop takes 10 s at most (spec 6.5); what is still there then hangs. */
const STOP_LIMIT_MS = 12_000;
/** How long after a worker that could not even begin to serve the next one is tried. */
const RETRY_MS = 1_000;

/** Whether this process is one of several that serve together. */
export function isWorker(): boolean {
  return cluster.isWorker;
}

/** Lets a worker end: until then it listens to its first process. */
export function leaveWorkers(): void {
  cluster.worker?.disconnect();
}

/** Calls `stop` when the first process says so. A worker that has lost it ends by itself. */
export function onStopMessage(stop: () => void): void {
  process.on("message", (message) => {
    if (message === STOP) stop();
  });
}

/** Resolves when all have stopped. Where not even the first worker can serve, its exit code is this process's; it says why. */
export async function superviseWorkers(count: number, logger: Logger): Promise<void> {
  const listening = new Set<number>();
  let begun = false;
  let stopping = false;
  await new Promise<void>((resolve) => {
    const leave = (): void => {
      if (Object.keys(cluster.workers ?? {}).length === 0) resolve();
    };
    onStopSignal(() => {
      stopping = true;
      for (const worker of Object.values(cluster.workers ?? {})) if (worker) stopWorker(worker, logger);
      leave();
    });
    cluster.on("fork", rescueHandedConnections);
    mergeScrapes();
    cluster.on("listening", (worker, { address, port }) => {
      listening.add(worker.id);
      if (listening.size === count && !stopping)
        logger.info(`listening on http://${address}:${port} with ${count} workers`);
      // The first seeds and migrates the store for all.
      if (!begun) for (let more = 1; more < count && !stopping; more++) cluster.fork();
      begun = true;
    });
    cluster.on("exit", (worker, code, signal) => {
      const served = listening.delete(worker.id);
      if (stopping) return leave();
      if (!begun) {
        process.exitCode = code || 1;
        return resolve();
      }
      logger.error({ worker: worker.id, code, signal }, "a worker ended and is started again");
      setTimeout(() => stopping || cluster.fork(), served ? 0 : RETRY_MS);
    });
    cluster.fork();
  });
  if (stopping) logger.info("stopped");
}

function stopWorker(worker: Worker, logger: Logger): void {
  // A worker that has ended meanwhile hears nothing.
  worker.send(STOP, () => {});
  const limit = setTimeout(() => {
    logger.error({ worker: worker.id }, "a worker does not stop and is killed");
    worker.process.kill("SIGKILL");
  }, STOP_LIMIT_MS);
  worker.once("exit", () => clearTimeout(limit));
}
