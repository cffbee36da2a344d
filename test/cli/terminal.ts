/** The program on a terminal, as `script` of util-linux makes one. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../dist/src/main.js", import.meta.url));

export const hasTerminals = /util-linux/.test(spawnSync("script", ["--version"]).stdout?.toString() ?? "");

/** Runs a command to its end; types `answer` once it asks. Output is what the terminal, of 80 columns, shows. */
export async function runOnTerminal(
  args: readonly string[],
  answer = "",
  env: Record<string, string> = {},
): Promise<{ code: number | null; output: string }> {
  const command = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(" ");
  const child = spawn(
    "script",
    ["--quiet", "--return", "--command", `stty columns 80; ${command}`, "/dev/null"],
    {
      env: { PATH: process.env.PATH, NODE_ENV: "test", TERM: "xterm", ...env },
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += String(chunk);
    if (output.includes("[y/N]")) child.stdin.end(`${answer}\n`);
  });
  const [code] = await once(child, "close");
  return { code: code as number | null, output };
}
