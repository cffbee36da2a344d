/** Load generators: wrk and h2load where they are installed, else small drivers on Node's own clients. All bounded in time. */
import { execFile, spawnSync } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { connect } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const installed = (tool) => spawnSync(tool, ["--version"]).error === undefined;

export const TOOLS = {
  http1: installed("wrk") ? "wrk" : "node:http",
  http2: installed("h2load") ? "h2load" : "node:http2",
};

/** A request: `{ url, method, headers, body? }`. Requests per second over `seconds`, on `connections` connections. */
export function requestRate(request, { http, seconds, connections }) {
  const drivers = {
    1: { wrk, "node:http": http1Driver },
    2: { h2load, "node:http2": http2Driver },
  };
  const tool = http === 1 ? TOOLS.http1 : TOOLS.http2;
  return drivers[http][tool](request, seconds, connections);
}

async function wrk({ url, method, headers, body }, seconds, connections) {
  const script = join(tmpdir(), `bench-${process.pid}.lua`);
  const lines = Object.entries(headers).map(
    ([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`,
  );
  const bytes =
    body === undefined
      ? "nil"
      : `"${[...body].map((byte) => `\\${String(byte).padStart(3, "0")}`).join("")}"`;
  await writeFile(
    script,
    [`wrk.method = ${JSON.stringify(method)}`, `wrk.body = ${bytes}`, ...lines].join("\n"),
  );
  const { stdout } = await run("wrk", ["-t1", `-c${connections}`, `-d${seconds}s`, "-s", script, url]);
  await rm(script);
  if (/Non-2xx/.test(stdout)) throw new Error(`${url} answered with errors:\n${stdout}`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]);
}

async function http1Driver({ url, method, headers, body }, seconds, connections) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const send = () =>
    new Promise((resolve, reject) => {
      const call = request(url, { agent, method, headers }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`));
        response.on("end", resolve).resume();
      });
      call.on("error", reject).end(body);
    });
  const rate = await repeat(send, seconds, connections);
  agent.destroy();
  return rate;
}

async function h2load({ url, headers, body }, seconds, connections) {
  const file = join(tmpdir(), `bench-${process.pid}.body`);
  await writeFile(file, body);
  const streams = 16;
  const flags = Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const sessions = Math.max(1, Math.round(connections / streams));
  const { stdout } = await run("h2load", [
    "-D",
    String(seconds),
    "-c",
    String(sessions),
    "-m",
    String(streams),
    "-d",
    file,
    ...flags,
    url,
  ]);
  await rm(file);
  if (!/ 0 failed, 0 errored/.test(stdout)) throw new Error(`${url} answered with errors:\n${stdout}`);
  return Number(/finished in [\d.]+m?s, ([\d.]+) req\/s/.exec(stdout)[1]);
}

async function http2Driver({ url, method, headers, body }, seconds, connections) {
  const { origin, pathname } = new URL(url);
  const session = connect(origin);
  const send = () =>
    new Promise((resolve, reject) => {
      const stream = session.request({ ":method": method, ":path": pathname, ...headers });
      stream.on("error", reject).on("end", resolve).resume();
      stream.end(body);
    });
  const rate = await repeat(send, seconds, connections);
  session.close();
  return rate;
}

async function repeat(send, seconds, lanes) {
  const end = performance.now() + seconds * 1000;
  let done = 0;
  const lane = async () => {
    while (performance.now() < end) {
      await send();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return done / seconds;
}
