import { expect, onTestFinished, test } from "vitest";
import { type Running, serve, temporaryDirectory } from "../cli/program.js";
import { storedIn } from "./disk-database.js";
import { CLIENTS, type ClientKind } from "./stop-clients.js";
import { describe } from "./stop-load.js";

const ROUNDS = Number(process.env.ROLLING_ROUNDS ?? 1);
const SENDERS = Number(process.env.ROLLING_SENDERS ?? 2);
const KINDS: readonly ClientKind[] = ["fetch", "agent", "grpc-js", "connect-node"];
/** As long as a client may find both servers refusing before it gives up. */
const PATIENCE_MS = 5_000;

/** Sends to each in turn, and to the next one where nobody listens or the server says that it cannot answer now. */
function roundRobin(targets: readonly (() => Promise<"answered" | "refused">)[]): () => Promise<void> {
  let turn = 0;
  return async () => {
    for (const giveUp = performance.now() + PATIENCE_MS; ; ) {
      const target = targets[turn++ % targets.length]!;
      if ((await target()) === "answered") return;
      if (performance.now() > giveUp) throw new Error("no server answers");
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
}

/** A write, which must neither be lost nor made twice. */
const writeTo = (url: string) => async (): Promise<"answered" | "refused"> => {
  try {
    const response = await fetch(`${url}/api/chat/profiles/default`, {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    await response.arrayBuffer();
    if (response.status === 200) return "answered";
    if (response.status === 503) return "refused";
    throw new Error(`answered ${response.status}`);
  } catch (error) {
    if (/ECONNREFUSED|connect ECONNRESET/.test(describe(error))) return "refused";
    throw error;
  }
};

test(`${ROUNDS} rolling restarts of two servers on one file fail no request of clients that try the other one`, {
  timeout: 30_000 + ROUNDS * 30_000,
}, async () => {
  await using directory = await temporaryDirectory();
  const file = directory.path("profiles.db");
  const args = ["--profile-registry-db", file];
  const servers: Running[] = [await serve(args), await serve(args)];
  onTestFinished(async () => {
    for (const server of servers) await server[Symbol.asyncDispose]();
  });
  const urls = servers.map(({ url }) => url);
  let running = true;
  const failed: string[] = [];
  const count: Record<string, number> = {};
  const load = async (kind: string, send: () => Promise<void>, pauseMs: number): Promise<void> => {
    while (running) {
      try {
        await send();
        count[kind] = (count[kind] ?? 0) + 1;
      } catch (error) {
        failed.push(`${kind}: ${describe(error)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, Math.random() * pauseMs));
    }
  };
  const loads = [load("write", roundRobin(urls.map(writeTo)), 20)];
  const clients = [];
  for (const kind of KINDS) {
    for (let i = 0; i < SENDERS; i++) {
      const own = urls.map((url) => CLIENTS[kind](url));
      clients.push(...own);
      loads.push(load(kind, roundRobin(own.map((client) => client.send)), 20));
    }
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, url] of urls.entries()) {
      const { code, stderr } = await servers[i]!.stop();
      expect([code, stderr]).toEqual([0, ""]);
      servers[i] = await serve([...args, "--port", new URL(url).port]);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }
  running = false;
  await Promise.all(loads);
  for (const client of clients) client.close();
  await Promise.all(servers.map((server) => server.stop()));
  expect(failed).toEqual([]);
  expect(Object.keys(count).sort()).toEqual(["write", ...KINDS].sort());
  expect(storedIn(file, "default")?.version).toBe(1 + count.write!);
  if (process.env.ROLLING_ROUNDS !== undefined) console.log(count);
});
