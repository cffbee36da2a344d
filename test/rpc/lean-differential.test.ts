/**
 * The lean path and the stock Connect adapter answer and log the same, whatever is sent. `LEAN_RUNS` says how many calls of each form
 * (default 40); a failure prints the seed.
 */
import fc from "fast-check";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type HttpClient, httpClient, type Sent } from "../hostile/http-client.js";
import { http2Client } from "../hostile/http2-client.js";
import { REGISTRIES, startServer, type TestServer } from "../support/server.js";
import { connectGets, connectPosts, grpcCalls } from "./lean-forms.js";

const RUNS = Number(process.env.LEAN_RUNS ?? 40);

interface Side {
  server: TestServer;
  log: string[];
  http1: HttpClient & Disposable;
  http2: HttpClient & Disposable;
}

let lean: Side;
let stock: Side;
beforeAll(async () => {
  [lean, stock] = await Promise.all([side(true), side(false)]);
});
afterAll(async () => {
  for (const { server, http1, http2 } of [lean, stock]) {
    http1[Symbol.dispose]();
    http2[Symbol.dispose]();
    await server.stop();
  }
});

async function side(lean: boolean): Promise<Side> {
  const flags = { "seed-file": REGISTRIES, "serve-secrets": "true", "max-body-bytes": "60000" };
  const log: string[] = [];
  const logger = pino(
    { level: "debug", base: null, timestamp: false },
    { write: (line) => void log.push(line) },
  );
  const server = await startServer(flags, { lean, logger, clock: () => 1_790_000_000_000 });
  const modes = { fast: { profiles: ["voice-fast-v1"] } };
  const caller = { actor: "test", source: "rpc" } as const;
  const { registries, rollouts } = server.services;
  await registries.updateRegistry({ registry: "default", input: { processing_modes: modes } }, caller);
  const on = { registry: "default", mode: "fast", input: { contract_enabled: true, runtime_enabled: true } };
  await rollouts.updateRollout(on, caller);
  return { server, log, http1: httpClient(server.port, 2), http2: http2Client(server.port) };
}

const FORMS: [name: string, version: "http1" | "http2", calls: fc.Arbitrary<Sent>][] = [
  ["Connect POST over HTTP/1.1", "http1", connectPosts],
  ["Connect POST over HTTP/2", "http2", connectPosts],
  ["Connect GET over HTTP/1.1", "http1", connectGets],
  ["Connect GET over HTTP/2", "http2", connectGets],
  ["gRPC over HTTP/2", "http2", grpcCalls],
];

describe("answers the same as the stock adapter", () => {
  for (const [name, version, calls] of FORMS) {
    test(name, async () => {
      await fc.assert(
        fc.asyncProperty(calls, async (sent) => {
          const [ours, theirs] = await Promise.all([
            outcome(lean, version, sent),
            outcome(stock, version, sent),
          ]);
          expect(ours).toEqual(theirs);
        }),
        { numRuns: RUNS },
      );
    });
  }
});

/** All of it but times, and requests' own ids, which are random. */
async function outcome(side: Side, version: "http1" | "http2", sent: Sent) {
  side.log.length = 0;
  try {
    const { status, headers, text, trailers } = await side[version](sent);
    for (const all of [headers, trailers]) delete all.date;
    const logged = side.log.map((line) => ({ ...JSON.parse(line), duration_ms: 0 }));
    return { status, headers, text: withoutIds(text), trailers, logged };
  } catch (error) {
    return { code: (error as NodeJS.ErrnoException).code };
  }
}

function withoutIds(text: string): string {
  return text.replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, "id");
}
