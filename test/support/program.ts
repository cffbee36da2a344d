/** The program itself, as `npm run build` has made it, in a process of its own. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../dist/src/main.js", import.meta.url));

export interface RunningProgram {
  url: string;
  stop(): Promise<void>;
}

/** Runs `serve` on a free port; resolves once it listens. */
export async function startProgram(...flags: string[]): Promise<RunningProgram> {
  const server = spawn(process.execPath, [MAIN, "serve", "--port", "0", ...flags], {
    env: {},
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const stop = async () => {
    server.kill("SIGTERM");
    await ended;
  };
  let said = "";
  server.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  for await (const line of createInterface(server.stdout)) {
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
    if (url !== undefined) {
      server.stdout.resume();
      return { url, stop };
    }
  }
  throw new Error(`the program ended before it listened: ${said}`);
}
