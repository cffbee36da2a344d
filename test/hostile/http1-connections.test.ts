/** Bytes that are no HTTP/1.1, headers that are too large, and requests that stop half way. */
import { afterAll, describe, expect, test } from "vitest";
import { exchange, rawConnection, request } from "./raw-connection.js";
import { expectRefusal, hostileTarget } from "./target.js";

const target = hostileTarget();
afterAll(() => target.healthy());

const RESOLVE = "/api/chat/resolve";
const JSON_TYPE = "Content-Type: application/json";
const post = (head: string, body: string) =>
  `POST ${RESOLVE} HTTP/1.1\r\nHost: a\r\n${JSON_TYPE}\r\n${head}\r\n\r\n${body}`;

const BROKEN: Record<string, string> = {
  "a method that there is not": request("BREW", RESOLVE),
  "a version that there is not": `GET ${RESOLVE} HTTP/9.9\r\nHost: a\r\n\r\n`,
  "no Host": `GET ${RESOLVE} HTTP/1.1\r\n\r\n`,
  "lines that end in LF alone": `GET ${RESOLVE} HTTP/1.1\nHost: a\n\n`,
  "a space before the colon": `GET ${RESOLVE} HTTP/1.1\r\nHost : a\r\n\r\n`,
  "a header that goes on in the next line": `GET ${RESOLVE} HTTP/1.1\r\nHost: a\r\n b\r\n\r\n`,
  "a NUL in a header": request("GET", RESOLVE, ["X: a\0b"]),
  "a path that is no URL": request("GET", "http://[x/api/chat/resolve"),
  "broken percent-encoding in the path": request("GET", "/api/chat/profiles/%zz"),
  "percent-encoding that is no UTF-8 in the path": request("GET", "/api/chat/profiles/%ff"),
  "broken percent-encoding in the query": request("GET", `${RESOLVE}?conv_id=%`),
  "percent-encoding that is no UTF-8 in the query": request("GET", `${RESOLVE}?conv_id=%c0%af`),
  "a length and chunks": post("Content-Length: 2\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
  "two lengths": post("Content-Length: 2\r\nContent-Length: 3", "{} "),
  "a negative length": post("Content-Length: -2", "{}"),
  "a length beyond all numbers": post("Content-Length: 99999999999999999999999", "{}"),
  "a length of 100 GB": post("Content-Length: 100000000000", "{}"),
  "a chunk whose size is no number": post("Transfer-Encoding: chunked", "zz\r\n{}\r\n"),
  "a chunk with an endless extension": post("Transfer-Encoding: chunked", `2;${"x".repeat(50_000)}`),
  "a header of 20 KB": request("GET", RESOLVE, [`X: ${"x".repeat(20_000)}`]),
  "a cookie of 20 KB": request("GET", RESOLVE, [`Cookie: chat_profile=${"x".repeat(20_000)}`]),
  "5,000 headers": request(
    "GET",
    RESOLVE,
    Array.from({ length: 5_000 }, (_, i) => `X-${i}: x`),
  ),
  "a path of 20 KB": request("GET", `/${"x".repeat(20_000)}`),
  "the first bytes of TLS": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".padEnd(200, "\0"),
  "nothing but NUL": "\0".repeat(1_000),
  noise: Array.from({ length: 5_000 }, (_, i) => String.fromCharCode((i * 7919) % 256)).join(""),
};

describe("refused with a 4xx, and the connection ends:", () => {
  for (const [name, bytes] of Object.entries(BROKEN)) {
    test(name, async () => {
      const { status, closed } = await exchange(target.port(), bytes);
      expect(closed).toBe(true);
      expectRefusal(status, name);
    });
  }
});

test("CONNECT ends the connection", async () => {
  const { status, closed } = await exchange(target.port(), "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n");
  expect([status, closed]).toEqual([0, true]);
});

test("an upgrade that we do not have is not made", async () => {
  const head = ["Upgrade: websocket", "Sec-WebSocket-Key: x"];
  expect((await exchange(target.port(), request("GET", "/healthz", head))).status).toBe(200);
});

test("100 requests that stop half way, in header or body, hold nobody up", async () => {
  const halves = [
    "G",
    `POST ${RESOLVE} HTTP/1.1\r\nHost: a\r\n`,
    post("Content-Length: 1000", "{"),
    post("Transfer-Encoding: chunked", "5\r\n{"),
  ];
  const sockets = await Promise.all(Array.from({ length: 100 }, () => rawConnection(target.port())));
  for (const [i, socket] of sockets.entries()) socket.write(halves[i % halves.length] ?? "");
  await target.healthy();
  for (const [i, socket] of sockets.entries()) if (i % 2) socket.resetAndDestroy();
  await target.healthy();
  for (const socket of sockets) socket.destroy();
  await target.healthy();
});
