/** The service under test, and what it says of the requests that reached it. */
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach } from "vitest";
import type { Flags } from "../../src/config.js";
import { startServer, type TestServer } from "../support/server.js";

export interface Service {
  /** `http://127.0.0.1:PORT`. */
  url(): string;
  /** `http://localhost:PORT`: another origin, though the same server. */
  localhost(): string;
  /** What it answered in this test, by its log: `403 POST /api/chat/profiles`, `ok a.Service/AMethod`. */
  answers(): string[];
  /** Moves with every accepted write. */
  revision(): Promise<number>;
}

/** One for all tests of a `describe`; `flags` is asked once the sites that it names are there. */
export function sharedService(flags: () => Flags = () => ({})): Service {
  const answers: string[] = [];
  const write = (line: string): void => {
    const { status, route } = JSON.parse(line) as { status?: number | string; route?: string };
    if (route !== undefined) answers.push(`${status} ${route}`);
  };
  let server: TestServer | undefined;
  beforeAll(async () => {
    server = await startServer(flags(), { logger: pino({ level: "debug" }, { write }) });
  });
  beforeEach(() => {
    answers.length = 0;
  });
  afterAll(() => server?.stop());
  const url = () => server?.url ?? "";
  return {
    url,
    localhost: () => url().replace("127.0.0.1", "localhost"),
    answers: () => answers,
    revision: async () => (await server?.store.revision()) ?? -1,
  };
}
