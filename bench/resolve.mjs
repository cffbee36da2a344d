/**
 * How fast a resolve is, beside servers that answer the same bytes without doing anything: `npm run bench`.
 * Rounds are interleaved and medians compared, since machines are noisy. ROUNDS, SECONDS and CONNECTIONS set the size.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { create, toBinary } from "@bufbuild/protobuf";
import { ResolveProfileRequestSchema } from "../dist/gen/profileregistry/v1/resolver_service_pb.js";
import { requestRate, TOOLS } from "./load.mjs";

const ROUNDS = Number(process.env.ROUNDS ?? 3);
const SECONDS = Number(process.env.SECONDS ?? 3);
const CONNECTIONS = Number(process.env.CONNECTIONS ?? 32);
const METHOD = "/profileregistry.v1.ResolverService/ResolveProfile";
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const children = [];
const directory = await mkdtemp(join(tmpdir(), "bench-"));
try {
  const service = await start(
    [
      here("../dist/src/main.js"),
      "serve",
      "--port",
      "0",
      "--profile-registry-db",
      join(directory, "profiles.db"),
      "--seed-file",
      here("../test/data/registries.yaml"),
    ],
    /listening on (http:\/\/[\d.:]+)/,
  );
  const call = {
    url: service + METHOD,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: Buffer.from('{"profile":"analyst"}'),
  };
  const json = await answer(call);
  const protoRequest = Buffer.from(
    toBinary(ResolveProfileRequestSchema, create(ResolveProfileRequestSchema, { profile: "analyst" })),
  );
  const protoCall = { ...call, headers: { "content-type": "application/proto" }, body: protoRequest };
  const proto = await answer(protoCall);
  const answers = join(directory, "answers.json");
  await writeFile(
    answers,
    JSON.stringify({ json: json.toString("base64"), proto: proto.toString("base64") }),
  );
  const ports = JSON.parse(await start([here("baselines.mjs"), answers], /^(\{.*\})$/m));

  const at = (port) => `http://127.0.0.1:${port}${METHOD}`;
  const frame = Buffer.concat([Buffer.alloc(5), protoRequest]);
  frame.writeUInt32BE(protoRequest.length, 1);
  const grpc = {
    method: "POST",
    headers: { "content-type": "application/grpc+proto", te: "trailers" },
    body: frame,
  };
  const get = (path) => ({ url: service + path, method: "GET", headers: {} });
  const rows = [
    { name: "bare node:http", http: 1, request: { ...call, url: at(ports.bareHttp1) } },
    {
      name: "stock Connect handler, JSON",
      http: 1,
      base: 0,
      request: { ...call, url: at(ports.stockHttp1) },
    },
    { name: "resolve, Connect JSON", http: 1, base: 0, request: call },
    { name: "resolve, Connect proto", http: 1, base: 0, request: protoCall },
    { name: "resolve, REST GET", http: 1, base: 0, request: get("/api/chat/resolve/analyst") },
    { name: "profile, REST GET", http: 1, base: 0, request: get("/api/chat/profiles/analyst") },
    { name: "bare node:http2", http: 2, request: { ...grpc, url: at(ports.bareHttp2) } },
    {
      name: "stock Connect handler, gRPC",
      http: 2,
      base: 6,
      request: { ...grpc, url: at(ports.stockHttp2) },
    },
    { name: "resolve, gRPC", http: 2, base: 6, request: { ...grpc, url: service + METHOD } },
  ].map((row) => ({ ...row, rates: [] }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const row of rows) {
      row.rates.push(
        await requestRate(row.request, { http: row.http, seconds: SECONDS, connections: CONNECTIONS }),
      );
    }
  }
  print(rows, json.length);
} finally {
  for (const child of children) child.kill("SIGKILL");
  await rm(directory, { recursive: true, force: true });
}

function start(args, ready) {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += String(chunk);
      const found = ready.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.on("exit", () => reject(new Error(`${args[0]} ended before it was ready`)));
  });
}

async function answer({ url, method, headers, body }) {
  const response = await fetch(url, { method, headers, body });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return Buffer.from(await response.arrayBuffer());
}

function print(rows, bytes) {
  const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
  const rates = rows.map((row) => median(row.rates));
  console.log(
    `answer of ${bytes} bytes; ${ROUNDS} interleaved rounds of ${SECONDS} s, ${CONNECTIONS} in flight; ${TOOLS.http1} and ${TOOLS.http2}`,
  );
  console.log(`${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}\n`);
  console.log("| what | requests/s (median) | of the bare server |\n|---|---:|---:|");
  rows.forEach(({ name, base }, i) => {
    const share = base === undefined ? "1" : (rates[i] / rates[base]).toFixed(2);
    console.log(`| ${name} | ${Math.round(rates[i]).toLocaleString("en")} | ${share} |`);
  });
}
