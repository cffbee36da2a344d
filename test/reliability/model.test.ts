import { expect, test } from "vitest";
import { temporaryDirectory } from "../cli/program.js";
import { isRead, type Recorded } from "./history.js";
import { contradictionsIn } from "./history-check.js";
import { readLog, withDatabase } from "./history-database.js";
import { work } from "./history-recorder.js";
import { reportOf } from "./history-report.js";
import { seedChanges, writeSeedFile } from "./history-seed.js";
import { startServer } from "./history-server.js";

const OPERATIONS = Number(process.env.OPERATIONS ?? 2_000);
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));

test("whatever clients of two servers on one file do at once, it is as if they had done it one after the other", {
  timeout: 60_000 + OPERATIONS * 20,
}, async () => {
  await using directory = await temporaryDirectory();
  const file = directory.path("profiles.db");
  const seedFile = directory.path("seed.yaml");
  await writeSeedFile(seedFile);
  await using one = startServer(file, seedFile);
  await using other = startServer(file, seedFile);
  const records: Recorded[] = [];
  const known = new Map<string, number>();
  let started = 0;
  const goOn = (): boolean => ++started <= OPERATIONS;
  const start = performance.now();
  await Promise.all(
    [one, other].map(async ({ listening, ended }, i) => {
      const url = (await listening) ?? expect.unreachable((await ended).output);
      await work(url, { name: `server${i}`, seed: SEED + i * 100, records, known, goOn });
    }),
  );
  const tookMs = performance.now() - start;
  const log = withDatabase(file, readLog);
  const found = contradictionsIn({ seed: seedChanges(), records, log });
  if (process.env.OPERATIONS !== undefined) console.log(reportOf({ seed: SEED, records, log, tookMs }));
  expect(found.slice(0, 10), `seed ${SEED}: ${found.length} contradictions`).toEqual([]);
  expect(records.filter(({ outcome }) => outcome.is === "lost")).toEqual([]);
  expect(records.length).toBe(OPERATIONS);
  // A server that refuses everything contradicts nothing.
  const written = records.filter(({ operation, outcome }) => outcome.is === "done" && !isRead(operation));
  expect(written.length).toBeGreaterThan(OPERATIONS / 10);
});
