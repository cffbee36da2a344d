import { Agent, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { startServer } from "../support/server.js";

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
