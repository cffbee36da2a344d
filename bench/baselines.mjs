/**
 * Servers that answer the bytes they are given, for comparison: bare node:http, bare node:http2, and the stock Connect
 * handler with a ready message. Run as a child: reads the answers from its first argument, prints its ports as JSON.
 */
import { readFileSync } from "node:fs";
import http from "node:http";
import http2 from "node:http2";
import { fromBinary } from "@bufbuild/protobuf";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import {
  ResolveProfileResponseSchema,
  ResolverService,
} from "../dist/gen/profileregistry/v1/resolver_service_pb.js";

const { json, proto } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const jsonBytes = Buffer.from(json, "base64");
const protoBytes = Buffer.from(proto, "base64");
const grpcFrame = Buffer.concat([Buffer.from([0]), Buffer.alloc(4), protoBytes]);
grpcFrame.writeUInt32BE(protoBytes.length, 1);

const message = fromBinary(ResolveProfileResponseSchema, protoBytes);
const connect = connectNodeAdapter({
  routes: (router) => router.service(ResolverService, { resolveProfile: () => message }),
});

const bareHttp1 = http.createServer((request, response) => {
  request
    .on("data", () => {})
    .on("end", () => {
      response.writeHead(200, { "content-type": "application/json", "content-length": jsonBytes.length });
      response.end(jsonBytes);
    });
});
const bareHttp2 = http2.createServer();
bareHttp2.on("stream", (stream) => {
  stream
    .on("data", () => {})
    .on("end", () => {
      stream.respond({ ":status": 200, "content-type": "application/grpc+proto" }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.end(grpcFrame);
    });
});

const listen = (server) =>
  new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server.address().port)));
console.log(
  JSON.stringify({
    bareHttp1: await listen(bareHttp1),
    bareHttp2: await listen(bareHttp2),
    stockHttp1: await listen(http.createServer(connect)),
    stockHttp2: await listen(http2.createServer(connect)),
  }),
);
