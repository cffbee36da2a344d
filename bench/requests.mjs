/**
 * The requests of a row, made before anything is measured. A run of `#` in one is a number that differs in every request
 * (`conv_id`, as chats send it), of that many digits.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { create, toBinary } from "@bufbuild/protobuf";
import {
  BatchResolveProfilesRequestSchema,
  ResolveProfileRequestSchema,
} from "../dist/gen/profileregistry/v1/resolver_service_pb.js";
import { temporary } from "./processes.mjs";
import { slug } from "./profiles.mjs";

export const BATCH = 100;
const RESOLVE = "/profileregistry.v1.ResolverService/ResolveProfile";
const RESOLVE_BATCH = "/profileregistry.v1.ResolverService/BatchResolveProfiles";

const post = (path, type, body) => ({ method: "POST", path, type, body: Buffer.from(body) });
const get = (path) => ({ method: "GET", path });
const json = (members) => (key) =>
  post(RESOLVE, "application/json", JSON.stringify({ profile: slug(key), ...members }));
const encode = (schema, value) => toBinary(schema, create(schema, value));
const resolveBytes = (key) => encode(ResolveProfileRequestSchema, { profile: slug(key) });
const requestsOf = (keys) => ({ requests: keys.map((key) => ({ profile: slug(key) })) });
const batchBytes = (keys) => encode(BatchResolveProfilesRequestSchema, requestsOf(keys));

/** From a key (for batches: keys) to a request `{ method, path, type?, body? }`. */
export const KINDS = {
  json: json({}),
  proto: (key) => post(RESOLVE, "application/proto", resolveBytes(key)),
  grpc: (key) => post(RESOLVE, "application/grpc+proto", framed(resolveBytes(key))),
  conversations: json({ conv_id: "c-##########" }),
  rollout: json({ conv_id: "c-##########", processing: { mode: "fast" } }),
  // As a number: 0.0000 to 0.9999.
  overrides: (key) => {
    const settings = { "ai-chat": { temperature: "NUMBER" } };
    const request = json({ request_overrides: { step_settings_patch: settings } })(key);
    return { ...request, body: Buffer.from(String(request.body).replace('"NUMBER"', "0.####")) };
  },
  restResolve: (key) => get(`/api/chat/resolve/${slug(key)}`),
  restProfile: (key) => get(`/api/chat/profiles/${slug(key)}`),
  write: (key) => ({
    method: "PATCH",
    path: `/api/chat/profiles/${slug(key)}`,
    type: "application/json",
    body: Buffer.from('{"description":"write ##########"}'),
  }),
  batchJson: (keys) => post(RESOLVE_BATCH, "application/json", JSON.stringify(requestsOf(keys))),
  batchProto: (keys) => post(RESOLVE_BATCH, "application/proto", batchBytes(keys)),
  batchGrpc: (keys) => post(RESOLVE_BATCH, "application/grpc+proto", framed(batchBytes(keys))),
};

/** A message as gRPC sends it. */
export function framed(message) {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** A request with a number in the place of its `#`. */
export function numbered(request, number) {
  const hashes = hashesOf(request);
  if (hashes === "") return request;
  return {
    ...request,
    body: Buffer.from(String(request.body).replace(hashes, digits(number, hashes.length))),
  };
}

function hashesOf({ type, body }) {
  return type === "application/json" ? (/#+/.exec(String(body))?.[0] ?? "") : "";
}

let files = 0;

/** HTTP/1.1 requests for keys in this order, in the file that wrk.lua and open-loop.mjs read. */
export function writeRequests(kind, keys) {
  const path = temporary(`${kind}-${files++}.requests`);
  const places = new Map();
  const parts = [];
  let width = 0;
  for (const key of keys) {
    const id = String(key);
    if (places.has(id)) continue;
    places.set(id, places.size + 1);
    const request = KINDS[kind](key);
    const bytes = http1(request).latin1Slice();
    const hashes = hashesOf(request);
    const [head, tail] = hashes === "" ? [bytes, ""] : bytes.split(hashes);
    width = hashes.length;
    parts.push(`${head.length} ${tail.length}\n${head}${tail}\n`);
  }
  const order = keys.map((key) => places.get(String(key))).join("\n");
  const text = `${places.size} ${keys.length} ${width}\n${parts.join("")}${order}\n`;
  writeFileSync(path, text, "latin1");
  return path;
}

/** Reads such a file: a function that gives one request after the other, over and over, as Buffers. */
export function readRequests(path, from) {
  const text = readFileSync(path, "latin1");
  let at = 0;
  const numbers = () => {
    const end = text.indexOf("\n", at);
    const read = text.slice(at, end).split(" ").map(Number);
    at = end + 1;
    return read;
  };
  const [count, length, width] = numbers();
  const requests = Array.from({ length: count }, () => {
    const [head, tail] = numbers();
    const parts = [text.slice(at, at + head), text.slice(at + head, at + head + tail)];
    at += head + tail + 1;
    return width > 0 ? parts : Buffer.from(parts.join(""), "latin1");
  });
  const order = Array.from({ length }, () => numbers()[0] - 1);
  let number = from;
  let next = 0;
  return () => {
    const request = requests[order[next++ % length]];
    if (width === 0) return request;
    number += 1;
    return Buffer.from(request.join(digits(number, width)), "latin1");
  };
}

function digits(number, width) {
  return String(number % 10 ** width).padStart(width, "0");
}

function http1({ method, path, type, body = Buffer.alloc(0) }) {
  const headers = [`${method} ${path} HTTP/1.1`, "host: 127.0.0.1"];
  if (type !== undefined) headers.push(`content-type: ${type}`, `content-length: ${body.length}`);
  return Buffer.concat([Buffer.from(`${headers.join("\r\n")}\r\n\r\n`), body]);
}
