import { once } from "node:events";
import { Agent, get, type IncomingMessage, type RequestListener } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { close, http2Request, http2Session, listen, rawSocket, received, sleep } from "./clients.js";

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/** A handler whose answers wait for `open`, and `arrived`, which resolves with the first request. */
function gate(): { handler: RequestListener; arrived: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const handler: RequestListener = async (_request, response) => {
    arrive();
    await opened;
    response.end("done");
  };
  return { handler, arrived, open };
}

const hello: RequestListener = (_request, response) => void response.end("hello");

test("stop lets an HTTP/1.1 request in flight finish, and says that the connection closes", async () => {
  const { handler, arrived, open } = gate();
  const { server, port } = await listen(handler);
  const socket = await rawSocket(port);
  const answer = received(socket);
  socket.write(REQUEST);
  await arrived;
  const closed = close(server);
  open();
  expect(await answer).toMatch(/^HTTP\/1\.1 200 .*\r\nconnection: close\r\n.*done$/is);
  await closed;
});

test("stop lets HTTP/2 streams in flight finish after GOAWAY", async () => {
  const { handler, arrived, open } = gate();
  const { server, port } = await listen(handler);
  const session = await http2Session(port);
  const goaway = once(session, "goaway");
  const answer = http2Request(session, { ":path": "/" });
  await arrived;
  const closed = close(server);
  expect((await goaway)[0], "NO_ERROR").toBe(0);
  open();
  expect((await answer).body).toBe("done");
  await closed;
});

test("stop refuses new connections while requests are in flight", async () => {
  const { handler, arrived, open } = gate();
  const { server, port } = await listen(handler);
  const session = await http2Session(port);
  const answer = http2Request(session, { ":path": "/" });
  await arrived;
  const closed = close(server);
  const [error] = (await once(connect(port, "127.0.0.1"), "error")) as [NodeJS.ErrnoException];
  expect(error.code).toBe("ECONNREFUSED");
  open();
  await answer;
  await closed;
});

test("stop ends idle connections of either version at once", async () => {
  const { server, port } = await listen(hello, { graceMs: 60_000 });
  const socket = await rawSocket(port);
  socket.write(REQUEST);
  await once(socket, "data");
  await http2Request(await http2Session(port), { ":path": "/" });
  await close(server);
});

test("stop ends connections that have not shown their version", async () => {
  const { server, port } = await listen(hello, { graceMs: 60_000 });
  await rawSocket(port);
  (await rawSocket(port)).write("PRI * ");
  await sleep(20);
  await close(server);
});

test("stop does not cut off an answer that is still being sent", async () => {
  const body = Buffer.alloc(20_000_000, "x");
  const { server, port } = await listen((_request, response) => void response.end(body));
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const [response] = (await once(get({ port, host: "127.0.0.1", agent }), "response")) as [IncomingMessage];
  const closed = close(server);
  await sleep(50);
  expect((await text(response)).length).toBe(body.length);
  await closed;
});

test("stop lets an answer finish whose header has been sent, then ends its connection", async () => {
  const { server, port } = await listen((_request, response) => {
    response.write("first ");
    setTimeout(() => response.end("last"), 100);
  });
  const socket = await rawSocket(port);
  socket.write(REQUEST);
  const bytes = received(socket);
  await once(socket, "data");
  const closed = close(server);
  expect(await bytes).toMatch(/first .*last/s);
  await closed;
});

test("stop cuts off what is left after the grace time", async () => {
  const { handler } = gate();
  const { server, port } = await listen(handler, { graceMs: 100 });
  (await rawSocket(port)).write(REQUEST);
  const stream = (await http2Session(port)).request({ ":path": "/" });
  const cut = once(stream, "close");
  stream.on("error", () => {});
  await sleep(50);
  const start = performance.now();
  await close(server);
  await cut;
  expect(performance.now() - start).toBeGreaterThan(90);
});

test("closeAllConnections cuts off everything at once, HTTP/2 included", async () => {
  const { handler, arrived } = gate();
  const { server, port } = await listen(handler, { graceMs: 60_000 });
  const stream = (await http2Session(port)).request({ ":path": "/" });
  stream.on("error", () => {});
  await arrived;
  const closed = close(server);
  server.closeAllConnections();
  await closed;
});

test("stop waits for no client that ignores GOAWAY beyond the grace time", async () => {
  const { server, port } = await listen(hello, { graceMs: 100 });
  const socket = await rawSocket(port);
  socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", "latin1");
  socket.resume();
  await sleep(20);
  await close(server);
});

test("an HTTP/2 session that begins in the tick of the stop does no harm", async () => {
  const { server, port } = await listen(hello, { graceMs: 100 });
  server.once("connection", (accepted) => {
    // Runs right after the port's own listener, which hands the socket on.
    accepted.once("readable", () => server.close());
  });
  const closed = once(server, "close");
  (await rawSocket(port)).resume().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", "latin1");
  await closed;
});
