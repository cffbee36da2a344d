import { once } from "node:events";
import { connect } from "node:net";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { expect, test } from "vitest";
import { Health, HealthCheckResponse_ServingStatus as Status } from "../../gen/grpc/health/v1/health_pb.js";
import { ServerReflection } from "../../gen/grpc/reflection/v1/reflection_pb.js";
import { serve } from "../cli/program.js";

test("SIGTERM ends health watches and reflection cleanly, and the process with 0", async () => {
  await using server = await serve();
  const transport = createGrpcTransport({ baseUrl: server.url });
  const statuses: Status[] = [];
  const watching = (async () => {
    for await (const { status } of createClient(Health, transport).watch({})) statuses.push(status);
  })();
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let described = 0;
  const reflecting = (async () => {
    const requests = (async function* () {
      yield { messageRequest: { case: "listServices" as const, value: "" } };
      await held;
    })();
    for await (const _ of createClient(ServerReflection, transport).serverReflectionInfo(requests))
      described++;
  })();
  await expect.poll(() => [statuses.length, described]).toEqual([1, 1]);
  const start = performance.now();
  const ended = server.stop();
  await watching;
  await reflecting;
  release();
  expect(statuses).toEqual([Status.SERVING, Status.NOT_SERVING]);
  expect((await ended).code).toBe(0);
  expect(performance.now() - start).toBeLessThan(5_000);
});

/** A resolve of which the server has all but the end of the body. */
async function halfARequest(url: string) {
  const body = JSON.stringify({ profile: "agent" });
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  const received: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => received.push(chunk)).on("error", () => {});
  socket.write(
    `POST /api/chat/resolve HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
  );
  await new Promise((resolve) => setTimeout(resolve, 200));
  return {
    socket,
    finish: () => socket.write(body.slice(5)),
    answer: once(socket, "close").then(() => Buffer.concat(received).toString()),
  };
}

test("SIGTERM waits for a request that takes its time, and ends one that never comes to an end within 10 s", async () => {
  await using server = await serve();
  const slow = await halfARequest(server.url);
  const endless = await halfARequest(server.url);
  const start = performance.now();
  const ended = server.stop();
  setTimeout(slow.finish, 5_000);
  expect(await slow.answer).toMatch(/^HTTP\/1\.1 200 OK\r\n.*connection: close\r\n.*"profile":"agent"/is);
  expect(await endless.answer).toBe("");
  expect((await ended).code).toBe(0);
  expect(performance.now() - start).toBeLessThan(10_000);
});

test("a second SIGTERM ends the process at once", async () => {
  await using server = await serve();
  const { socket } = await halfARequest(server.url);
  server.child.kill("SIGTERM");
  await new Promise((resolve) => setTimeout(resolve, 200));
  const start = performance.now();
  expect((await server.stop()).code).toBe(143);
  expect(performance.now() - start).toBeLessThan(1_000);
  socket.destroy();
});
