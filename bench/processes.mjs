/** The processes and files of a run. All of them go with it, also where it fails or is interrupted. */
import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../dist/src/main.js", import.meta.url));
const PACKAGE = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
/** Those of Node that `npm start` has. */
const START_FLAGS = PACKAGE.scripts.start.split(" ").filter((word) => word.startsWith("--"));
const children = new Set();
let directory;

process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL");
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(130));

/** A path in the directory of this run. */
export function temporary(name) {
  directory ??= mkdtempSync(join(tmpdir(), "bench-"));
  return join(directory, name);
}

export function installed(tool) {
  return spawnSync(tool, ["--version"]).error === undefined;
}

/** What a command prints, with these variables too. Throws where it fails. */
export function output(command, args, variables = {}) {
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 2 ** 28, env: { ...process.env, ...variables } };
    const child = execFile(command, args, options, (error, stdout, stderr) => {
      children.delete(child);
      if (error === null) resolve(stdout);
      else reject(new Error(`${command} ${args.join(" ").slice(0, 200)}: ${stderr || error.message}`));
    });
    children.add(child);
  });
}

export function program(...args) {
  return output(process.execPath, [MAIN, ...args]);
}

/** A file of this folder, run to its end with `input` as JSON: what it prints, as JSON. */
export async function task(file, input) {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return JSON.parse(await output(process.execPath, [path, JSON.stringify(input)]));
}

/** Starts a script and waits until it prints what `ready` finds. */
export async function start(args, ready) {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  children.add(child);
  child.once("exit", () => children.delete(child));
  const found = await new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (chunk) => {
      text = (text + chunk).slice(-10_000);
      const match = ready.exec(text)?.[1];
      if (match !== undefined) resolve(match);
    });
    child.once("exit", () => reject(new Error(`${args[0]} ended before it was ready`)));
  });
  return { child, found };
}

/** The service on a database file: `{ url, pid, startMs, stop }`. It is ready when `/readyz` answers 200. */
export async function serve(database) {
  const began = performance.now();
  const args = [...START_FLAGS, MAIN, "serve", "--port", "0", "--profile-registry-db", database];
  const { child, found: url } = await start(args, /listening on (http:\/\/[\d.:]+)/);
  while (!(await fetch(`${url}/readyz`)).ok);
  const startMs = performance.now() - began;
  const stop = async () => {
    child.kill("SIGTERM");
    await once(child, "exit");
  };
  return { url, pid: child.pid, startMs, stop };
}

/** Memory of a process in bytes: `VmRSS` now, `VmHWM` at most. Linux. */
export function memory(pid, what) {
  const [, kB] = new RegExp(`${what}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(kB) * 1024;
}

/** Processor time that a process and its threads have had, in µs. Linux, which counts it in hundredths of a second. */
export function processorMicros(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** What is going on, for those who wait. */
export function progress(text) {
  console.error(`${new Date().toISOString().slice(11, 19)} ${text}`);
}
