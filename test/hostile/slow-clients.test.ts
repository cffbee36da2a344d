/** Clients that read or write slowly, or not at all: each holds what it has begun, and no more. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { restClient } from "../support/rest.js";
import { FLAG, frame, headerBlock, pseudo, session, TYPE } from "./http2-raw.js";
import { closedWithin, rawConnection } from "./raw-connection.js";
import { hostileTarget } from "./target.js";

const target = hostileTarget();
const PROMPT_BYTES = 200_000;
/** What one client may cost, besides what it takes to run: far less than all that it asks for. */
const MAX_GROWTH_MIB = 192;

beforeAll(async () => {
  const body = { slug: "large", runtime: { system_prompt: "x".repeat(PROMPT_BYTES) } };
  expect((await restClient(target.url())("POST", "/profiles", { body })).status).toBe(201);
});
afterAll(() => target.healthy());

/** Machines that run tests may be busy. */
const PATIENCE = { timeout: 10_000 };

const residentMib = () =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${target.pid()}/status`, "utf8"))?.[1]) / 1024;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const linux = test.runIf(process.platform === "linux");

async function connection() {
  const socket = await rawConnection(target.port());
  onTestFinished(() => void socket.destroy());
  return socket;
}

linux("a client that sends thousands of requests ahead and reads no answer is cut off", async () => {
  const before = residentMib();
  const socket = await connection();
  socket.pause();
  const one = "GET /api/chat/resolve/large HTTP/1.1\r\nHost: a\r\n\r\n";
  socket.write(one.repeat(20_000));
  await sleep(500);
  await target.healthy();
  expect(await closedWithin(socket, 5_000)).toBe(true);
  expect(residentMib() - before).toBeLessThan(MAX_GROWTH_MIB);
});

test("a client that sends a few requests ahead is answered in their order", async () => {
  const socket = await connection();
  const ids = Array.from({ length: 20 }, (_, i) => `request-${i}`);
  let text = "";
  socket.on("data", (chunk: Buffer) => {
    text += String(chunk);
  });
  const ask = (id: string) => `GET /api/chat/profiles/no HTTP/1.1\r\nHost: a\r\nX-Request-Id: ${id}\r\n\r\n`;
  socket.write(ids.map(ask).join(""));
  await expect
    .poll(() => [...text.matchAll(/"instance":"(.*?)"/g)].map(([, id]) => id), PATIENCE)
    .toEqual(ids);
});

linux("2,000 streams of a client that opens no window cost no more than a few", async () => {
  const before = residentMib();
  const socket = await connection();
  socket.resume();
  const noWindow = frame(TYPE.settings, 0, 0, Buffer.of(0, 4, 0, 0, 0, 0));
  socket.write(session(noWindow, frame(TYPE.settings, FLAG.ack, 0)));
  const ask = headerBlock(pseudo("GET", "/api/chat/resolve/large"));
  for (let i = 0; i < 2_000 && !socket.destroyed; i++) {
    socket.write(frame(TYPE.headers, FLAG.endHeaders | FLAG.endStream, 2 * i + 1, ask));
    if (i % 100 === 99) await sleep(5);
  }
  await target.healthy();
  expect(residentMib() - before).toBeLessThan(MAX_GROWTH_MIB);
});

test("bodies that come byte by byte are answered, and hold nobody up", async () => {
  const body = '{"profile":"analyst"}';
  const answers = Array.from({ length: 30 }, async () => {
    const socket = await connection();
    let text = "";
    socket.on("data", (chunk: Buffer) => {
      text += String(chunk);
    });
    socket.write(
      `POST /api/chat/resolve HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    for (const byte of body) {
      socket.write(byte);
      await sleep(10);
    }
    await expect.poll(() => text, PATIENCE).toMatch(/^HTTP\/1\.1 200/);
  });
  await Promise.all([...answers, target.healthy()]);
});
