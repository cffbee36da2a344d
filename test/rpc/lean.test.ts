/** Which calls the lean path answers itself, and what it does where a handler is late or needs more than it has. */

import { type ChannelListener, subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ConnectRouter, HandlerContext } from "@connectrpc/connect";
import { Code } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import type { FastifyRequest } from "fastify";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  type ResolveProfileResponseSchema,
  ResolverService,
} from "../../gen/profileregistry/v1/resolver_service_pb.js";
import { leanFirst } from "../../src/rpc/lean/lean.js";
import { leanMethods } from "../../src/rpc/lean/methods.js";
import { httpClient, type Sent } from "../hostile/http-client.js";
import { http2Client } from "../hostile/http2-client.js";
import { envelope } from "../hostile/rpc-calls.js";
import { PROTOCOLS, rpcClients, sharedRpc } from "../support/rpc.js";
import { REGISTRIES } from "../support/server.js";

const RESOLVE = "/profileregistry.v1.ResolverService/ResolveProfile";
const QUERY = "?connect=v1&encoding=json&message=%7B%7D";
const JSON_POST = { "content-type": "application/json", "content-length": "2" };
const GRPC = { "content-type": "application/grpc+json", te: "trailers" };

const shared = sharedRpc({ "seed-file": REGISTRIES });
const withCors = sharedRpc({ "cors-origin": "https://chat.example" });

/** Whether the stock adapter is reached by what `send` does to the server on `port`. */
async function reachesStock(port: number, send: () => Promise<unknown>): Promise<boolean> {
  let reached = false;
  const note: ChannelListener = (message) => {
    const { request } = message as { request: FastifyRequest };
    reached ||= request.socket.localPort === port;
  };
  subscribe("tracing:fastify.request.handler:start", note);
  try {
    await send();
  } finally {
    unsubscribe("tracing:fastify.request.handler:start", note);
  }
  return reached;
}

async function isLeft(version: 1 | 2, sent: Partial<Sent>, port = shared.running().port): Promise<boolean> {
  using client = version === 1 ? httpClient(port, 1) : http2Client(port);
  return await reachesStock(port, () => client({ method: "POST", path: RESOLVE, ...sent }));
}

describe("of the clients that Connect has", () => {
  for (const [protocol, transport] of Object.entries(PROTOCOLS)) {
    const web = protocol.startsWith("gRPC-Web");
    test(`calls over ${protocol} are ${web ? "left to the stock adapter" : "answered lean"}`, async () => {
      const { resolver } = rpcClients(transport(shared.url()));
      const call = () => resolver.resolveProfile({ profile: "analyst" }, { timeoutMs: 60_000 });
      expect(await reachesStock(shared.running().port, call)).toBe(web);
    });
  }
});

const LEFT: [what: string, version: 1 | 2, sent: Partial<Sent>][] = [
  ["gRPC over HTTP/1.1", 1, { headers: GRPC, body: envelope("{}") }],
  [
    "a write",
    1,
    {
      path: "/profileregistry.v1.ProfileRegistryService/CreateProfile",
      headers: JSON_POST,
      body: "{}",
    },
  ],
  ["a page of a browser", 1, { headers: { ...JSON_POST, origin: "http://127.0.0.1" }, body: "{}" }],
  [
    "a compressed request",
    1,
    { headers: { "content-type": "application/json", "content-encoding": "gzip" }, body: gzipSync("{}") },
  ],
  ["a compressed message", 2, { headers: { ...GRPC, "grpc-encoding": "gzip" }, body: envelope("{}") }],
  [
    "a body that is too large, and does not say so",
    2,
    { headers: { "content-type": "application/json" }, body: Buffer.alloc(1024 * 1024 + 1, " ") },
  ],
  ["a body that cannot be read", 1, { headers: JSON_POST, body: "no" }],
  ["a message that cannot be read", 2, { headers: GRPC, body: envelope("no") }],
  ["a wish to be told to go on", 2, { headers: { ...GRPC, expect: "100-continue" }, body: envelope("{}") }],
  ["two messages", 2, { headers: GRPC, body: Buffer.concat([envelope("{}"), envelope("{}")]) }],
  ["a message that is too large", 2, { headers: GRPC, body: envelope(Buffer.alloc(1024 * 1024 + 1, " ")) }],
  ["a timeout that is none", 1, { headers: { ...JSON_POST, "connect-timeout-ms": "soon" }, body: "{}" }],
  ["a GET without an encoding", 1, { method: "GET", path: `${RESOLVE}?message=%7B%7D` }],
  ["a GET with a compressed message", 1, { method: "GET", path: `${RESOLVE}${QUERY}&compression=gzip` }],
];
for (const [what, version, sent] of LEFT) {
  test(`${what} is left to the stock adapter`, async () => {
    expect(await isLeft(version, sent)).toBe(true);
  });
}

test("a message that cannot be read is refused at once: nobody waits for more of a body that was read", async () => {
  using client = http2Client(shared.running().port);
  const took: number[] = [];
  for (let times = 0; times < 5; times++) {
    const began = performance.now();
    const { trailers } = await client({ method: "POST", path: RESOLVE, headers: GRPC, body: envelope("no") });
    took.push(performance.now() - began);
    expect(trailers["grpc-status"]).toBe("3");
  }
  // What is still to come of a request is waited for up to 200 ms.
  expect(Math.min(...took)).toBeLessThan(150);
});

