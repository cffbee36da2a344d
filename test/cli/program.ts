/** Runs the built program as a user does (`npm test` builds it first). */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../dist/src/main.js", import.meta.url));

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  env?: Record<string, string>;
  cwd?: string;
}

/** Starts a command; `outcome` is there when it has ended. */
export function start(
  args: readonly string[],
  { env, cwd }: RunOptions = {},
): { child: ChildProcess; outcome: Promise<Outcome> } {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { PATH: process.env.PATH, NODE_ENV: "test", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const text = { stdout: "", stderr: "" };
  child.stdout?.on("data", (chunk) => {
    text.stdout += String(chunk);
  });
  child.stderr?.on("data", (chunk) => {
    text.stderr += String(chunk);
  });
  return {
    child,
    outcome: once(child, "close").then(([code]) => ({ code: code as number | null, ...text })),
  };
}

/** Runs a command to its end. */
export function run(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return start(args, options).outcome;
}

export interface Running {
  url: string;
  child: ChildProcess;
  /** What it has written when it has ended. */
  ended: Promise<Outcome>;
  stop(): Promise<Outcome>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** `serve` on a free port, once it listens. */
export async function serve(args: readonly string[] = [], options: RunOptions = {}): Promise<Running> {
  const { child, outcome } = start(["serve", "--port", "0", ...args], options);
  const url = await new Promise<string>((resolve, reject) => {
    let text = "";
    child.stdout?.on("data", (chunk) => {
      text += String(chunk);
      const found = /listening on (http:\/\/[\d.:]+)/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
    outcome.then(({ stderr }) => reject(new Error(`the server ended before it listened: ${stderr}`)), reject);
  });
  return {
    url,
    child,
    ended: outcome,
    stop() {
      child.kill("SIGTERM");
      return outcome;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await outcome;
    },
  };
}

export async function temporaryDirectory(): Promise<{ path: (name: string) => string } & AsyncDisposable> {
  const directory = await mkdtemp(join(tmpdir(), "profile-registry-"));
  return {
    path: (name) => join(directory, name),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

export const TEST_DATA = fileURLToPath(new URL("../data/", import.meta.url));
