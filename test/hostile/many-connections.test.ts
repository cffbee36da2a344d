/** Connections that do nothing. `HOSTILE_CONNECTIONS` says how many of each kind (default 300). */
import type { Socket } from "node:net";
import { afterAll, expect, test } from "vitest";
import { FLAG, frame, session, TYPE } from "./http2-raw.js";
import { rawConnection } from "./raw-connection.js";
import { hostileTarget } from "./target.js";

const COUNT = Number(process.env.HOSTILE_CONNECTIONS ?? 300);
const target = hostileTarget();
afterAll(() => target.healthy());

const KINDS: Record<string, string | Uint8Array> = {
  "that say nothing": "",
  "that say half of the preface": "PRI * HT",
  "that say half of a header": "GET / HTTP/1.1\r\nHost:",
  "of HTTP/1.1 that have had an answer": "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
  "of HTTP/2": session(frame(TYPE.settings, FLAG.ack, 0)),
};

test(`${COUNT} idle connections of each kind, all at once, hold nobody up, nor does their end`, async () => {
  const sockets: Socket[] = [];
  try {
    for (const bytes of Object.values(KINDS)) {
      for (let i = 0; i < COUNT; i += 100) {
        const more = await Promise.all(
          Array.from({ length: Math.min(100, COUNT - i) }, () => rawConnection(target.port())),
        );
        for (const socket of more) socket.resume().write(bytes);
        sockets.push(...more);
      }
      await target.healthy();
    }
    const open = sockets.filter((socket) => !socket.destroyed).length;
    expect(open, "none was refused").toBe(sockets.length);
  } finally {
    for (const [i, socket] of sockets.entries()) {
      if (i % 2) socket.resetAndDestroy();
      else socket.destroy();
    }
  }
  await target.healthy();
});

test(`${COUNT} connections that are reset as soon as they are made hold nobody up`, async () => {
  for (let i = 0; i < COUNT; i += 50) {
    const sockets = await Promise.all(Array.from({ length: 50 }, () => rawConnection(target.port())));
    for (const socket of sockets) socket.resetAndDestroy();
  }
  await target.healthy();
});
