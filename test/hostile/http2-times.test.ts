/** What a client of HTTP/2 has begun it must finish; what is idle it may leave idle. */
import { once } from "node:events";
import { constants } from "node:http2";
import { expect, test } from "vitest";
import { http2Request, http2Session, listen, rawSocket, received, sleep } from "../server/clients.js";
import { session } from "./http2-raw.js";

const SHORT = { http2: { settingsTimeoutMs: 100, requestTimeoutMs: 100 } };

test("a session whose client never acknowledges the settings is ended", async () => {
  const { port } = await listen((_request, response) => void response.end(), SHORT);
  const socket = await rawSocket(port);
  const ended = received(socket);
  socket.write(session());
  await ended;
});

test("a request whose body does not arrive in time is cancelled", async () => {
  const { port } = await listen((request) => void request.resume(), SHORT);
  const stream = (await http2Session(port)).request({ ":path": "/", ":method": "POST" });
  stream.on("error", () => {});
  stream.write("half");
  await once(stream, "close");
  expect(stream.rstCode).toBe(constants.NGHTTP2_CANCEL);
});

test("a request that has arrived may wait for its answer for longer", async () => {
  const { port } = await listen((request, response) => {
    request.resume().on("end", () => setTimeout(() => response.end("late"), 400));
  }, SHORT);
  const answer = await http2Request(await http2Session(port), { ":path": "/", ":method": "POST" }, "whole");
  expect(answer.body).toBe("late");
});

test("a stream that has been answered may send for longer", async () => {
  const { port } = await listen((request, response) => void request.pipe(response), SHORT);
  const stream = (await http2Session(port)).request({ ":path": "/", ":method": "POST" });
  stream.write("a");
  await sleep(400);
  stream.end("b");
  let body = "";
  for await (const chunk of stream) body += String(chunk);
  expect(body).toBe("ab");
});

test("an idle session outlives both times", async () => {
  const { port } = await listen((_request, response) => void response.end("hello"), SHORT);
  const idle = await http2Session(port);
  await sleep(400);
  expect((await http2Request(idle, { ":path": "/" })).body).toBe("hello");
});
