/** Clients as products have them, each telling what became of a request: none of them tries again by itself. */
import { Agent, request } from "node:http";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { Client, credentials } from "@grpc/grpc-js";
import {
  ResolveProfileRequestSchema,
  ResolveProfileResponseSchema,
  ResolverService,
} from "../../gen/profileregistry/v1/resolver_service_pb.js";

/** `refused`: nobody listened, so the request was never sent. */
export type Sent = "answered" | "refused";

export interface LoadClient {
  /** Sends a resolve. Throws where it was sent and not answered, and for answers that are none of a resolve. */
  send(): Promise<Sent>;
  close(): void;
}

export type ClientKind = keyof typeof CLIENTS;

export const CLIENTS = {
  /** undici, which keeps connections and heeds the server's hint for how long. */
  fetch: (url: string): LoadClient => ({
    async send() {
      let response: Response;
      try {
        response = await fetch(`${url}/api/chat/resolve/agent`);
        await response.text();
      } catch (error) {
        return refusedOr(error);
      }
      if (response.status !== 200) throw new Error(`answered ${response.status}`);
      return "answered";
    },
    close() {},
  }),
  /** node:http with kept connections, which knows no hint unless it is given a timeout of its own. */
  agent: (url: string): LoadClient => {
    const agent = new Agent({ keepAlive: true });
    return { send: () => sendHttp1(url, agent), close: () => agent.destroy() };
  },
  /** A connection for each request. */
  "no keep-alive": (url: string): LoadClient => ({ send: () => sendHttp1(url, false), close() {} }),
  "grpc-js": (url: string): LoadClient => {
    const client = new Client(new URL(url).host, credentials.createInsecure(), {
      // Otherwise equal targets share one connection, and a client that is closed leaves its state to the next.
      "grpc.use_local_subchannel_pool": 1,
      "grpc.initial_reconnect_backoff_ms": 100,
      "grpc.max_reconnect_backoff_ms": 500,
    });
    const message = create(ResolveProfileRequestSchema, { profile: "agent" });
    return {
      send: () =>
        new Promise((resolve, reject) => {
          client.makeUnaryRequest(
            "/profileregistry.v1.ResolverService/ResolveProfile",
            (request: typeof message) => Buffer.from(toBinary(ResolveProfileRequestSchema, request)),
            (bytes: Buffer) => fromBinary(ResolveProfileResponseSchema, bytes),
            message,
            { deadline: Date.now() + 20_000 },
            (error) => (error === null ? resolve("answered") : refusedOr(error).then(resolve, reject)),
          );
        }),
      close: () => client.close(),
    };
  },
  /** Over one HTTP/2 session, with nothing that sends a stream again which the server has not begun. */
  "connect-node": (url: string): LoadClient => {
    const sessions = new Http2SessionManager(url);
    const client = createClient(
      ResolverService,
      createGrpcTransport({ baseUrl: url, sessionManager: sessions }),
    );
    return {
      send: () => client.resolveProfile({ profile: "agent" }).then((): Sent => "answered", refusedOr),
      close: () => sessions.abort(),
    };
  },
};

function sendHttp1(url: string, agent: Agent | false): Promise<Sent> {
  return new Promise((resolve, reject) => {
    request(`${url}/api/chat/resolve/agent`, { agent }, (response) => {
      const end = (): void => {
        if (response.statusCode === 200) resolve("answered");
        else reject(new Error(`answered ${response.statusCode}`));
      };
      response.resume().on("end", end).on("error", reject);
    })
      .on("error", (error) => refusedOr(error).then(resolve, reject))
      .end();
  });
}

/**
 * Clients put the reason in the text or in the cause. Nothing was sent either where the connection was never made, or the
 * stream refused (RFC 9113 section 8.7).
 */
async function refusedOr(error: unknown): Promise<Sent> {
  for (let at = error; at instanceof Error; at = at.cause) {
    const text = `${(at as NodeJS.ErrnoException).code} ${at.message}`;
    if (/ECONNREFUSED|connect ECONNRESET|No connection established|NGHTTP2_REFUSED_STREAM/.test(text)) {
      return "refused";
    }
  }
  throw error;
}
