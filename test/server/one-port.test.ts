import { once } from "node:events";
import type { RequestListener } from "node:http";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { http2Request, http2Session, listen, rawSocket, received, writeByteByByte } from "./clients.js";

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/** An empty SETTINGS frame (RFC 9113 section 6.5), which must follow the preface. */
const SETTINGS = "\0\0\0\x04\0\0\0\0\0";

/** Answers the version that it was asked with, and the body's length. */
const echo: RequestListener = async (request, response) => {
  const body = await text(request);
  response.end(`HTTP/${request.httpVersion} ${request.method} ${body.length}`);
};

test("HTTP/1.1 and HTTP/2 are served on one port", async () => {
  const { port } = await listen(echo);
  const http1 = await fetch(`http://127.0.0.1:${port}/`);
  expect(await http1.text()).toBe("HTTP/1.1 GET 0");
  const http2 = await http2Request(await http2Session(port), { ":path": "/" });
  expect(http2.body).toBe("HTTP/2.0 GET 0");
});

test("a handler may answer streams of HTTP/2 itself, and have requests made of the others", async () => {
  const { port } = await listen({
    request: echo,
    stream(stream, headers, makeRequest) {
      if (headers[":path"] === "/mine") stream.resume().end("itself");
      else makeRequest();
    },
  });
  const session = await http2Session(port);
  expect((await http2Request(session, { ":path": "/mine" })).body).toBe("itself");
  expect((await http2Request(session, { ":path": "/" })).body).toBe("HTTP/2.0 GET 0");
});

test("a preface that comes byte by byte is still HTTP/2", async () => {
  const { port } = await listen(echo);
  const socket = await rawSocket(port);
  await writeByteByByte(socket, PREFACE);
  socket.write(SETTINGS, "latin1");
  const [frame] = (await once(socket, "data")) as [Buffer];
  expect(frame[3], "the type of the server's first frame: SETTINGS").toBe(4);
});

test("a request that comes with the preface in one packet is answered", async () => {
  const { port } = await listen(echo);
  const socket = await rawSocket(port);
  // HEADERS that end stream 1: :method GET, :scheme http, :path /, :authority a (RFC 7541 appendix A).
  socket.write(`${PREFACE}${SETTINGS}\0\0\x06\x01\x05\0\0\0\x01\x82\x86\x84\x41\x01a`, "latin1");
  let bytes = "";
  for await (const chunk of socket) {
    bytes += (chunk as Buffer).toString("latin1");
    if (bytes.includes("HTTP/2.0 GET 0")) break;
  }
  expect(bytes).toContain("HTTP/2.0 GET 0");
});

test("an HTTP/1.1 request that comes byte by byte is answered", async () => {
  const { port } = await listen(echo);
  const socket = await rawSocket(port);
  const answer = received(socket);
  await writeByteByByte(
    socket,
    "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nab",
  );
  expect(await answer).toContain("HTTP/1.1 POST 2");
});

test("a first byte that the preface shares does not delay an HTTP/1.1 request", async () => {
  const { port } = await listen(echo);
  const response = await fetch(`http://127.0.0.1:${port}/`, { method: "PUT", body: "abc" });
  expect(await response.text()).toBe("HTTP/1.1 PUT 3");
});

test("what begins like the preface and then differs is refused as HTTP/1.1", async () => {
  const { port } = await listen(echo);
  const socket = await rawSocket(port);
  const answer = received(socket);
  socket.write("PRI * HTTP/2.0\r\n\r\nSX");
  expect(await answer).toMatch(/^HTTP\/1\.1 400 /);
});

test("a body of many packets arrives whole on either version", async () => {
  const { port } = await listen(echo);
  const body = "x".repeat(3_000_000);
  const http1 = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body });
  expect(await http1.text()).toBe("HTTP/1.1 POST 3000000");
  const http2 = await http2Request(await http2Session(port), { ":path": "/", ":method": "POST" }, body);
  expect(http2.body).toBe("HTTP/2.0 POST 3000000");
});

test("one HTTP/1.1 connection serves request after request", async () => {
  const { port } = await listen(echo);
  const socket = await rawSocket(port);
  for (const path of ["/1", "/2", "/3"]) {
    socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(answer.toString("latin1")).toContain("HTTP/1.1 GET 0");
  }
});

test("an offer to upgrade to h2c is declined and answered over HTTP/1.1", async () => {
  const { port } = await listen(echo);
  const socket = await rawSocket(port);
  socket.write(
    "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: \r\n\r\n",
  );
  const [answer] = (await once(socket, "data")) as [Buffer];
  expect(answer.toString("latin1")).toContain("HTTP/1.1 GET 0");
});
