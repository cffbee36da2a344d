/** The whole program on a free port of 127.0.0.1, in this process. */
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { onTestFinished } from "vitest";
import { type App, createApp, type Overrides } from "../../src/app.js";
import { type Environment, type Flags, readConfig } from "../../src/config.js";

/** Two registries, `default` and `team`, with all that a profile can hold. */
export const REGISTRIES = fileURLToPath(new URL("../data/registries.yaml", import.meta.url));

export interface TestServer extends Pick<App, "services" | "store"> {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** Undefined flags are left out; the environment of the test counts for nothing. */
export async function startServer(
  flags: Flags = {},
  overrides: Overrides = {},
  env: Environment = {},
): Promise<TestServer> {
  const logger = pino({ level: "silent" });
  const app = await createApp(readConfig(flags, env), { logger, ...overrides });
  await app.server.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.server.address() as AddressInfo;
  const { services, store } = app;
  return { services, store, port, url: `http://127.0.0.1:${port}`, stop: () => app.close() };
}

/** For a server that only one test needs. */
export async function serverForTest(
  flags: Flags = {},
  overrides: Overrides = {},
  env: Environment = {},
): Promise<TestServer> {
  const server = await startServer(flags, overrides, env);
  onTestFinished(() => server.stop());
  return server;
}