test("where other origins are allowed, GETs are left to the stock adapter, which tells caches so", async () => {
  expect(await isLeft(1, { method: "GET", path: RESOLVE + QUERY })).toBe(false);
  expect(await isLeft(1, { method: "GET", path: RESOLVE + QUERY }, withCors.running().port)).toBe(true);
});

test("a body that is too large, and did not say so, is refused over HTTP/2, and its session goes on", async () => {
  using client = http2Client(shared.running().port);
  const post = (body: Buffer) =>
    client({ method: "POST", path: RESOLVE, headers: { "content-type": "application/json" }, body });
  const refused = await post(Buffer.alloc(3 * 1024 * 1024, " "));
  expect([refused.status, JSON.parse(refused.text)]).toMatchObject([429, { code: "resource_exhausted" }]);
  const next = await post(Buffer.from("{}"));
  expect([next.status, JSON.parse(next.text)]).toMatchObject([200, { profile: "default" }]);
});

test("a body that is too large, and did not say so, is refused, and its connection goes on", async () => {
  using agent = Object.assign(new Agent({ keepAlive: true, maxSockets: 1 }), {
    [Symbol.dispose]: () => agent.destroy(),
  });
  const post = (headers: Record<string, string>) =>
    request(shared.url() + RESOLVE, {
      agent,
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
    });
  const answerTo = async (outgoing: ReturnType<typeof post>) => {
    const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
    return [answer.statusCode, await json(answer)];
  };
  const large = post({ "transfer-encoding": "chunked" });
  for (let mebibytes = 0; mebibytes < 3; mebibytes++) large.write(" ".repeat(1024 * 1024));
  expect(await answerTo(large)).toMatchObject([429, { code: "resource_exhausted" }]);
  large.end();
  const next = await answerTo(post({ "content-length": "2" }).end("{}"));
  expect(next).toMatchObject([200, { profile: "default" }]);
});

type Answer = MessageInitShape<typeof ResolveProfileResponseSchema>;

/** The lean path before the stock adapter of Connect for node:http, with this handler. */
async function serve(
  resolveProfile: (context: HandlerContext) => Promise<Answer>,
  ofService: Parameters<ConnectRouter["service"]>[2] = {},
): Promise<string> {
  const routes = (router: ConnectRouter) => {
    const handlers = { resolveProfile: (_: object, context: HandlerContext) => resolveProfile(context) };
    router.service(ResolverService, handlers, ofService);
  };
  const options = {
    methods: leanMethods(routes, 1_000),
    maxBodyBytes: 1_000,
    isHost: () => true,
    gets: true,
  };
  const server = createServer(leanFirst(connectNodeAdapter({ routes }), options).request);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const jsonClients = (url: string) => rpcClients(PROTOCOLS["Connect, JSON, HTTP/1.1"]!(url));

test("a handler that is later than the deadline is DEADLINE_EXCEEDED", async () => {
  const url = await serve(async () => {
    await sleep(1_000);
    return {};
  });
  const answer = await fetch(url + RESOLVE, {
    method: "POST",
    headers: { "content-type": "application/json", "connect-timeout-ms": "20" },
    body: "{}",
  });
  expect([answer.status, await answer.json()]).toEqual([
    504,
    { code: "deadline_exceeded", message: "the operation timed out" },
  ]);
});

test("a handler sees how much time is left, and the headers", async () => {
  let seen: { left: number | undefined; name: string | null; all: string[] } | undefined;
  const url = await serve(async ({ timeoutMs, requestHeader }) => {
    const name = requestHeader.get("X-Name");
    seen = { left: timeoutMs(), name, all: [...requestHeader.keys()] };
    return {};
  });
  await jsonClients(url).resolver.resolveProfile({}, { timeoutMs: 60_000, headers: { "x-name": "n" } });
  expect(seen).toMatchObject({ name: "n", all: expect.arrayContaining(["x-name", "content-type"]) });
  expect(seen?.left).toBeGreaterThan(50_000);
  expect(seen?.left).toBeLessThanOrEqual(60_000);
});

test("a service has JSON as it was mounted with it", async () => {
  const url = await serve(async () => ({ profileVersion: 7 }), { jsonOptions: { useProtoFieldName: true } });
  const answer = await fetch(url + RESOLVE, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  expect(await answer.json()).toEqual({ profile_version: 7 });
});

test("a handler that sets headers of the answer gets the stock adapter", async () => {
  const url = await serve(async ({ responseHeader }) => {
    responseHeader.set("x-set", "by the handler");
    return { profile: "p" };
  });
  let set: string | null = null;
  const onHeader = (header: Headers) => {
    set = header.get("x-set");
  };
  expect(await jsonClients(url).resolver.resolveProfile({}, { onHeader })).toMatchObject({ profile: "p" });
  expect(set).toBe("by the handler");
});

test("an error that is none of Connect's is the stock adapter's to answer", async () => {
  const url = await serve(async () => {
    throw new TypeError("broken");
  });
  await expect(jsonClients(url).resolver.resolveProfile({})).rejects.toMatchObject({ code: Code.Internal });
});
