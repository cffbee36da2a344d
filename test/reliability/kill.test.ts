import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../cli/program.js";
import { contradictionsIn } from "./history-check.js";
import { readLog, withDatabase } from "./history-database.js";
import { createRandom } from "./history-random.js";
import { seedChanges, writeSeedFile } from "./history-seed.js";
import { startServer } from "./history-server.js";
import { faultsIn } from "./kill-database.js";
import { runKills } from "./kill-run.js";

/** In all tests of this file together. */
const KILLS = Number(process.env.KILLS ?? 30);
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
const FIRST_STARTS = Math.ceil(KILLS / 10);
const timeout = 60_000 + KILLS * 4_000;

test.each([
  ["every acknowledged write outlives any kill, whole and in order", false],
  ["a server beside one that is killed again and again serves on, and sees every acknowledged write", true],
])("%s", { timeout }, async (_, survivor) => {
  await using directory = await temporaryDirectory();
  const seedFile = directory.path("seed.yaml");
  await writeSeedFile(seedFile);
  const file = directory.path("profiles.db");
  const kills = Math.ceil((KILLS - FIRST_STARTS) / 2);
  const { faults, text } = await runKills({ file, seedFile, kills, seed: SEED, survivor });
  if (process.env.KILLS !== undefined) console.log(text);
  expect(faults.slice(0, 10), `${faults.length} faults; ${text}`).toEqual([]);
});

test("a first start that is killed leaves an empty store or a whole one", { timeout }, async () => {
  const random = createRandom(SEED);
  for (let i = 0; i < FIRST_STARTS; i++) {
    await using directory = await temporaryDirectory();
    const seedFile = directory.path("seed.yaml");
    await writeSeedFile(seedFile);
    const file = directory.path("profiles.db");
    await using killed = startServer(file, seedFile);
    let ended = false;
    void killed.ended.then(() => {
      ended = true;
    });
    // Before the file is there, there is nothing to break.
    while (!existsSync(file) && !ended) await sleep(1);
    await sleep(random.next() * 60);
    killed.signal("SIGKILL");
    await killed.ended;
    await using next = startServer(file, seedFile);
    expect(await next.listening, `seed ${SEED}`).toBeDefined();
    const log = withDatabase(file, readLog);
    expect(withDatabase(file, faultsIn), `seed ${SEED}`).toEqual([]);
    expect(contradictionsIn({ seed: seedChanges(), records: [], log }), `seed ${SEED}`).toEqual([]);
  }
});
