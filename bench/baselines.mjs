/**
 * Servers that send the bytes they are given and do nothing else, for comparison. `baselines.mjs KIND FILE`, one a process, so
 * that none makes another slower; FILE holds `{ path, type, answer }`, the answer in base64. Prints the port.
 *
 * - `http`: bare node:http; `http2`: bare node:http2, the answer as gRPC sends it
 * - `fastify`: a bare Fastify route with the answer as a string
 * - `stock`, `stock2`: the stock Connect handler on node:http and node:http2, with a ready message
 */
import { readFileSync } from "node:fs";
import http from "node:http";
import http2 from "node:http2";
import { fromBinary } from "@bufbuild/protobuf";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import fastify from "fastify";
import {
  ResolveProfileResponseSchema,
  ResolverService,
} from "../dist/gen/profileregistry/v1/resolver_service_pb.js";
import { framed } from "./requests.mjs";

const [kind, file] = process.argv.slice(2);
const { path, type, answer } = JSON.parse(readFileSync(file, "utf8"));
const bytes = Buffer.from(answer, "base64");

const SERVERS = {
  http: () =>
    http.createServer((request, response) => {
      request
        .on("data", () => {})
        .on("end", () => {
          response.writeHead(200, { "content-type": type, "content-length": bytes.length });
          response.end(bytes);
        });
    }),
  http2: () => {
    const frame = framed(bytes);
    return http2.createServer().on("stream", (stream) => {
      stream
        .on("data", () => {})
        .on("end", () => {
          stream.respond({ ":status": 200, "content-type": type }, { waitForTrailers: true });
          stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
          stream.end(frame);
        });
    });
  },
  fastify: async () => {
    const app = fastify();
    const text = String(bytes);
    app.get(path, (_request, reply) => reply.type(type).send(text));
    await app.ready();
    return app.server;
  },
  stock: () => http.createServer(connectHandler()),
  stock2: () => http2.createServer(connectHandler()),
};

function connectHandler() {
  const message = fromBinary(ResolveProfileResponseSchema, bytes);
  return connectNodeAdapter({
    routes: (router) => router.service(ResolverService, { resolveProfile: () => message }),
  });
}

const server = await SERVERS[kind]();
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}.`));
