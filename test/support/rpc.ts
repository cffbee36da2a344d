/** RPC as its clients speak it. */
import {
  type Client,
  Code,
  ConnectError,
  createClient,
  type Interceptor,
  type Transport,
} from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";
import { afterAll, beforeAll } from "vitest";
import { BadRequestSchema, type ErrorInfo, ErrorInfoSchema } from "../../gen/google/rpc/error_details_pb.js";
import { ProfileRegistryService } from "../../gen/profileregistry/v1/registry_service_pb.js";
import { ResolverService } from "../../gen/profileregistry/v1/resolver_service_pb.js";
import { RolloutService } from "../../gen/profileregistry/v1/rollout_service_pb.js";
import { ServerService } from "../../gen/profileregistry/v1/server_service_pb.js";
import type { Overrides } from "../../src/app.js";
import type { Flags } from "../../src/config.js";
import { startServer, type TestServer } from "./server.js";

/** Every way to call that Connect's clients have. */
export const PROTOCOLS: Record<string, (baseUrl: string) => Transport> = {
  "Connect, JSON, HTTP/1.1": (baseUrl) =>
    createConnectTransport({ baseUrl, httpVersion: "1.1", useBinaryFormat: false }),
  "Connect, proto, HTTP/2": (baseUrl) => createConnectTransport({ baseUrl, httpVersion: "2" }),
  "Connect, GET, JSON": (baseUrl) =>
    createConnectTransport({ baseUrl, httpVersion: "1.1", useBinaryFormat: false, useHttpGet: true }),
  "Connect, GET, proto, HTTP/2": (baseUrl) =>
    createConnectTransport({ baseUrl, httpVersion: "2", useHttpGet: true }),
  "gRPC, proto": (baseUrl) => createGrpcTransport({ baseUrl }),
  "gRPC, JSON": (baseUrl) => createGrpcTransport({ baseUrl, useBinaryFormat: false }),
  "gRPC-Web, proto, HTTP/1.1": (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: "1.1" }),
  "gRPC-Web, JSON, HTTP/2": (baseUrl) =>
    createGrpcWebTransport({ baseUrl, httpVersion: "2", useBinaryFormat: false }),
};

export interface RpcClients {
  registry: Client<typeof ProfileRegistryService>;
  resolver: Client<typeof ResolverService>;
  rollouts: Client<typeof RolloutService>;
  server: Client<typeof ServerService>;
}

export function rpcClients(transport: Transport): RpcClients {
  return {
    registry: createClient(ProfileRegistryService, transport),
    resolver: createClient(ResolverService, transport),
    rollouts: createClient(RolloutService, transport),
    server: createClient(ServerService, transport),
  };
}

/** Over Connect, in JSON or else proto, with these headers. */
export function connectClients(
  baseUrl: string,
  { headers = {}, json = false }: { headers?: Record<string, string>; json?: boolean } = {},
): RpcClients {
  const withHeaders: Interceptor = (next) => (request) => {
    for (const [name, value] of Object.entries(headers)) request.header.set(name, value);
    return next(request);
  };
  return rpcClients(
    createConnectTransport({
      baseUrl,
      httpVersion: "1.1",
      useBinaryFormat: !json,
      interceptors: [withHeaders],
    }),
  );
}

/** A server that the tests of a file or `describe` share, each with names of its own, and clients of it. */
export function sharedRpc(
  flags: Flags = {},
  overrides: Overrides = {},
): RpcClients & { url: () => string; running: () => TestServer } {
  let server: TestServer | undefined;
  let clients: RpcClients | undefined;
  beforeAll(async () => {
    server = await startServer(flags, overrides);
    clients = connectClients(server.url);
  });
  afterAll(() => server?.stop());
  const started = <T>(value: T | undefined): T => {
    if (value === undefined) throw new TypeError("the server runs only during tests");
    return value;
  };
  return {
    get registry() {
      return started(clients).registry;
    },
    get resolver() {
      return started(clients).resolver;
    },
    get rollouts() {
      return started(clients).rollouts;
    },
    get server() {
      return started(clients).server;
    },
    url: () => started(server).url,
    running: () => started(server),
  };
}

export interface RpcRefusal {
  code: string;
  message: string;
  info: Pick<ErrorInfo, "domain" | "reason" | "metadata"> | undefined;
  violations: { field: string; reason: string }[];
}

/** What a call is refused with; fails where it is not. */
export async function refusalOf(call: Promise<unknown>): Promise<RpcRefusal> {
  const error = await call.then(
    () => {
      throw new TypeError("the call was not refused");
    },
    (reason: unknown) => ConnectError.from(reason),
  );
  const [info] = error.findDetails(ErrorInfoSchema);
  const violations = error
    .findDetails(BadRequestSchema)
    .flatMap(({ fieldViolations }) => fieldViolations)
    .map(({ field, description }) => ({ field, reason: description }));
  return {
    code: Code[error.code] ?? String(error.code),
    message: error.rawMessage,
    info: info && { domain: info.domain, reason: info.reason, metadata: info.metadata },
    violations,
  };
}
