/** Servers on one file that are killed again and again while clients write to them. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Recorded } from "./history.js";
import { contradictionsIn } from "./history-check.js";
import { readLog, withDatabase } from "./history-database.js";
import { createRandom, type Random } from "./history-random.js";
import { type WorkOptions, work } from "./history-recorder.js";
import { reportOf } from "./history-report.js";
import { seedChanges } from "./history-seed.js";
import { type ServerProcess, startServer } from "./history-server.js";
import type { Known } from "./history-workload.js";
import { faultsIn } from "./kill-database.js";

export interface KillRun {
  file: string;
  seedFile: string;
  kills: number;
  seed: number;
  /** Whether another server on the file lives through it all, with clients of its own. */
  survivor: boolean;
}

export interface KillReport {
  /** What contradicts the promises of spec 2.1; nothing where they are kept. */
  faults: string[];
  /** For people. */
  text: string;
}

/** A survivor leaves the killed ones some of the machine. */
const SURVIVOR_PAUSE_MS = 30;

export async function runKills({ file, seedFile, kills, seed, survivor }: KillRun): Promise<KillReport> {
  const random = createRandom(seed);
  const records: Recorded[] = [];
  const known: Known = new Map();
  const faults: string[] = [];
  const start = performance.now();

  await using other = survivor ? startServer(file, seedFile) : undefined;
  let over = false;
  const survived = other && workOnSurvivor(other, { seed, records, known, goOn: () => !over });

  for (let kill = 1; kill <= kills && faults.length === 0; kill++) {
    await using server = startServer(file, seedFile);
    const killing = { server, name: `kill${kill}`, seed: seed + kill * 100, records, known, random };
    // One in eight does not come so far that it listens: a start recovers what the kill before left, and may be killed too.
    faults.push(...(random.chance(12) ? await killWhileStarting(killing) : await killAtWork(file, killing)));
  }

  await using last = startServer(file, seedFile);
  if ((await last.listening) === undefined) faults.push(`the last start: ${(await last.ended).output}`);
  over = true;
  faults.push(...((await survived) ?? []));
  faults.push(...withDatabase(file, faultsIn));
  const log = withDatabase(file, readLog);
  faults.push(...contradictionsIn({ seed: seedChanges(), records, log }));
  const report = reportOf({ seed, records, log, tookMs: performance.now() - start });
  return { faults, text: `${kills} kills${survivor ? " beside a survivor" : ""}: ${report}` };
}

async function workOnSurvivor(server: ServerProcess, options: Omit<WorkOptions, "name">): Promise<string[]> {
  const name = "survivor";
  const url = await server.listening;
  if (url === undefined) return [`the survivor did not start: ${(await server.ended).output}`];
  await work(url, { ...options, name, pauseMs: SURVIVOR_PAUSE_MS });
  return lossesOf(options.records.filter(({ client }) => client.startsWith(name)));
}

interface Killing {
  server: ServerProcess;
  /** Of this server and its clients. */
  name: string;
  seed: number;
  records: Recorded[];
  known: Known;
  random: Random;
}

async function killWhileStarting({ server, random }: Killing): Promise<string[]> {
  await sleep(random.next() * 400);
  server.signal("SIGKILL");
  const { signal, output } = await server.ended;
  return signal === "SIGKILL" ? [] : [`a server did not start: ${output}`];
}

async function killAtWork(
  file: string,
  { server, name, random, records, ...rest }: Killing,
): Promise<string[]> {
  const url = await server.listening;
  if (url === undefined) return [`${name} did not start again: ${(await server.ended).output}`];
  const own: Recorded[] = [];
  const working = work(url, { ...rest, name, records: own, goOn: () => true, serverEnded: server.ended });
  // While they write: what the kill before left is what this server serves now.
  const found = withDatabase(file, faultsIn);
  await untilAnswered(own, random.below(40), working);
  await sleep(random.next() * 10);
  const at = performance.now();
  if (random.chance(15)) {
    server.signal("SIGTERM");
    await sleep(random.next() * 40);
  }
  server.signal("SIGKILL");
  const { output } = await server.ended;
  await working;
  records.push(...own);
  const early = own.filter(({ endedAt }) => endedAt < at);
  return [...found, ...lossesOf(early)].map((fault) => `${fault}\n${output}`);
}

/** Or until the clients have given up. */
async function untilAnswered(
  records: readonly Recorded[],
  count: number,
  working: Promise<void>,
): Promise<void> {
  let given = false;
  const giveUp = (): void => {
    given = true;
  };
  void working.then(giveUp, giveUp);
  while (records.length < count && !given) await sleep(1);
}

/** A server that lives answers. */
function lossesOf(records: readonly Recorded[]): string[] {
  return records
    .filter(({ outcome }) => outcome.is === "lost")
    .map(({ client, operation }) => `${client} got no answer to ${JSON.stringify(operation)}`);
}
