import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Code, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { Client, credentials, status as grpcStatus, type ServiceError } from "@grpc/grpc-js";
import { expect, onTestFinished, test } from "vitest";
import {
  Health,
  HealthCheckRequestSchema,
  type HealthCheckResponse,
  HealthCheckResponseSchema,
  HealthCheckResponse_ServingStatus as Status,
} from "../../gen/grpc/health/v1/health_pb.js";
import { createHealthState, type HealthState, healthRoutes } from "../../src/rpc/health.js";
import { type RpcServer, serveRpc } from "../server/serve-rpc.js";

async function serve(serving: boolean): Promise<RpcServer & { state: HealthState }> {
  const state = createHealthState();
  state.set(serving);
  const server = await serveRpc((router, shutdown) =>
    healthRoutes(router, { state, services: ["a.Service"], shutdown }),
  );
  return { ...server, state };
}

function clientOf(port: number) {
  return createClient(Health, createGrpcTransport({ baseUrl: `http://127.0.0.1:${port}` }));
}

/** The statuses of a watch, one by one; the watch is cancelled at the end of the test. */
function watch(port: number, service: string): AsyncIterator<HealthCheckResponse> {
  const cancel = new AbortController();
  onTestFinished(() => cancel.abort());
  return clientOf(port).watch({ service }, { signal: cancel.signal })[Symbol.asyncIterator]();
}

test("Check answers for the server and for each of its services", async () => {
  const { port, state } = await serve(true);
  const client = clientOf(port);
  for (const service of ["", "a.Service"]) {
    state.set(true);
    expect((await client.check({ service })).status).toBe(Status.SERVING);
    state.set(false);
    expect((await client.check({ service })).status).toBe(Status.NOT_SERVING);
  }
});

test("Check of a service that is not served is NOT_FOUND", async () => {
  const { port } = await serve(true);
  await expect(clientOf(port).check({ service: "b.Service" })).rejects.toMatchObject({ code: Code.NotFound });
});

test("List answers for the server and all of its services", async () => {
  const { port } = await serve(true);
  const { statuses } = await clientOf(port).list({});
  expect(statuses).toMatchObject({ "": { status: Status.SERVING }, "a.Service": { status: Status.SERVING } });
});

test("Watch sends the status at once, then each change", async () => {
  const { port, state } = await serve(false);
  const updates = watch(port, "a.Service");
  expect((await updates.next()).value).toMatchObject({ status: Status.NOT_SERVING });
  state.set(true);
  expect((await updates.next()).value).toMatchObject({ status: Status.SERVING });
  state.set(false);
  expect((await updates.next()).value).toMatchObject({ status: Status.NOT_SERVING });
});

test("Watch does not repeat a status that has not changed", async () => {
  const { port, state } = await serve(false);
  const updates = watch(port, "");
  await updates.next();
  state.set(false);
  state.set(true);
  expect((await updates.next()).value).toMatchObject({ status: Status.SERVING });
});

test("Watch of a service that is not served says SERVICE_UNKNOWN and stays open", async () => {
  const { port, state, stop } = await serve(true);
  const updates = watch(port, "b.Service");
  expect((await updates.next()).value).toMatchObject({ status: Status.SERVICE_UNKNOWN });
  const next = updates.next();
  state.set(false);
  await clientOf(port).check({});
  await stop();
  expect(await next).toMatchObject({ done: true });
});

test("a watch ends with NOT_SERVING and status OK when the server stops", async () => {
  const { port, stop } = await serve(true);
  const seen: Status[] = [];
  const watching = (async () => {
    for await (const { status } of clientOf(port).watch({ service: "" })) seen.push(status);
  })();
  await expect.poll(() => seen).toEqual([Status.SERVING]);
  await stop();
  await watching;
  expect(seen).toEqual([Status.SERVING, Status.NOT_SERVING]);
});

test("a watch that its client cancels no longer listens for changes", async () => {
  const state = createHealthState();
  let listening = 0;
  const counted: HealthState = {
    get serving() {
      return state.serving;
    },
    set: state.set,
    subscribe(changed) {
      listening += 1;
      const unsubscribe = state.subscribe(changed);
      return () => {
        listening -= 1;
        unsubscribe();
      };
    },
  };
  const { port } = await serveRpc((router, shutdown) =>
    healthRoutes(router, { state: counted, services: [], shutdown }),
  );
  const cancel = new AbortController();
  const updates = clientOf(port).watch({ service: "" }, { signal: cancel.signal })[Symbol.asyncIterator]();
  await updates.next();
  expect(listening).toBe(1);
  cancel.abort();
  await expect(updates.next()).rejects.toMatchObject({ code: Code.Canceled });
  await expect.poll(() => listening).toBe(0);
});

test("Check answers over the Connect protocol on HTTP/1.1 too", async () => {
  const { port } = await serve(true);
  const transport = createConnectTransport({ baseUrl: `http://127.0.0.1:${port}`, httpVersion: "1.1" });
  expect((await createClient(Health, transport).check({})).status).toBe(Status.SERVING);
});

test("grpc-js checks and watches", async () => {
  const { port, state } = await serve(true);
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  onTestFinished(() => client.close());
  const encode = (service: string) =>
    Buffer.from(toBinary(HealthCheckRequestSchema, create(HealthCheckRequestSchema, { service })));
  const decode = (bytes: Buffer) => fromBinary(HealthCheckResponseSchema, bytes);

  const check = (service: string) =>
    new Promise<HealthCheckResponse | undefined>((resolve, reject) => {
      client.makeUnaryRequest("/grpc.health.v1.Health/Check", encode, decode, service, (error, answer) =>
        error ? reject(error) : resolve(answer),
      );
    });
  expect((await check(""))?.status).toBe(Status.SERVING);
  await expect(check("b.Service")).rejects.toMatchObject({
    code: grpcStatus.NOT_FOUND,
  } satisfies Partial<ServiceError>);

  const watch = client.makeServerStreamRequest("/grpc.health.v1.Health/Watch", encode, decode, "");
  const seen: Status[] = [];
  for await (const { status } of watch as AsyncIterable<HealthCheckResponse>) {
    seen.push(status);
    if (seen.length === 2) break;
    state.set(false);
  }
  expect(seen).toEqual([Status.SERVING, Status.NOT_SERVING]);
});
