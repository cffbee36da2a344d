/** Requests of both edges. */
import { addDuration, durationSamples, noDurations } from "./durations.js";
import type { Family } from "./family.js";
import { countSamples, createCounts, createTable } from "./table.js";

export interface RestRequest {
  method: string;
  /** Its pattern; undefined where there is none. */
  route: string | undefined;
  status: number;
  /** Of the problem that it was answered with. */
  code: string | undefined;
  durationMs: number;
}

export interface RpcCall {
  service: string;
  method: string;
  code: string;
  /** Streams last as long as their callers like. */
  stream: boolean;
  durationMs: number;
}

export interface RequestCounts {
  rest(request: RestRequest): void;
  rpc(call: RpcCall): void;
  families: Family[];
}

const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const REST_SECONDS = "profile_registry_http_request_duration_seconds";
const RPC_SECONDS = "profile_registry_rpc_request_duration_seconds";

export function createRequestCounts(): RequestCounts {
  const rest = createCounts("method", "route", "status", "code");
  const restSeconds = createTable(["method", "route"], noDurations);
  const rpc = createCounts("service", "method", "code");
  const rpcSeconds = createTable(["service", "method"], noDurations);

  return {
    rest({ method: sent, route = "unknown", status, code = "ok", durationMs }) {
      const method = METHODS.has(sent) ? sent : "other";
      rest.at(method, route, String(status), code).value++;
      addDuration(restSeconds.at(method, route), durationMs);
    },
    rpc({ service, method, code, stream, durationMs }) {
      rpc.at(service, method, code).value++;
      if (!stream) addDuration(rpcSeconds.at(service, method), durationMs);
    },
    families: [
      {
        name: "profile_registry_http_requests_total",
        help: "HTTP requests besides RPC, by the pattern of their route.",
        type: "counter",
        merge: "sum",
        read: () => countSamples(rest),
      },
      {
        name: REST_SECONDS,
        help: "How long HTTP requests besides RPC took.",
        type: "histogram",
        merge: "sum",
        read: () => durationSamples(REST_SECONDS, restSeconds.entries()),
      },
      {
        name: "profile_registry_rpc_requests_total",
        help: "Calls over gRPC, gRPC-Web and Connect.",
        type: "counter",
        merge: "sum",
        read: () => countSamples(rpc),
      },
      {
        name: RPC_SECONDS,
        help: "How long unary calls took in their handlers.",
        type: "histogram",
        merge: "sum",
        read: () => durationSamples(RPC_SECONDS, rpcSeconds.entries()),
      },
    ],
  };
}
