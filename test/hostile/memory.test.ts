/**
 * Memory does not grow with the number of hostile requests. `HOSTILE_REQUESTS` says how many (100,000 by hand); nothing of
 * them is alike, so whatever is remembered by name, header or path shows.
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { httpClient, type Sent } from "./http-client.js";
import { FLAG, frame, headerBlock, pseudo, session, TYPE } from "./http2-raw.js";
import { exchange } from "./raw-connection.js";
import { hostileTarget } from "./target.js";

const REQUESTS = Number(process.env.HOSTILE_REQUESTS ?? 2_000);
const WARM_UP = 2_000;
const CONNECTIONS = 16;
/** More than a collector leaves lying about, and less than what 100,000 requests would leave that are remembered. */
const MAX_GROWTH_MIB = 96;

const target = hostileTarget();

const RESOLVE = "/profileregistry.v1.ResolverService/ResolveProfile";
const JSON_TYPE = { "content-type": "application/json" };

/** What the request number `n` is. */
const KINDS: readonly ((n: number) => Sent)[] = [
  (n) => ({ method: "GET", path: `/api/chat/profiles/no-${n}` }),
  (n) => ({ method: "GET", path: `/api/chat/resolve/analyst?registry=no-${n}` }),
  (n) => ({ method: "GET", path: `/no/such/route/${n}/${"x".repeat(500)}` }),
  (n) => ({ method: "GET", path: `/api/chat/profiles/%ff${n}` }),
  (n) => ({
    method: "GET",
    path: `/api/chat/profile?${n}=%`,
    headers: { cookie: `c${n}=${"x".repeat(4_000)}` },
  }),
  (n) => ({ method: "GET", path: "/api/chat/resolve", headers: { [`x-${n}`]: "x".repeat(1_000) } }),
  (n) => ({
    method: "GET",
    path: "/api/chat/resolve",
    headers: { "if-none-match": `"${n}"`, "x-request-id": `${n}` },
  }),
  (n) => ({ method: "POST", path: "/api/chat/profiles", headers: JSON_TYPE, body: `{"slug":${n}` }),
  (n) => ({ method: "POST", path: "/api/chat/profiles", headers: { "content-type": `x/y${n}` }, body: "{}" }),
  (n) => ({
    method: "POST",
    path: "/api/chat/resolve",
    headers: JSON_TYPE,
    body: JSON.stringify({ [`k${n}`]: n, profile: "analyst", overrides: { [`key-${n}`]: n } }),
  }),
  (n) => ({
    method: "POST",
    path: "/api/chat/registries",
    headers: { ...JSON_TYPE, origin: `https://${n}.example` },
    body: "{}",
  }),
  (n) => ({ method: "POST", path: RESOLVE, headers: JSON_TYPE, body: `{"profile":"no-${n}","x${n}":1}` }),
  (n) => ({
    method: "POST",
    path: RESOLVE,
    headers: { "content-type": "application/proto" },
    body: Buffer.from([10, 200, n & 255]),
  }),
  (n) => ({ method: "GET", path: RESOLVE, headers: { "content-type": `${n}/${"x".repeat(8_000)}` } }),
  (n) => ({ method: "GET", path: `${RESOLVE}?encoding=json&message=%7B%22p${n}%22%3A%7B%7D%7D` }),
  (n) => ({
    method: "POST",
    path: RESOLVE,
    headers: { ...JSON_TYPE, "content-encoding": `e${n}` },
    body: "{}",
  }),
  (n) => ({
    method: "POST",
    path: RESOLVE,
    headers: { "content-type": "application/grpc-web+proto", "grpc-timeout": `${n}x` },
    body: Buffer.from([0, 0, 0, 0, 200, 1]),
  }),
  (n) => ({ method: "POST", path: `/profileregistry.v1.No${n}/Such`, headers: JSON_TYPE, body: "{}" }),
  () => ({
    method: "POST",
    path: "/api/chat/resolve",
    headers: JSON_TYPE,
    body: `{"overrides":${"[".repeat(10_000)}`,
  }),
];

async function barrage(from: number, to: number): Promise<Set<number>> {
  const statuses = new Set<number>();
  using client = httpClient(target.port(), CONNECTIONS);
  let next = from;
  const one = async (): Promise<void> => {
    while (next < to) {
      const n = next++;
      const kind = KINDS[n % KINDS.length];
      if (kind !== undefined) statuses.add((await client(kind(n))).status);
      if (n % 500 === 0) await exchange(target.port(), resets(), undefined, 200);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, one));
  return statuses;
}

/** Streams that are begun and reset at once. */
function resets(): Buffer {
  return session(
    ...Array.from({ length: 100 }, (_, i) => [
      frame(
        TYPE.headers,
        FLAG.endHeaders | FLAG.endStream,
        2 * i + 1,
        headerBlock(pseudo("GET", "/api/chat/resolve")),
      ),
      frame(TYPE.reset, 0, 2 * i + 1, Buffer.of(0, 0, 0, 8)),
    ]).flat(),
  );
}

function residentMib(): number {
  const status = readFileSync(`/proc/${target.pid()}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

test.runIf(process.platform === "linux")(
  `${REQUESTS} hostile requests, no two alike, leave memory as it was`,
  async () => {
    await barrage(0, WARM_UP);
    const before = residentMib();
    const statuses = await barrage(WARM_UP, WARM_UP + REQUESTS);
    const after = residentMib();
    if (process.env.HOSTILE_REQUESTS !== undefined) console.log(`RSS ${before} → ${after} MiB`, statuses);
    expect([...statuses].filter((status) => status >= 500)).toEqual([]);
    await target.healthy();
    expect(after - before).toBeLessThan(MAX_GROWTH_MIB);
  },
  600_000,
);
