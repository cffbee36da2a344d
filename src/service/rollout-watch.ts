/** What rollouts need while a server runs: reports passed on to the store, and a look at the figures from time to time. */
import { type AutoRollback, CONFIRMED_AFTER_MS } from "./auto-rollback.js";
import type { Outcomes } from "./outcomes.js";

export interface RolloutWatch {
  /** The process may end all the same. */
  start(): void;
  /** Waits for what is under way, and passes on what has been reported. May be called again. */
  stop(): Promise<void>;
}

export interface RolloutWatchOptions {
  /** How often reports are passed on, in ms. Default 1,000. */
  flushMs?: number;
  /** How often figures are looked at, in ms. Default a little more than two looks must be apart to confirm each other. */
  evaluateMs?: number;
}

export function createRolloutWatch(
  outcomes: Outcomes,
  autoRollback: AutoRollback,
  warn: (message: string) => void,
  { flushMs = 1_000, evaluateMs = CONFIRMED_AFTER_MS + 100 }: RolloutWatchOptions,
): RolloutWatch {
  const flush = oneAtATime(outcomes.flush, warnOnce(warn, "reported outcomes cannot be stored"));
  const evaluate = oneAtATime(autoRollback.evaluate, warnOnce(warn, "rollouts cannot be watched"));
  let timers: NodeJS.Timeout[] = [];
  return {
    start() {
      if (timers.length > 0) return;
      timers = [setInterval(flush.run, flushMs).unref(), setInterval(evaluate.run, evaluateMs).unref()];
      outcomes.onAlarm(evaluate.run);
    },
    async stop() {
      for (const timer of timers) clearInterval(timer);
      timers = [];
      outcomes.onAlarm(() => {});
      await evaluate.idle();
      await flush.idle();
      flush.run();
      await flush.idle();
    },
  };
}

/** Runs work one at a time, once more after it where it was asked for meanwhile. */
function oneAtATime(
  work: () => Promise<void>,
  done: (error?: unknown) => void,
): { run(): void; idle(): Promise<void> } {
  let running: Promise<void> | undefined;
  let again = false;
  const run = (): void => {
    if (running !== undefined) {
      again = true;
      return;
    }
    running = work()
      .then(() => done(), done)
      .finally(() => {
        running = undefined;
        if (!again) return;
        again = false;
        run();
      });
  };
  return {
    run,
    async idle() {
      while (running !== undefined) await running;
    },
  };
}

/** Once until it goes well again, or wrong in another way. */
function warnOnce(warn: (message: string) => void, what: string): (error?: unknown) => void {
  let last: string | undefined;
  return (error) => {
    const message = error === undefined ? undefined : `${what}: ${(error as Error).message}`;
    if (message !== undefined && message !== last) warn(message);
    last = message;
  };
}
