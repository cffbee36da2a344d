/** Servers as processes of their own that tests may end at any moment, also before they listen. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../dist/src/main.js", import.meta.url));

export interface ServerProcess extends AsyncDisposable {
  /** Undefined where it ended before it listened. */
  listening: Promise<string | undefined>;
  /** What it wrote to stderr, and its last lines of log, when it has ended. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; output: string }>;
  signal(signal: "SIGKILL" | "SIGTERM"): void;
}

/** A line of log for every request is too much to keep. */
const KEPT_OUTPUT = 20_000;

export function startServer(file: string, seedFile: string): ServerProcess {
  const args = ["serve", "--port", "0", "--profile-registry-db", file, "--seed-file", seedFile];
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env.PATH, NODE_ENV: "test" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const keep = (chunk: unknown): void => {
    output = (output + String(chunk)).slice(-KEPT_OUTPUT);
  };
  const ended = once(child, "close").then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    output,
  }));
  const listening = new Promise<string | undefined>((resolve) => {
    let start = "";
    const look = (chunk: unknown): void => {
      start += String(chunk);
      const url = /listening on (http:\/\/[\d.:]+)/.exec(start)?.[1];
      if (url === undefined) return;
      child.stdout.off("data", look);
      resolve(url);
    };
    child.stdout.on("data", look).on("data", keep);
    child.stderr.on("data", keep);
    void ended.then(() => resolve(undefined));
  });
  return {
    listening,
    ended,
    signal: (signal) => child.kill(signal),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
