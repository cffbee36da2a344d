/** Commands of the guide, run as a reader would. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { ROOT } from "../docs/markdown.js";

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface ShellOptions {
  cwd?: string;
  /** Ends the command and everything that it started. */
  signal?: AbortSignal;
}

const ENVIRONMENT = {
  ...process.env,
  // The guide has the reader install buf; here it is a development dependency.
  PATH: [join(ROOT, "node_modules/.bin"), process.env.PATH].join(delimiter),
  // Some languages print in the locale's charset.
  LC_ALL: "C.UTF-8",
};

export async function shell(command: string, { cwd, signal }: ShellOptions = {}): Promise<Outcome> {
  signal?.throwIfAborted();
  const child = spawn("bash", ["-euo", "pipefail", "-c", command], {
    cwd,
    env: ENVIRONMENT,
    stdio: ["ignore", "pipe", "pipe"],
    // A process group of its own: build tools start processes that would outlive them.
    detached: true,
  });
  const text = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text.stdout += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    text.stderr += chunk;
  });
  const end = () => child.pid !== undefined && process.kill(-child.pid, "SIGKILL");
  signal?.addEventListener("abort", end);
  const [code] = await once(child, "close");
  signal?.removeEventListener("abort", end);
  signal?.throwIfAborted();
  // Debian's Maven writes escape sequences even where there is no terminal.
  const plain = (output: string) => stripVTControlCharacters(output).trimEnd();
  return { code: code as number | null, stdout: plain(text.stdout), stderr: plain(text.stderr) };
}
