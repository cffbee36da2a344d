/**
 * Requests per second that a server answers: wrk and h2load where they are installed, else drivers on Node's own clients. All
 * bounded in time; any answer that is none ends the run.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { installed, output, task, temporary } from "./processes.mjs";

export const TOOLS = {
  http1: installed("wrk") ? "wrk" : "node:net",
  http2: installed("h2load") ? "h2load" : "node:http2",
};

/** Requests of a file of requests.mjs, in its order, on `connections` connections; `from` is the first number in one. */
export function http1Rate({ url, file, from, seconds, connections }) {
  return TOOLS.http1 === "wrk"
    ? wrk(url, file, from, seconds, connections)
    : task("closed-loop.mjs", { url, file, from, seconds, connections });
}

/** gRPC requests, `streams` of each at once on a connection of its own: h2load sends one body over and over. */
export async function http2Rate({ url, requests, seconds, streams }) {
  const rates = await Promise.all(
    requests.map((request, i) =>
      TOOLS.http2 === "h2load"
        ? h2load(url, request, ["-D", seconds, "-m", streams], `rate-${i}`).then(({ rate }) => rate)
        : task("closed-loop.mjs", { url, ...grpc(request), seconds, connections: streams }),
    ),
  );
  return rates.reduce((sum, rate) => sum + rate);
}

/** Throws unless the call is answered well: h2load does not look at `grpc-status`. */
export async function checkGrpc(url, request) {
  await task("closed-loop.mjs", { url, ...grpc(request), count: 1, connections: 1 });
}

async function wrk(url, file, from, seconds, connections) {
  const script = fileURLToPath(new URL("wrk.lua", import.meta.url));
  const flags = ["-t1", `-c${connections}`, `-d${seconds}s`, "--timeout", "10s", "-s", script];
  const text = await output("wrk", [...flags, url, "--", file, String(from)]);
  if (/Non-2xx|Socket errors/.test(text)) throw new Error(`${url} answered with errors:\n${text}`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(text)[1]);
}

/** One h2load on one connection. With `--log-file` in the flags it also writes how long each request took. */
export async function h2load(url, request, flags, name) {
  const file = temporary(`${name}.body`);
  writeFileSync(file, request.body);
  const headers = ["-H", `content-type: ${request.type}`, "-H", "te: trailers"];
  const args = ["-c", 1, ...flags, "-d", file, ...headers, url + request.path].map(String);
  const text = await output("h2load", args);
  if (!/ 0 failed, 0 errored/.test(text)) throw new Error(`${url} answered with errors:\n${text}`);
  return { rate: Number(/finished in [\d.]+m?s, ([\d.]+) req\/s/.exec(text)[1]) };
}

function grpc({ path, type, body }) {
  return { path, type, body: body.toString("base64") };
}
