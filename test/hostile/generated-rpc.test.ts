/**
 * Every RPC of every service that is served, over every protocol, with messages generated from the contract. `HOSTILE_RUNS`
 * says how many per method (default 8); a failure prints the seed.
 */
import type { DescMethod } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ServerReflection } from "../../gen/grpc/reflection/v1/reflection_pb.js";
import { SERVED_SERVICES } from "../../src/rpc/routes.js";
import { hostileJsonText, hostileMessageBytes, hostileMessageJson } from "./arbitraries.js";
import type { HttpClient } from "./http-client.js";
import { http2Client } from "./http2-client.js";
import { CONNECT, CONNECT_STREAM, call, envelope, GRPC, GRPC_WEB } from "./rpc-calls.js";
import { hostileTarget } from "./target.js";

const RUNS = Number(process.env.HOSTILE_RUNS ?? 8);
const target = hostileTarget();

let client: HttpClient & Disposable;
beforeAll(() => {
  client = http2Client(target.port());
});
afterAll(() => client[Symbol.dispose]());

/** What a server says of its own faults. */
const FAULTS: readonly (Code | "ok" | undefined)[] = [Code.Internal, Code.Unknown, Code.DataLoss];
/** Some streams end only when their caller's time is over. */
const TIMEOUT = { "grpc-timeout": "100m", "connect-timeout-ms": "100" };

for (const service of [...SERVED_SERVICES, ServerReflection]) {
  describe(service.typeName, () => {
    for (const method of service.methods) {
      test(`${method.name} never takes what is sent for a fault of the server`, async () => {
        await fc.assert(
          fc.asyncProperty(callsOf(method), async (sent) => {
            const { status, code, message } = await call(client, sent);
            const said = `${status} ${code} ${message.slice(0, 300)}`;
            if (status === 504) expect(code, said).toBe(Code.DeadlineExceeded);
            else expect(status, said).toBeLessThan(500);
            expect(status, said).toBeGreaterThanOrEqual(200);
            expect(FAULTS, said).not.toContain(code);
            if (code !== "ok") expect(message, "a text").not.toBe("");
          }),
          { numRuns: RUNS },
        );
        await target.healthy();
      });
    }
  });
}

function callsOf(method: DescMethod): fc.Arbitrary<Parameters<typeof call>[1]> {
  const path = `/${method.parent.typeName}/${method.name}`;
  const streams = method.methodKind !== "unary";
  return fc.constantFrom(streams ? CONNECT_STREAM : CONNECT, GRPC, GRPC_WEB).chain((protocol) => {
    const framed = (message: string | Uint8Array) => (protocol.enveloped ? envelope(message) : message);
    const rest = { path, protocol, headers: streams ? TIMEOUT : {} };
    return fc.oneof(
      hostileJsonText(hostileMessageJson(method.input)).map((text) => ({
        ...rest,
        encoding: "json" as const,
        body: framed(text),
      })),
      hostileMessageBytes(method.input).map((bytes) => ({
        ...rest,
        encoding: "proto" as const,
        body: framed(bytes),
      })),
    );
  });
}
