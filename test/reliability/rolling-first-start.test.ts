import { expect, onTestFinished, test } from "vitest";
import { SCHEMA_VERSION } from "../../src/store/sqlite/migrations.js";
import { serve, TEST_DATA, temporaryDirectory } from "../cli/program.js";
import { withDatabase } from "./disk-database.js";

const PROCESSES = Number(process.env.START_PROCESSES ?? 4);
const ROUNDS = Number(process.env.START_ROUNDS ?? 1);

test(`${PROCESSES} processes that start at once on a new file all come up, and one seeds it`, {
  timeout: 30_000 * ROUNDS,
}, async () => {
  for (let round = 0; round < ROUNDS; round++) {
    await using directory = await temporaryDirectory();
    const file = directory.path("data/profiles.db");
    const args = ["--profile-registry-db", file, "--seed-file", `${TEST_DATA}registries.yaml`];
    const starts = await Promise.allSettled(Array.from({ length: PROCESSES }, () => serve(args)));
    const servers = starts.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
    onTestFinished(async () => {
      for (const server of servers) await server[Symbol.asyncDispose]();
    });
    expect(starts.filter(({ status }) => status === "rejected")).toEqual([]);
    const answers = await Promise.all(
      servers.map(async ({ url }) => (await (await fetch(`${url}/readyz`)).json()) as object),
    );
    const revision = withDatabase(file, (db) => {
      expect(db.prepare("SELECT count(DISTINCT commit_revision) FROM log").pluck().get()).toBe(1);
      expect(db.prepare("SELECT count(*) FROM schema_migrations").pluck().get()).toBe(SCHEMA_VERSION);
      return db.prepare("SELECT max(revision) FROM log").pluck().get();
    });
    for (const server of servers) expect((await server.stop()).code).toBe(0);
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: "ready", store: { revision } });
    }
  }
});
