/** Calls that cannot be read are the caller's fault, over every protocol (spec 2.4). */
import { brotliCompressSync, gzipSync } from "node:zlib";
import { Code } from "@connectrpc/connect";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type HttpClient, httpClient } from "./http-client.js";
import {
  CONNECT,
  CONNECT_STREAM,
  call,
  type Encoding,
  envelope,
  GRPC,
  GRPC_WEB,
  PROTOCOLS,
  type Protocol,
} from "./rpc-calls.js";
import { hostileTarget } from "./target.js";

const target = hostileTarget();
const RESOLVE = "/profileregistry.v1.ResolverService/ResolveProfile";
const WATCH = "/grpc.health.v1.Health/Watch";

let client: HttpClient & Disposable;
beforeAll(() => {
  client = httpClient(target.port(), 4);
});
afterAll(() => client[Symbol.dispose]());

/** What each encoding cannot hold. */
const UNREADABLE: readonly [name: string, encoding: Encoding, bytes: Buffer][] = [
  ["a length that runs past the end", "proto", Buffer.of(10, 200, 1)],
  ["a varint that does not end", "proto", Buffer.of(10, ...Array.from({ length: 11 }, () => 255))],
  ["a field number of zero", "proto", Buffer.of(2, 0)],
  ["a wire type that there is not", "proto", Buffer.of(15, 0)],
  ["a group that does not end", "proto", Buffer.of(11)],
  ["text that is not UTF-8", "proto", Buffer.of(10, 2, 0xff, 0xfe)],
  ["text that is not UTF-8", "json", Buffer.from('{"profile":"\xff","service":"\xff"}', "latin1")],
  ["half of JSON", "json", Buffer.from("{")],
  ["JSON that nests without end", "json", Buffer.from(`{"requestOverrides":${'{"a":'.repeat(50_000)}`)],
];

for (const protocol of PROTOCOLS) {
  describe(`over ${protocol.name}`, () => {
    const path = protocol === CONNECT_STREAM ? WATCH : RESOLVE;
    for (const [name, encoding, bytes] of UNREADABLE) {
      test(`${name} in ${encoding} is INVALID_ARGUMENT, and says so`, async () => {
        const body = protocol.enveloped ? envelope(bytes) : bytes;
        const outcome = await call(client, { path, protocol, encoding, body });
        expect(outcome).toMatchObject({
          code: Code.InvalidArgument,
          message: expect.stringMatching(/\w{3}/),
        });
        expect(outcome.status).toBe(protocol === CONNECT ? 400 : 200);
      });
    }
  });
}

test("an unpaired surrogate where there is no text is INVALID_ARGUMENT", async () => {
  for (const protocol of [CONNECT, GRPC, GRPC_WEB]) {
    const json = '{"baseStepSettings":"\\ud800"}';
    const body = protocol.enveloped ? envelope(json) : json;
    expect(
      await call(client, { path: RESOLVE, protocol, encoding: "json", body }),
      protocol.name,
    ).toMatchObject({
      code: Code.InvalidArgument,
      message: expect.stringMatching(/\w{3}/),
    });
  }
});

test("what cannot be read is not quoted whole", async () => {
  const json = `{"explain":"${"x".repeat(70_000)}"}`;
  for (const protocol of [CONNECT, GRPC, GRPC_WEB]) {
    const body = protocol.enveloped ? envelope(json) : json;
    const { code, message } = await call(client, { path: RESOLVE, protocol, encoding: "json", body });
    expect([code, message.length < 1_000], protocol.name).toEqual([Code.InvalidArgument, true]);
  }
});

test("JSON that nests deeply is said to", async () => {
  const deep = `{"requestOverrides":${'{"a":'.repeat(50_000)}1${"}".repeat(50_001)}`;
  for (const protocol of [CONNECT, GRPC, GRPC_WEB]) {
    const body = protocol.enveloped ? envelope(deep) : deep;
    expect(await call(client, { path: RESOLVE, protocol, encoding: "json", body })).toMatchObject({
      code: Code.InvalidArgument,
      message: "the request nests too deeply",
    });
  }
});

