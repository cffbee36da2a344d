/** A server on a database file, and the same file by flags: what commands work on. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { type RestClient, restClient } from "../support/rest.js";
import { REGISTRIES, startServer, type TestServer } from "../support/server.js";

export interface Targets {
  /** Flags that name them; only while tests run. */
  server: () => string[];
  store: () => string[];
  rest: RestClient;
}

/** Shared by the tests of a file; seeded with test/data/registries.yaml. */
export function sharedTargets(): Targets {
  const directory = mkdtempSync(join(tmpdir(), "profile-registry-"));
  const file = join(directory, "profiles.db");
  let server: TestServer | undefined;
  beforeAll(async () => {
    server = await startServer({ "profile-registry-db": file, "seed-file": REGISTRIES });
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  const url = (): string => server?.url ?? "";
  return {
    server: () => ["--server", url()],
    store: () => ["--profile-registry-db", file],
    rest: (...request) => restClient(url())(...request),
  };
}
