/**
 * What is measured, by name, as `WHERE KIND`. WHERE is a service (of `profiles`, `small`, `large`, or `cold`: large, and never
 * asked before) or a kind of baselines.mjs, KIND one of requests.mjs. Each has a process and a file of its own, so that no row is
 * served from what another one left in caches.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { checkGrpc, http1Rate, http2Rate } from "./load.mjs";
import { start, task, temporary } from "./processes.mjs";
import { service } from "./profiles.mjs";
import { BATCH, KINDS, numbered, writeRequests } from "./requests.mjs";
import { CONNECTIONS, LARGE, PROFILES, ROUNDS, SECONDS, SMALL, UNCOUNTED } from "./settings.mjs";
import { shuffled, zipf } from "./zipf.mjs";

const SIZES = { profiles: PROFILES, small: SMALL, large: LARGE, cold: LARGE };
const PROCESSES = 4;
const DRAWS = 50_000;
const targets = new Map();
const baselines = new Map();

/** `{ url, pid, rate(round) }`, warmed; with the `file` of its requests, or gRPC `requests(round)`. */
export function target(name) {
  if (!targets.has(name)) targets.set(name, open(...name.split(" ")));
  return targets.get(name);
}

async function open(where, kind) {
  if (where === "cold") return openCold();
  const size = SIZES[where];
  const server = size === undefined ? await baseline(where, kind) : await service(size, kind);
  if (size !== undefined) await warm(server.url, size, kind);
  const keys = keysOf(kind, size ?? PROFILES);
  const isGrpc = /grpc$/i.test(kind);
  if (isGrpc) await checkGrpc(server.url, KINDS[kind](keys[0]));
  return { ...server, ...(isGrpc ? http2Load : http1Load)(server.url, kind, keys) };
}

function http1Load(url, kind, keys) {
  const file = writeRequests(kind, keys);
  const rate = async (round) => {
    const from = round * 100_000_000;
    const requests = await http1Rate({ url, file, from, seconds: SECONDS, connections: inFlight(kind) });
    return requests * answersOf(kind);
  };
  return { file, rate };
}

/** Every round other keys, drawn as the others are. */
function http2Load(url, kind, keys) {
  const requests = (round) =>
    Array.from({ length: PROCESSES }, (_, i) => KINDS[kind](keys[round * PROCESSES + i]));
  const rate = async (round) => {
    const streams = Math.ceil(inFlight(kind) / PROCESSES);
    const calls = await http2Rate({ url, requests: requests(round), seconds: SECONDS, streams });
    return calls * answersOf(kind);
  };
  return { requests, rate };
}

/** A server that is asked for each key once; each round has keys of its own. */
async function openCold() {
  const server = await service(LARGE, "cold");
  const keys = shuffled(LARGE, 3);
  const share = Math.floor(keys.length / (UNCOUNTED + ROUNDS));
  const rate = (round) => {
    const some = keys.slice(round * share, (round + 1) * share);
    const file = writeRequests("json", some);
    return http1Rate({ url: server.url, file, from: 0, seconds: SECONDS, connections: CONNECTIONS });
  };
  return { ...server, rate };
}

/** Asks for every key once, so that the steady state is measured. */
async function warm(url, size, kind) {
  const single = { batchJson: "json", batchGrpc: "proto", grpc: "proto" }[kind] ?? kind;
  const file = writeRequests(single, shuffled(size, 2));
  await task("closed-loop.mjs", { url, file, from: 0, count: size, connections: CONNECTIONS });
}

function keysOf(kind, size) {
  const keys = zipf(size, DRAWS, 7);
  if (!kind.startsWith("batch")) return keys;
  return Array.from({ length: 200 }, (_, i) => keys.slice(i * BATCH, (i + 1) * BATCH));
}

/** A batch keeps the service busy for long. */
function inFlight(kind) {
  return kind.startsWith("batch") ? 4 : CONNECTIONS;
}

function answersOf(kind) {
  return kind.startsWith("batch") ? BATCH : 1;
}

/** A server that sends what the service answers to requests of this kind. */
function baseline(server, kind) {
  const name = `${server}-${kind}`;
  if (!baselines.has(name)) baselines.set(name, startBaseline(server, kind));
  return baselines.get(name);
}

async function startBaseline(server, kind) {
  const { url } = await service(PROFILES, kind);
  const asked = server.startsWith("stock") || kind === "grpc" ? "proto" : kind;
  const keys = [0, PROFILES >> 1, PROFILES - 1];
  const answers = await Promise.all(keys.map((key) => answerTo(url, numbered(KINDS[asked](key), 0))));
  const [{ type, bytes }] = answers;
  // With a number in the request, or a mode, answers differ a little.
  if (kind !== "rollout" && answers.some((one) => one.bytes.length !== bytes.length)) {
    throw new Error(`answers to ${kind} are not of one length`);
  }
  const path = KINDS[asked](0).path.replace(/p-\d+$/, ":slug");
  const given = {
    path,
    type: kind === "grpc" ? "application/grpc+proto" : type,
    answer: bytes.toString("base64"),
  };
  const file = temporary(`${server}-${kind}.json`);
  writeFileSync(file, JSON.stringify(given));
  const script = fileURLToPath(new URL("baselines.mjs", import.meta.url));
  const { child, found } = await start([script, server, file], /port (\d+)\./);
  return { url: `http://127.0.0.1:${found}`, pid: child.pid };
}

async function answerTo(url, { method, path, type, body }) {
  const headers = type === undefined ? {} : { "content-type": type };
  const response = await fetch(url + path, { method, headers, body });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return { type: response.headers.get("content-type"), bytes: Buffer.from(await response.arrayBuffer()) };
}
