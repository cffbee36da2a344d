import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect } from "node:http2";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { serverForTest, startServer } from "../support/server.js";

const RESOLVE = "/profileregistry.v1.ResolverService/ResolveProfile";
/** A message that is too large, and larger than what is read of a request at once. */
const LARGE = Buffer.alloc(200_000);
LARGE.writeUInt32BE(LARGE.length - 5, 1);

test.each([
  ["application/grpc-web+proto", Buffer.from([0, 0, 0x40, 0, 0])],
  ["application/json", Buffer.from("[")],
])(
  "the next request of a client is answered after one of unknown length that was too large: %s",
  async (type, head) => {
    const server = await startServer({ "max-body-bytes": "1000" });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const send = (
      path: string,
      contentType: string,
      parts: readonly Uint8Array[],
    ): Promise<IncomingMessage> =>
      new Promise((resolve, reject) => {
        const call = request(server.url + path, {
          agent,
          method: "POST",
          headers: { "content-type": contentType, "transfer-encoding": "chunked" },
        });
        call.once("response", resolve).once("error", reject);
        for (const part of parts) call.write(part);
        call.end();
      });
    try {
      const method = "/profileregistry.v1.ResolverService/ResolveProfile";
      const large = await send(method, type, [
        head,
        ...Array.from({ length: 50 }, () => Buffer.alloc(100_000)),
      ]);
      await text(large);
      const next = await send(method, "application/json", [Buffer.from('{"profile":"agent"}')]);
      expect(JSON.parse(await text(next))).toMatchObject({ profile: "agent" });
    } finally {
      agent.destroy();
      await server.stop();
    }
  },
);

test("a connection goes on after a request that was refused before it was read, and is not ended later", async () => {
  const { url } = await serverForTest({ "max-body-bytes": "1000" });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const send = async (type: string, body: Buffer | string) => {
    const headers = { "content-type": type, "content-length": Buffer.byteLength(body) };
    const call = request(url + RESOLVE, { agent, method: "POST", headers });
    const [answer] = (await once(call.end(body), "response")) as [IncomingMessage];
    return { reused: call.reusedSocket, text: await text(answer) };
  };
  expect((await send("application/grpc-web+proto", LARGE)).text).toContain("grpc-status: 8");
  for (const waitMs of [0, 300]) {
    await sleep(waitMs);
    const next = await send("application/json", "{}");
    expect(next).toEqual({ reused: true, text: expect.stringContaining('"profile":"default"') });
  }
});

test("over HTTP/2 a refusal comes when the request has, so that nobody cuts the request off for it", async () => {
  const { url } = await serverForTest({ "max-body-bytes": "1000" });
  const session = connect(url);
  onTestFinished(() => session.close());
  const call = session.request({
    ":method": "POST",
    ":path": RESOLVE,
    "content-type": "application/grpc",
    "content-length": LARGE.length,
    te: "trailers",
  });
  call.end(LARGE);
  await once(call, "response");
  expect(call.writableFinished).toBe(true);
  const [trailers] = await once(call.resume(), "trailers");
  expect(trailers).toMatchObject({ "grpc-status": "8" });
});