describe("compressed", () => {
  const text = Buffer.from("{}".padEnd(500));
  const BROKEN: Record<string, [encoding: string, bytes: Buffer]> = {
    "gzip that is none": ["gzip", text],
    "gzip that is cut off": ["gzip", gzipSync(text).subarray(0, 20)],
    "brotli that is none": ["br", text],
    "brotli that is cut off": ["br", brotliCompressSync(text).subarray(0, 5)],
  };
  for (const [name, [compression, bytes]] of Object.entries(BROKEN)) {
    test(`${name} is INVALID_ARGUMENT`, async () => {
      const unary = { path: RESOLVE, encoding: "json" as const, body: bytes };
      expect(
        await call(client, { ...unary, protocol: CONNECT, headers: { "content-encoding": compression } }),
      ).toMatchObject({ status: 400, code: Code.InvalidArgument });
      for (const protocol of [GRPC, GRPC_WEB]) {
        const headers = { "grpc-encoding": compression };
        const outcome = await call(client, { ...unary, body: envelope(bytes, 1), protocol, headers });
        expect(outcome).toMatchObject({ code: Code.InvalidArgument });
      }
    });
  }

  test("a bomb is RESOURCE_EXHAUSTED", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, " "));
    const headers = { "content-encoding": "gzip" };
    expect(
      await call(client, { path: RESOLVE, protocol: CONNECT, encoding: "json", body: bomb, headers }),
    ).toMatchObject({ status: 429, code: Code.ResourceExhausted });
  });

  test("an encoding that nobody knows is 415, and says which there are", async () => {
    const headers = { "content-encoding": "zstd" };
    expect(
      await call(client, { path: RESOLVE, protocol: CONNECT, encoding: "json", body: "{}", headers }),
    ).toMatchObject({ status: 415, message: expect.stringContaining("gzip") });
  });
});

describe("envelopes that are none", () => {
  const BROKEN: Record<string, Buffer> = {
    "longer than the body": envelope("ab", 0, 100),
    "far longer than any message": envelope("", 0, 0xffff_ffff),
    "with flags that there are not": envelope("", 255),
    "compressed by nothing": envelope("ab", 1),
    "cut off": Buffer.of(0, 0, 0),
    "not there": Buffer.alloc(0),
    "two of them": Buffer.concat([envelope(""), envelope("")]),
  };
  const cases: [Protocol, string][] = [
    [GRPC, RESOLVE],
    [GRPC_WEB, RESOLVE],
    [GRPC, WATCH],
    [GRPC_WEB, WATCH],
    [CONNECT_STREAM, WATCH],
  ];
  for (const [name, body] of Object.entries(BROKEN)) {
    test(name, async () => {
      for (const [protocol, path] of cases) {
        const { status, code } = await call(client, { path, protocol, encoding: "proto", body });
        expect(status).toBe(200);
        expect([Code.InvalidArgument, Code.ResourceExhausted, Code.Unimplemented], protocol.name).toContain(
          code,
        );
      }
    });
  }
});

describe("a GET", () => {
  const BROKEN: Record<string, [query: string, status: number]> = {
    "whose base64 is none": ["encoding=proto&base64=1&message=!!!!", 400],
    "whose message is no protobuf": ["encoding=proto&base64=1&message=CsgB", 400],
    "whose percent-encoding is broken": ["encoding=json&message=%7B%7D%", 400],
    "whose percent-encoding is not UTF-8": ["encoding=json&message=%7B%22runtimeKey%22:%22%ff%22%7D", 400],
    "without an encoding": ["message={}", 415],
  };
  for (const [name, [query, status]] of Object.entries(BROKEN)) {
    test(`${name} is ${status} with a text`, async () => {
      const answer = await client({ method: "GET", path: `${RESOLVE}?${query}` });
      expect([answer.status, answer.text]).toEqual([
        status,
        expect.stringMatching(/"(message|detail)":"\w{3}/),
      ]);
    });
  }
});

test("a method that a call does not have is 405, and says which it has", async () => {
  const { status, headers, text } = await client({ method: "PUT", path: RESOLVE });
  expect([status, headers.allow, text]).toEqual([405, "POST, GET", expect.stringContaining("POST, GET")]);
});

test("a call in both directions over HTTP/1.1 is 426 and not 505", async () => {
  const { status, text } = await client({
    method: "POST",
    path: "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    headers: { "content-type": "application/grpc" },
  });
  expect([status, text]).toEqual([426, expect.stringContaining("HTTP/2")]);
});

test("a deadline of years is none", async () => {
  const timeout = { "grpc-timeout": "99999999H" };
  const body = envelope("");
  const watch = call(client, { path: WATCH, protocol: GRPC, encoding: "proto", body, headers: timeout });
  const ended = await Promise.race([watch, new Promise((resolve) => setTimeout(resolve, 300, "open"))]);
  expect(ended).toBe("open");
  const unary = { path: RESOLVE, protocol: CONNECT, encoding: "json" as const, body: "{}" };
  expect(await call(client, { ...unary, headers: { "connect-timeout-ms": "9999999999" } })).toMatchObject({
    code: "ok",
  });
});

afterAll(() => target.healthy());
