import { once } from "node:events";
import type { RequestListener } from "node:http";
import { expect, test } from "vitest";
import { close, http2Session, listen, rawSocket, received, sleep } from "../server/clients.js";

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
/** Ends stream 1: :method GET, :scheme http, :path /, :authority a (RFC 7541 appendix A). */
const STREAM = "\0\0\x06\x01\x05\0\0\0\x01\x82\x86\x84\x41\x01a";

const hello: RequestListener = (_request, response) => void response.end("hello");

async function timed(work: Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work;
  return performance.now() - start;
}

test("clients are told to leave a connection idle for less long than the server keeps it", async () => {
  const { port } = await listen(hello, { idleGraceMs: 1_000, http1: { keepAliveTimeout: 10_000 } });
  const socket = await rawSocket(port);
  socket.write(REQUEST);
  const [answer] = (await once(socket, "data")) as [Buffer];
  expect(String(answer)).toMatch(/\r\nkeep-alive: timeout=1\r\n/i);
  await sleep(3_000);
  socket.write(REQUEST);
  expect(String((await once(socket, "data"))[0])).toContain("200 OK");
});

test("a connection that stays idle is ended after the server's own time", async () => {
  const { port } = await listen(hello, { idleGraceMs: 1_000, http1: { keepAliveTimeout: 1_500 } });
  const socket = await rawSocket(port);
  socket.write(REQUEST);
  expect(await received(socket)).toMatch(/^HTTP\/1\.1 200 .*hello$/s);
});

test("a request over a connection that was idle as the stop began is answered, and is the last one", async () => {
  const { server, port } = await listen(hello, { idleGraceMs: 1_000 });
  const socket = await rawSocket(port);
  socket.write(REQUEST);
  await once(socket, "data");
  const closed = close(server);
  await sleep(300);
  const last = received(socket);
  socket.write(REQUEST);
  expect(await last).toMatch(/^HTTP\/1\.1 200 .*\r\nconnection: close\r\n.*hello$/is);
  await closed;
});

test("a request over a connection that had said nothing as the stop began is answered", async () => {
  const { server, port } = await listen(hello, { idleGraceMs: 1_000 });
  const socket = await rawSocket(port);
  const answer = received(socket);
  const closed = close(server);
  await sleep(300);
  socket.write(REQUEST);
  expect(await answer).toMatch(/^HTTP\/1\.1 200 .*\r\nconnection: close\r\n.*hello$/is);
  await closed;
});

test("a stop waits for idle connections no longer than their clients were told", async () => {
  const { server, port } = await listen(hello, { idleGraceMs: 1_000, graceMs: 60_000 });
  const silent = await rawSocket(port);
  const used = await rawSocket(port);
  used.write(REQUEST);
  await once(used, "data");
  const ended = Promise.all([received(silent), received(used)]);
  const ms = await timed(close(server));
  expect(ms).toBeGreaterThan(1_000);
  expect(ms).toBeLessThan(3_000);
  await ended;
});

test("a stop waits for no connection that has been idle for longer than its client was told", async () => {
  const { server, port } = await listen(hello, { idleGraceMs: 1_000, graceMs: 60_000 });
  const socket = await rawSocket(port);
  socket.write(REQUEST);
  await once(socket, "data");
  await sleep(2_500);
  expect(await timed(close(server))).toBeLessThan(500);
});

test("an HTTP/2 stream begun before its client has read of the stop is answered", async () => {
  const { server, port } = await listen(hello, { graceMs: 60_000 });
  const socket = await rawSocket(port);
  const bytes = received(socket);
  socket.write(PREFACE, "latin1");
  await sleep(100);
  const closed = close(server);
  await sleep(100);
  socket.write(STREAM, "latin1");
  expect(await bytes).toContain("hello");
  await closed;
});

test("an HTTP/2 session begun during the stop serves what it asks, and ends", async () => {
  const { server, port } = await listen(hello, { idleGraceMs: 1_000, graceMs: 60_000 });
  const socket = await rawSocket(port);
  const bytes = received(socket);
  const closed = close(server);
  await sleep(100);
  socket.write(PREFACE + STREAM, "latin1");
  expect(await bytes).toContain("hello");
  await closed;
});

test("an idle HTTP/2 session ends as soon as its client has read of the stop", async () => {
  const { server, port } = await listen(hello, { idleGraceMs: 10_000, graceMs: 60_000 });
  const session = await http2Session(port);
  const goaway = once(session, "goaway");
  expect(await timed(close(server))).toBeLessThan(900);
  expect((await goaway)[0], "NO_ERROR").toBe(0);
});
