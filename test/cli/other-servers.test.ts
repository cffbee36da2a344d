import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createHttp2Server, type Http2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { runHere } from "./here.js";

const http2Server = (status: number): Http2Server =>
  createHttp2Server((_request, response) => {
    response.writeHead(status);
    response.end("hello");
  });

const CASES: readonly (readonly [what: string, server: () => Server | Http2Server, line: RegExp])[] = [
  [
    "speaks HTTP/1.1 alone",
    () => createServer((_request, response) => response.end("hello")),
    /^URL cannot be reached: .+$/,
  ],
  ["has no such call", () => http2Server(404), /^URL answered: HTTP 404$/],
  ["answers something else", () => http2Server(200), /^URL answered: .+$/],
];

test.each(CASES)("a server that %s is named, in one line", async (_what, create, line) => {
  const server = create();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { code, stdout, stderr } = await runHere(["profile", "list", "--server", url]);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr.trimEnd().replace("profile-registry: ", "").replace(url, "URL")).toMatch(line);
});
