/** Runs in a page, bundled: calls the service with connect-web. */
import { type DescMethodUnary, fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web";
import { BadRequestSchema, ErrorInfoSchema } from "../../gen/google/rpc/error_details_pb.js";
import { ProfileRegistryService } from "../../gen/profileregistry/v1/registry_service_pb.js";
import { ResolverService } from "../../gen/profileregistry/v1/resolver_service_pb.js";

export type Protocol = "Connect" | "Connect GET" | "Connect JSON" | "gRPC-Web" | "gRPC-Web JSON";

export interface RpcCall {
  baseUrl: string;
  protocol: Protocol;
  method: string;
  request: JsonValue;
}

export interface RpcOutcome {
  /** `OK` or the name of the error's code. */
  code: string;
  /** ProtoJSON. */
  message?: JsonValue;
  error?: string;
  reason?: string | undefined;
  violations?: string[] | undefined;
}

const METHODS = [...ResolverService.methods, ...ProfileRegistryService.methods];

async function callRpc({ baseUrl, protocol, method: name, request }: RpcCall): Promise<RpcOutcome> {
  const method = METHODS.find((candidate) => candidate.name === name) as DescMethodUnary;
  const options = {
    baseUrl,
    useBinaryFormat: !protocol.endsWith("JSON"),
    useHttpGet: protocol === "Connect GET",
    fetch: (input: Parameters<typeof fetch>[0], init?: RequestInit) =>
      fetch(input, { ...init, credentials: "include" }),
  };
  const transport = protocol.startsWith("Connect")
    ? createConnectTransport(options)
    : createGrpcWebTransport(options);
  try {
    const input = fromJson(method.input, request);
    // With a timeout and a header of the caller's, which a page on another origin may send only where they are allowed.
    const { message } = await transport.unary(method, undefined, 20_000, { "x-request-id": "a-page" }, input);
    return { code: "OK", message: toJson(method.output, message) };
  } catch (thrown) {
    const error = ConnectError.from(thrown);
    const violations = error.findDetails(BadRequestSchema)[0]?.fieldViolations;
    return {
      code: Code[error.code] ?? "",
      error: error.rawMessage,
      reason: error.findDetails(ErrorInfoSchema)[0]?.reason,
      violations: violations?.map(({ field, description }) => `${field}: ${description}`),
    };
  }
}

/** Text in and out: what tests put into a page. */
const callRpcText = async (call: string) => JSON.stringify(await callRpc(JSON.parse(call) as RpcCall));

export type CallRpcText = typeof callRpcText;

Object.assign(globalThis, { callRpcText });
