import { once } from "node:events";
import type { AddressInfo } from "node:net";
import Fastify, { type FastifyInstance } from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { createOnePort } from "../../src/server/one-port.js";
import { http2Request, http2Session, rawSocket, received, sleep } from "./clients.js";

async function serve(
  routes: (app: FastifyInstance) => void,
): Promise<{ app: FastifyInstance; port: number }> {
  const app = Fastify({
    serverFactory: createOnePort({ graceMs: 1_000 }),
    bodyLimit: 100,
    return503OnClosing: false,
  });
  onTestFinished(() => app.close());
  routes(app);
  await app.listen({ host: "127.0.0.1", port: 0 });
  return { app, port: (app.server.address() as AddressInfo).port };
}

test("Fastify's routes answer over HTTP/2 without TLS as over HTTP/1.1", async () => {
  const { port } = await serve((app) => {
    app.post("/things/:id", (request, reply) =>
      reply
        .code(201)
        .send({ host: request.host, id: (request.params as { id: string }).id, body: request.body }),
    );
  });
  const body = JSON.stringify({ a: 1 });
  const headers = { "content-type": "application/json" };
  const http1 = await fetch(`http://127.0.0.1:${port}/things/7`, { method: "POST", headers, body });
  const http2 = await http2Request(
    await http2Session(port),
    { ":path": "/things/7", ":method": "POST", ...headers },
    body,
  );
  const expected = { host: `127.0.0.1:${port}`, id: "7", body: { a: 1 } };
  expect([http1.status, await http1.json()]).toEqual([201, expected]);
  expect([http2.status, JSON.parse(http2.body)]).toEqual([201, expected]);
});

test("Fastify's own refusals reach HTTP/2 clients", async () => {
  const { port } = await serve((app) => {
    app.post("/", () => "unreached");
    app.delete("/", (_request, reply) => reply.code(204).send());
  });
  const session = await http2Session(port);
  expect((await http2Request(session, { ":path": "/nowhere" })).status).toBe(404);
  expect((await http2Request(session, { ":path": "/", ":method": "DELETE" })).status).toBe(204);
  const tooLarge = { ":path": "/", ":method": "POST", "content-type": "application/json" };
  expect((await http2Request(session, tooLarge, `"${"x".repeat(200)}"`)).status).toBe(413);
  expect((await http2Request(session, { ":path": "/nowhere" })).status, "the session lives on").toBe(404);
});

test("Fastify's close waits for the requests in flight, then runs its onClose hooks", async () => {
  const events: string[] = [];
  const { app, port } = await serve((app) => {
    app.get("/", async () => {
      events.push("asked");
      await sleep(100);
      events.push("answered");
      return "done";
    });
    app.addHook("onClose", async () => void events.push("closed"));
  });
  const socket = await rawSocket(port);
  const http1 = received(socket);
  socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const http2 = http2Request(await http2Session(port), { ":path": "/" });
  await expect.poll(() => events.length).toBe(2);
  await app.close();
  expect(events).toEqual(["asked", "asked", "answered", "answered", "closed"]);
  expect(await http1).toMatch(/connection: close\r\n.*done$/is);
  expect((await http2).body).toBe("done");
});

test("Fastify's close ends idle connections without waiting", async () => {
  const { app, port } = await serve((app) => {
    app.get("/", () => "hello");
  });
  const socket = await rawSocket(port);
  socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await once(socket, "data");
  await http2Request(await http2Session(port), { ":path": "/" });
  const start = performance.now();
  await app.close();
  expect(performance.now() - start).toBeLessThan(500);
});
