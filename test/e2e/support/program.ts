/** The program as `npm start` runs it: on an SQLite file, with the documents of `test/data`. */
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { createProfileClient, type ProfileClient } from "../../../web/client/index.js";
import { type Running, serve, TEST_DATA, temporaryDirectory } from "../../cli/program.js";
import { findFreePort } from "../../support/free-port.js";

export interface Program {
  /** `http://127.0.0.1:PORT`; the port stays. */
  url(): string;
  /** Somebody else, who reads and writes without a page. Default: of the default registry. */
  client(registry?: string): ProfileClient;
  /** The database. */
  file(): string;
  /** Ends it; its file stays. */
  stop(): Promise<void>;
  /** Again, on its port. */
  start(): Promise<void>;
}

/** One for all tests of a `describe`. `flags` are added to those of `serve`. */
export function sharedProgram(...flags: string[]): Program {
  let url = "";
  let port: string | undefined;
  let running: Running | undefined;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>> | undefined;

  const start = async (): Promise<void> => {
    if (running !== undefined) return;
    directory ??= await temporaryDirectory();
    const file = ["--profile-registry-db", directory.path("registry.db")];
    const seed = ["--seed-file", join(TEST_DATA, "registries.yaml")];
    port ??= await findFreePort();
    running = await serve([...file, ...seed, "--port", port, ...flags]);
    url = running.url;
  };
  const stop = async (): Promise<void> => {
    await running?.stop();
    running = undefined;
  };

  beforeAll(start);
  // Also after a test that failed between the two.
  beforeEach(start);
  afterAll(async () => {
    await running?.[Symbol.asyncDispose]();
    await directory?.[Symbol.asyncDispose]();
  });
  return {
    url: () => url,
    file: () => directory!.path("registry.db"),
    client: (registry) =>
      createProfileClient({ baseUrl: url, ...(registry === undefined ? {} : { registry }) }),
    stop,
    start,
  };
}
