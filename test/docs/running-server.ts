/** A server as `npm start` runs it, in this process and on a free port. */
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Command } from "commander";
import { createApp } from "../../src/app.js";
import { addSettings, readFlags } from "../../src/cli/options.js";
import { type Flags, readConfig } from "../../src/config.js";

export interface RunningServer {
  /** `127.0.0.1:PORT` */
  host: string;
  url: string;
  stop(): Promise<void>;
}

export async function startServer(flags: Flags = {}): Promise<RunningServer> {
  const app = await createApp(readConfig({ "log-level": "silent", ...flags }, {}));
  await app.server.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  return { host, url: `http://${host}`, stop: () => app.close() };
}

const PATHS = ["profile-registry-db", "seed-file", "catalog-dir"] as const;

/** The flags behind `npm start --`, with the paths as seen from `directory`. */
export function flagsOf(line: string, directory: string): Flags {
  const [, given = ""] = line.split(" -- ", 2);
  const command = addSettings(new Command()).exitOverride();
  command.parse(given.split(/\s+/).filter(Boolean), { from: "user" });
  const flags = readFlags(command.opts());
  for (const flag of PATHS) {
    const path = flags[flag];
    if (typeof path === "string") flags[flag] = join(directory, path);
  }
  return flags;
}
