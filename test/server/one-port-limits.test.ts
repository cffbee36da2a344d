import { once } from "node:events";
import type { RequestListener } from "node:http";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { OnePortOptions } from "../../src/server/one-port.js";
import { http2Request, http2Session, listen, rawSocket, received, sleep } from "./clients.js";

const hello: RequestListener = (_request, response) => void response.end("hello");

/** Every limit that could end something idle, far below the time that the tests wait. */
const SHORT: OnePortOptions = {
  prefaceTimeoutMs: 100,
  http1: { keepAliveTimeout: 100, headersTimeout: 100, requestTimeout: 100, connectionsCheckingInterval: 20 },
};

test("an idle HTTP/2 stream outlives every limit of the server", async () => {
  const { port } = await listen((_request, response) => {
    response.write("first");
    setTimeout(() => response.end("last"), 500);
  }, SHORT);
  const answer = await http2Request(await http2Session(port), { ":path": "/" });
  expect(answer.body).toBe("firstlast");
});

test("a ping is answered on a session that has been idle for longer than any limit", async () => {
  const { port } = await listen(hello, SHORT);
  const session = await http2Session(port);
  await sleep(500);
  await promisify(session.ping.bind(session) as (done: (error: Error | null) => void) => boolean)();
  expect((await http2Request(session, { ":path": "/" })).body).toBe("hello");
});

test("an HTTP/2 upload may pause for longer than any limit", async () => {
  const { port } = await listen((request, response) => void request.pipe(response), SHORT);
  const stream = (await http2Session(port)).request({ ":path": "/", ":method": "POST" });
  stream.write("a");
  await sleep(500);
  stream.end("b");
  let body = "";
  for await (const chunk of stream) body += String(chunk);
  expect(body).toBe("ab");
});

test("an answer over HTTP/1.1 may pause for longer than any limit", async () => {
  const { port } = await listen((_request, response) => {
    response.write("first");
    setTimeout(() => response.end("last"), 500);
  }, SHORT);
  const response = await fetch(`http://127.0.0.1:${port}/`);
  expect(await response.text()).toBe("firstlast");
});

test("a connection that says nothing is closed", async () => {
  const { port } = await listen(hello, { prefaceTimeoutMs: 50 });
  expect(await received(await rawSocket(port))).toBe("");
});

test("bytes of the preface now and then do not prolong the time to tell the version", async () => {
  const { port } = await listen(hello, { prefaceTimeoutMs: 100 });
  const socket = await rawSocket(port);
  const dribble = setInterval(() => socket.write("PRI * HTTP/2.0"[socket.bytesWritten] ?? "/"), 30);
  try {
    expect(await received(socket)).toBe("");
  } finally {
    clearInterval(dribble);
  }
});

test("an HTTP/1.1 header that does not end is refused with 408", async () => {
  const { port } = await listen(hello, SHORT);
  const socket = await rawSocket(port);
  socket.write("GET / HTTP/1.1\r\nHost: a\r\n");
  expect(await received(socket)).toMatch(/^HTTP\/1\.1 408 /);
});

test("an HTTP/1.1 connection without a further request is closed after the keep-alive time", async () => {
  const { port } = await listen(hello, SHORT);
  const socket = await rawSocket(port);
  socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  expect(await received(socket)).toMatch(/^HTTP\/1\.1 200 .*hello$/s);
});

const BROKEN: readonly [name: string, bytes: string][] = [
  ["before its first byte", ""],
  ["within the preface", "PRI * HT"],
  ["right after the preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
  ["within an HTTP/2 frame", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\0\0\x10\x01"],
  ["within an HTTP/1.1 header", "GET / HT"],
  ["within an HTTP/1.1 body", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc"],
];

for (const [name, bytes] of BROKEN) {
  test(`a connection reset ${name} leaves nothing behind and harms no one`, async () => {
    const { server, port } = await listen(hello);
    const socket = await rawSocket(port);
    if (bytes !== "") socket.write(bytes, "latin1");
    await sleep(20);
    socket.resetAndDestroy();
    await expect.poll(() => promisify(server.getConnections.bind(server))()).toBe(0);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("hello");
  });

  test(`a connection ended ${name} leaves nothing behind`, async () => {
    const { server, port } = await listen(hello);
    const socket = await rawSocket(port);
    socket.resume();
    if (bytes !== "") socket.write(bytes, "latin1");
    await sleep(20);
    socket.end();
    await expect.poll(() => promisify(server.getConnections.bind(server))()).toBe(0);
  });
}

test("broken frames after the preface end that session only", async () => {
  const { port } = await listen(hello);
  const other = await http2Session(port);
  const socket = await rawSocket(port);
  const ended = once(socket, "close");
  socket.resume().write(`PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${"\xff".repeat(200_000)}`, "latin1");
  await ended;
  expect((await http2Request(other, { ":path": "/" })).body).toBe("hello");
});
