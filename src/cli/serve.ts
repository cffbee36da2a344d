/** `serve`: runs the service until it is told to stop (spec 6.5). */
import { isIP } from "node:net";
import type { Command } from "commander";
import { type Logger, pino } from "pino";
import { createApp } from "../app.js";
import { type Config, type Environment, readConfig } from "../config.js";
import { reportFailure } from "./failure.js";
import { addSettings, readFlags } from "./options.js";
import { onStopSignal } from "./stop-signal.js";
import { sayFigures, scrapeWorkers } from "./worker-metrics.js";
import { isWorker, leaveWorkers, onStopMessage, superviseWorkers } from "./workers.js";

/** Longer than a client that is at work pauses; a stop waits for so long at most where nothing else is under way. */
const IDLE_GRACE_MS = 3_000;

export function addServe(program: Command, env: Environment): void {
  addSettings(
    program.command("serve").description("Run the service: REST, Connect, gRPC and gRPC-Web on one port."),
  )
    .addHelpText(
      "after",
      `
Examples:
  $ profile-registry serve
  $ profile-registry serve --profile-registry-db ./data/profiles.db --seed-file registries.yaml
  $ profile-registry serve --port 9000 --cors-origin https://chat.example.org`,
    )
    .action(async (options: Record<string, unknown>) => {
      try {
        await serve(readConfig(readFlags(options), env));
      } finally {
        if (isWorker()) leaveWorkers();
      }
    });
}

async function serve(config: Config): Promise<void> {
  if (config.workers > 1 && !isWorker()) {
    const logger = pino({ level: config.logLevel });
    warnAbout(config, logger);
    return superviseWorkers(config.workers, logger);
  }
  const app = await createApp(config, {
    idleGraceMs: IDLE_GRACE_MS,
    ...(isWorker() ? { scrape: scrapeWorkers } : {}),
  });
  if (isWorker()) sayFigures(app.metrics.registry);
  const { logger } = app;
  if (!isWorker()) warnAbout(config, logger);
  // Before it listens: who reads that line may tell it to stop at once.
  const stopped = untilStopped(() => app.close());
  try {
    await app.server.listen({
      host: config.host,
      port: config.port,
      listenTextResolver: (address) =>
        isWorker() ? `worker ${process.pid} serves` : `listening on ${address}`,
    });
  } catch (error) {
    await app.close();
    throw error;
  }
  await stopped;
  logger.info("stopped");
}

/** What an operator should know of how it runs. */
function warnAbout(config: Config, logger: Logger): void {
  for (const warning of config.warnings) logger.warn(warning);
  if (config.store.kind === "memory") {
    logger.warn(
      "profiles are kept in memory: nothing will be kept when this process ends (--profile-registry-db PATH keeps them)",
    );
  }
  if (config.store.kind === "file") {
    logger.warn(
      `profiles are kept in ${config.store.path}, by this process alone: older versions and the log live as long as it does, and comments in the file do not outlive a write`,
    );
  }
  if (!isLoopback(config.host)) {
    logger.warn(
      `listening on ${config.host}, beyond this machine, and callers are not authenticated: anyone who reaches it may write`,
    );
  }
}

/** Resolves when it has been told to stop and `stop` has been done. */
async function untilStopped(stop: () => Promise<void>): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    // A worker is told by its first process, and by a terminal too.
    let told = false;
    const once = (): void => {
      if (!told) stop().then(resolve, reject);
      told = true;
    };
    onStopSignal(once);
    if (isWorker()) onStopMessage(once);
  }).catch((error: unknown) => {
    process.exitCode = reportFailure(error);
  });
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}
