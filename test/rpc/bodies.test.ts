/** Bodies that no client library would send, and bodies that are too large. */
import { createGrpcTransport } from "@connectrpc/connect-node";
import { describe, expect, test } from "vitest";
import { PROTOCOLS, refusalOf, rpcClients, sharedRpc } from "../support/rpc.js";
import { startServer } from "../support/server.js";

const rpc = sharedRpc();

async function send(body: string | Buffer<ArrayBuffer>, type: string) {
  const answer = await fetch(`${rpc.url()}/profileregistry.v1.ProfileRegistryService/CreateProfile`, {
    method: "POST",
    headers: { "content-type": type },
    body,
  });
  const text = await answer.text();
  return {
    status: answer.status,
    json: (text === "" ? undefined : JSON.parse(text)) as { code?: string } | undefined,
  };
}

/** A field of bytes, text or a message. */
function field(no: number, bytes: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  const length: number[] = [];
  for (let rest = bytes.length; ; rest >>>= 7) {
    if (rest < 128) return Buffer.concat([Buffer.from([(no << 3) | 2, ...length, rest]), bytes]);
    length.push((rest & 127) | 128);
  }
}

/** CreateProfile with lists in lists as a setting. */
function nested(depth: number): Buffer<ArrayBuffer> {
  let value: Buffer<ArrayBuffer> = Buffer.alloc(0);
  for (let i = 0; i < depth; i++) value = field(6, field(1, value));
  const settings = field(1, Buffer.concat([field(1, Buffer.from("section")), field(2, value)]));
  return field(2, Buffer.concat([field(1, Buffer.from("deep")), field(4, field(2, settings))]));
}

test("values that nest deeper than documents may are a validation error", async () => {
  expect(await send(nested(40), "application/proto")).toMatchObject({
    status: 400,
    json: { message: "validation error (runtime): must not nest deeper than 32 levels" },
  });
});

test("values that nest without end are refused, and the server goes on", async () => {
  for (const depth of [1_000, 20_000]) {
    expect((await send(nested(depth), "application/proto")).status).toBeGreaterThanOrEqual(400);
    const json = `{"profile":{"extensions":{"acme.a@v1":${"[".repeat(depth)}${"]".repeat(depth)}}}}`;
    expect((await send(json, "application/json")).status).toBeGreaterThanOrEqual(400);
  }
  expect(await rpc.registry.getProfile({ slug: "agent" })).toMatchObject({ profile: { slug: "agent" } });
});

test("JSON that is none, or of another message, is INVALID_ARGUMENT", async () => {
  for (const body of ["", "{", "[]", "null", '{"profile":5}', '{"expectedVersion":-1}']) {
    expect(await send(body, "application/json"), body).toMatchObject({
      status: 400,
      json: { code: "invalid_argument" },
    });
  }
});

test("members that nobody knows are ignored", async () => {
  const { status, json } = await send(
    '{"profile":{"slug":"lenient","nope":1},"validateLater":true}',
    "application/json",
  );
  expect([status, json]).toMatchObject([200, { profile: { slug: "lenient" } }]);
});

test("another content type is 415", async () => {
  expect((await send("{}", "text/plain")).status).toBe(415);
});

describe("a request over 1 MiB is RESOURCE_EXHAUSTED", () => {
  const large = { profile: { slug: "large", description: "x".repeat(1024 * 1024) } };
  for (const [protocol, transport] of Object.entries(PROTOCOLS)) {
    // It is a write: no client sends it by GET.
    if (protocol.includes("GET")) continue;
    test(`over ${protocol}`, async () => {
      const { registry } = rpcClients(transport(rpc.url()));
      expect(await refusalOf(registry.createProfile(large))).toMatchObject({ code: "ResourceExhausted" });
    });
  }
});

test("a request that was refused before it was read whole does not hold the stop up", async () => {
  const server = await startServer();
  const { registry } = rpcClients(createGrpcTransport({ baseUrl: server.url }));
  const profile = { slug: "large", description: "x".repeat(2 * 1024 * 1024) };
  await refusalOf(registry.createProfile({ profile }));
  const start = performance.now();
  await server.stop();
  expect(performance.now() - start).toBeLessThan(5_000);
});

describe("a limit that the operator has set", () => {
  const small = sharedRpc({ "max-body-bytes": "1000" });

  test("holds for RPC as for REST", async () => {
    const profile = { slug: "large", description: "x".repeat(1_000) };
    expect(await refusalOf(small.registry.createProfile({ profile }))).toMatchObject({
      code: "ResourceExhausted",
    });
    const answer = await fetch(`${small.url()}/api/chat/profiles`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(profile),
    });
    expect(answer.status).toBe(413);
  });
});
