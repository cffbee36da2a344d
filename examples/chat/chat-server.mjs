/** The chat service: pages for the browser, turns for the model, and the registry's routes handed on under its own host. */
import { readFile } from "node:fs/promises";
import { createServer, request as send } from "node:http";
import { extname } from "node:path";
import { pipeline } from "node:stream";
import { runEcho } from "./echo-model.mjs";
import { createReporter } from "./outcomes.mjs";
import { refusal, UNREACHABLE } from "./refusal.mjs";
import { createRuntimes } from "./runtimes.mjs";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const PAGE = new URL("page/", import.meta.url);
/** The browser modules of the package, as `npm run build` makes them. */
const MODULES = new URL("../../dist/web/", import.meta.url);
const MAX_TURN_BYTES = 64 * 1024;

/** `registry`: the base URL of a profile registry. */
export function createChatServer({ registry }) {
  const runtimes = createRuntimes({ registry });
  const outcomes = createReporter({ registry });

  const takeTurn = async (request, response) => {
    const turn = await readTurn(request);
    const { runtime, rebuilt, resolution } = await runtimes.resolve(turn, request.headers.cookie);
    const began = performance.now();
    const text = runEcho(runtime, turn.text);
    outcomes.add(resolution, { latency_ms: performance.now() - began, success: true });
    answer(response, 200, { text, rebuilt, ...shown(resolution) });
  };

  const respond = async (request, response) => {
    const [path] = request.url.split("?", 1);
    if (path.startsWith("/api/chat/")) handOn(registry, request, response);
    else if (path === "/turn" && request.method === "POST") await takeTurn(request, response);
    else await serveFile(path === "/" ? "index.html" : path.slice(1), response);
  };

  const server = createServer((request, response) => {
    respond(request, response).catch(({ status = 500, message }) =>
      answer(response, status, { detail: message }),
    );
  });
  return {
    server,
    async close() {
      server.close();
      server.closeIdleConnections();
      await outcomes.flush();
    },
  };
}

/** What the page shows of a turn: never a prompt or a setting. */
function shown({ profile, profile_version, registry, fingerprint, processing }) {
  return { profile, profile_version, registry, fingerprint, processing };
}

/**
 * The registry sees the browser's own host, so that its cookie belongs to this one, and its pages' writes count as its own.
 */
function handOn(registry, request, response) {
  const { method, url, headers } = request;
  const { protocol, hostname, port } = new URL(registry);
  const handed = send({ protocol, hostname, port, method, path: url, headers }, (answered) => {
    response.writeHead(answered.statusCode, answered.headers);
    pipeline(answered, response, () => {});
  });
  handed.on("error", () => {
    if (response.headersSent) response.destroy();
    else answer(response, 502, { detail: UNREACHABLE });
  });
  response.on("close", () => handed.destroy());
  request.pipe(handed);
}

async function serveFile(name, response) {
  const [base, file] = name.startsWith("modules/") ? [MODULES, name.slice("modules/".length)] : [PAGE, name];
  const type = TYPES[extname(file)];
  // Nothing outside of the two folders has such a name.
  if (type === undefined || !/^(?:[\w-]+\/)*[\w-]+\.\w+$/.test(file)) throw refusal(404, "not found");
  const content = await readFile(new URL(file, base)).catch(() => {
    throw refusal(404, "not found");
  });
  response.writeHead(200, {
    "content-type": `${type}; charset=utf-8`,
    "content-security-policy": "default-src 'self'",
    "cache-control": "no-cache",
  });
  response.end(content);
}

/** `conversation` and `text`, and what the selection of the page adds to them. */
async function readTurn(request) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    // Read to its end all the same: who is cut off while sending does not read the answer.
    if (bytes <= MAX_TURN_BYTES) chunks.push(chunk);
  }
  if (bytes > MAX_TURN_BYTES) throw refusal(413, "the turn is too large");
  let turn;
  try {
    turn = JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw refusal(400, "the turn is not JSON");
  }
  if (typeof turn?.conversation !== "string" || typeof turn.text !== "string")
    throw refusal(400, "a turn needs a conversation and a text");
  return turn;
}

function answer(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
