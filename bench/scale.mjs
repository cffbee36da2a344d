/**
 * What a registry of many profiles costs: `npm run bench:scale`. Prints a table with the goals of docs/operations.md.
 * PROFILES sets the size (default 100,000), WRITES how many writes each median is taken from (default 300).
 *
 * An import into a file that another process serves; that process's resolves meanwhile; a start on the full file; a write to
 * a registry of 10 profiles and of all of them, in turns; the memory of a server while a client pages through all.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const PROFILES = Number(process.env.PROFILES ?? 100_000);
const WRITES = Number(process.env.WRITES ?? 300);
const MAIN = fileURLToPath(new URL("../dist/src/main.js", import.meta.url));

const directory = await mkdtemp(join(tmpdir(), "bench-scale-"));
const database = join(directory, "profiles.db");
const file = join(directory, "large.yaml");
const rows = [];
const row = (what, value, goal, met) => rows.push([what, value, goal, met ? "yes" : "NO"]);
const children = [];

try {
  const bytes = await writeFile(file);
  let server = await serve();
  const usual = p99(await resolves(server.url, () => false, 3_000));

  const importer = program(["import", file, "--yes", "--profile-registry-db", database]);
  let over = false;
  const imported = finished(importer).then((outcome) => {
    over = true;
    return outcome;
  });
  const meanwhile = p99(await resolves(server.url, () => over, 300_000));
  const { seconds, peakMiB } = await imported;
  const size = `${PROFILES.toLocaleString("en")} profiles, ${mib(bytes)} MiB of YAML`;
  row(`import of ${size}`, `${seconds.toFixed(1)} s`, "< 60 s", seconds < 60);
  row("  its peak memory", `${peakMiB.toFixed(0)} MiB`, "< 500 MB", peakMiB < 500e6 / 2 ** 20);
  const ratio = meanwhile / usual;
  row(
    "  p99 of another process's resolves, to their usual",
    `${meanwhile.toFixed(1)} ms / ${usual.toFixed(1)} ms = ${ratio.toFixed(2)}`,
    "≤ 3",
    ratio <= 3,
  );

  const { small, large } = await writes(server.url);
  row(
    "write to a registry of all, to one of 10 (medians)",
    `${large.toFixed(2)} ms / ${small.toFixed(2)} ms = ${(large / small).toFixed(2)}`,
    "≤ 1.5",
    large / small <= 1.5,
  );

  const before = memory(server.child.pid);
  const listed = await page(server.url);
  const grown = memory(server.child.pid) - before;
  row(
    `list of ${listed.count.toLocaleString("en")} profiles, page by page`,
    `${listed.seconds.toFixed(1)} s`,
    "whole",
    listed.count === PROFILES,
  );
  row("  memory that it adds to the server", `${grown.toFixed(0)} MiB`, "< 200 MiB", grown < 200);

  await stop(server);
  const started = performance.now();
  server = await serve();
  const ready = (performance.now() - started) / 1_000;
  row("start to ready", `${ready.toFixed(2)} s`, "< 2 s", ready < 2);
  await stop(server);

  print([["what", "measured", "goal", "met"], ...rows]);
  if (rows.some(([, , , met]) => met === "NO")) process.exitCode = 1;
} finally {
  for (const child of children) child.kill("SIGKILL");
  await rm(directory, { recursive: true, force: true });
}

/** Profiles as teams have them: a prompt, settings, a middleware with its config. */
async function writeFile(path) {
  const out = createWriteStream(path);
  out.write("registries:\n  large:\n    default_profile_slug: p-0\n    profiles:\n");
  for (let i = 0; i < PROFILES; i++) {
    const text = `      p-${i}:
        display_name: Profile ${i}
        runtime:
          system_prompt: |
            You are assistant number ${i}.
            ${"Answer briefly and cite what you read. ".repeat(4)}
          step_settings_patch:
            ai-chat: { ai-engine: gpt-${i % 7}, ai-max-response-tokens: ${i % 4000} }
          middlewares:
            - { name: agentmode, id: main, config: { default_mode: mode-${i % 5} } }
        metadata: { tags: [team-${i % 50}] }
`;
    if (!out.write(text)) await once(out, "drain");
  }
  out.end(`  small:\n    profiles:\n${Array.from({ length: 10 }, (_, i) => `      p-${i}: {}\n`).join("")}`);
  await once(out, "close");
  return out.bytesWritten;
}

function program(args) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  return child;
}

async function serve() {
  const child = program(["serve", "--port", "0", "--log-level", "info", "--profile-registry-db", database]);
  const url = await new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (chunk) => {
      text = (text + chunk).slice(-10_000);
      const found = /listening on (http:\/\/[\d.:]+)/.exec(text)?.[1];
      if (found) resolve(found);
    });
    child.once("exit", () => reject(new Error("the server ended before it listened")));
  });
  return { child, url };
}

async function stop({ child }) {
  child.kill("SIGTERM");
  await once(child, "exit");
}

/** How long a command took, and the most memory that it had. */
async function finished(child) {
  const start = performance.now();
  let peakMiB = 0;
  const timer = setInterval(() => {
    peakMiB = Math.max(peakMiB, memory(child.pid, "VmHWM"));
  }, 50);
  child.stdout.resume();
  const [code] = await once(child, "exit");
  clearInterval(timer);
  if (code !== 0) throw new Error(`the command ended with ${code}`);
  return { seconds: (performance.now() - start) / 1_000, peakMiB };
}

/** Of a process, in MiB; 0 when it is gone. */
function memory(pid, what = "VmRSS") {
  try {
    return (
      Number(new RegExp(`${what}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024
    );
  } catch {
    return 0;
  }
}

/** Latencies in ms, 200 a second from one client, as a chat service calls. */
async function resolves(url, over, forMs) {
  const latencies = [];
  const end = performance.now() + forMs;
  while (!over() && performance.now() < end) {
    const start = performance.now();
    const response = await fetch(`${url}/api/chat/resolve/agent`);
    await response.arrayBuffer();
    if (response.status !== 200) throw new Error(`a resolve was answered ${response.status}`);
    latencies.push(performance.now() - start);
    await sleep(5);
  }
  return latencies;
}

/** Medians in ms of writes to both registries, in turns, so that what disturbs one disturbs the other. */
async function writes(url) {
  const took = { small: [], large: [] };
  for (let i = 0; i < WRITES; i++) {
    for (const registry of ["small", "large"]) {
      const start = performance.now();
      const response = await fetch(`${url}/api/chat/profiles/p-${i % 10}?registry=${registry}`, {
        method: "PATCH",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ description: `write ${i}` }),
      });
      await response.arrayBuffer();
      if (response.status !== 200) throw new Error(`a write was answered ${response.status}`);
      took[registry].push(performance.now() - start);
    }
  }
  return { small: quantile(took.small, 0.5), large: quantile(took.large, 0.5) };
}

async function page(url) {
  const start = performance.now();
  let count = 0;
  for (let next = "/api/chat/profiles?registry=large&limit=1000"; next; ) {
    const response = await fetch(url + next);
    count += (await response.json()).length;
    next = /<([^>]+)>; rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
  }
  return { count, seconds: (performance.now() - start) / 1_000 };
}

function p99(latencies) {
  return quantile(latencies, 0.99);
}

function quantile(values, q) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}

function mib(bytes) {
  return (bytes / 2 ** 20).toFixed(0);
}

function print(table) {
  const widths = table[0].map((_, column) => Math.max(...table.map((cells) => cells[column].length)));
  for (const cells of table) console.log(cells.map((cell, i) => cell.padEnd(widths[i])).join("  "));
}
