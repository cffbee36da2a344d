/** Clients at work on a server, and the record of it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Recorded } from "./history.js";
import type { Client } from "./history-client.js";
import { createRandom } from "./history-random.js";
import { restClient } from "./history-rest-client.js";
import { connectClient, grpcClient } from "./history-rpc-client.js";
import { createWorkload, type Known } from "./history-workload.js";

export interface WorkOptions {
  /** Names the clients, for those who read what went wrong. */
  name: string;
  seed: number;
  records: Recorded[];
  /** What clients tell each other, of all servers on the file. */
  known: Known;
  /** Asked before each operation. */
  goOn: () => boolean;
  /** A client of gRPC may wait for ever for one that ends between its GOAWAY and its last answer. */
  serverEnded?: Promise<unknown>;
  /** Clients pause up to this long between operations. Default 0. */
  pauseMs?: number;
}

/** Whoever has no answer by then has lost it. */
const ANSWER_MS = 30_000;
/** How long clients may take to notice that their server has gone. */
const NOTICE_MS = 500;

const KINDS: Record<string, (url: string) => Client> = {
  rest: restClient,
  rest2: restClient,
  grpc: grpcClient,
  connect: connectClient,
};

/** Four clients over both edges, until they are not to go on or their server has gone. */
export async function work(url: string, options: WorkOptions): Promise<void> {
  const kinds = Object.entries(KINDS);
  await Promise.all(
    kinds.map(([kind, connect], i) =>
      workAs(connect(url), `${options.name}.${kind}`, options.seed + i, options),
    ),
  );
}

async function workAs(
  client: Client,
  name: string,
  seed: number,
  { records, known, goOn, serverEnded, pauseMs = 0 }: WorkOptions,
): Promise<void> {
  const random = createRandom(seed);
  const workload = createWorkload(name, client.edge, random, known);
  let current = new AbortController();
  void serverEnded?.then(() => sleep(NOTICE_MS)).then(() => current.abort());
  try {
    while (goOn()) {
      const operation = workload.next();
      current = new AbortController();
      const late = setTimeout(() => current.abort(), ANSWER_MS);
      const startedAt = performance.now();
      const outcome = await client.perform(operation, current.signal);
      const endedAt = performance.now();
      clearTimeout(late);
      records.push({ client: name, edge: client.edge, operation, startedAt, endedAt, outcome });
      workload.learn(operation, outcome);
      if (outcome.is === "lost") return;
      if (pauseMs > 0) await sleep(random.next() * pauseMs);
    }
  } finally {
    client.close();
  }
}
