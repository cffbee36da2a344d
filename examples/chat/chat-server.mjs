/** The chat service: pages for the browser, turns for the model, and the registry's routes handed on under its own host. */
import { readFile } from "node:fs/promises";
import { createServer, request as send } from "node:http";
import { extname } from "node:path";
import { runEcho } from "./echo-model.mjs";
import { createReporter } from "./outcomes.mjs";
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

  const routes = {
    "POST /turn": async (request, response) => {
      const turn = await readJson(request);
      const resolved = await runtimes.resolve(turn, request.headers.cookie);
      if (resolved.refused) return answer(response, resolved.refused.status, resolved.refused);
      const { runtime, rebuilt, resolution } = resolved;
      const began = performance.now();
      const text = runEcho(runtime, String(turn.text ?? ""));
      outcomes.add(resolution, { latency_ms: performance.now() - began, success: true });
      answer(response, 200, { text, rebuilt, ...shown(resolution) });
    },
  };

  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://chat");
    const route = routes[`${request.method} ${pathname}`];
    const work = route
      ? route(request, response)
      : pathname.startsWith("/api/chat/")
        ? handOn(registry, request, response)
        : serveFile(pathname, response);
    work.catch((error) => answer(response, error.status ?? 500, { detail: error.message }));
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
async function handOn(registry, request, response) {
  const { hostname, port } = new URL(registry);
  const { method, url: path, headers } = request;
  const handed = send({ hostname, port, method, path, headers }, (answered) => {
    response.writeHead(answered.statusCode, answered.headers);
    answered.pipe(response);
  });
  handed.on("error", () => {
    if (!response.headersSent) answer(response, 502, { detail: "the profile registry cannot be reached" });
    else response.destroy();
  });
  response.on("close", () => handed.destroy());
  request.pipe(handed);
}

async function serveFile(pathname, response) {
  const name = pathname === "/" ? "index.html" : pathname.slice(1);
  const [base, file] = name.startsWith("modules/") ? [MODULES, name.slice("modules/".length)] : [PAGE, name];
  const type = TYPES[extname(file)];
  // Nothing outside of the two folders has such a name.
  if (type === undefined || !/^(?:[\w-]+\/)*[\w-]+\.\w+$/.test(file)) throw notFound();
  const content = await readFile(new URL(file, base)).catch(() => {
    throw notFound();
  });
  response.writeHead(200, {
    "content-type": `${type}; charset=utf-8`,
    "content-security-policy": "default-src 'self'",
    "cache-control": "no-cache",
  });
  response.end(content);
}

async function readJson(request) {
  let text = "";
  for await (const chunk of request) {
    text += chunk;
    if (text.length > MAX_TURN_BYTES)
      throw Object.assign(new Error("the turn is too large"), { status: 413 });
  }
  try {
    return JSON.parse(text);
  } catch {
    throw Object.assign(new Error("the turn is not JSON"), { status: 400 });
  }
}

function notFound() {
  return Object.assign(new Error("not found"), { status: 404 });
}

function answer(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
