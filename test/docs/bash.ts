/** Commands in bash, in one directory, with the built program on the path as `profile-registry`. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { text as readText } from "node:stream/consumers";
import { ROOT } from "./markdown.js";

export const PROGRAM = join(ROOT, "dist/src/main.js");

export interface Bash {
  /** What the commands print. Throws, with what they say on stderr, where one fails. */
  run(script: string, env?: Record<string, string>): Promise<string>;
  /** Ends what the commands have left running. */
  close(): void;
}

export function openBash(cwd: string): Bash {
  const tools = mkdtempSync(join(tmpdir(), "profile-registry-bin-"));
  symlinkSync(PROGRAM, join(tools, "profile-registry"));
  const PATH = [tools, process.env.PATH].join(delimiter);
  /** Each script has a process group of its own. */
  const groups: number[] = [];
  return {
    async run(script, env = {}) {
      if (script.trim() === "") return "";
      // Servers of a test may run in this process, so that the shell must not block it.
      const shell = spawn("bash", ["-euo", "pipefail", "-c", script], {
        cwd,
        env: { ...process.env, ...env, PATH },
        stdio: ["ignore", "pipe", "pipe"],
        detached: true,
        timeout: 20_000,
      });
      if (shell.pid !== undefined) groups.push(shell.pid);
      const [stdout, stderr, [code]] = await Promise.all([
        readText(shell.stdout),
        readText(shell.stderr),
        once(shell, "exit"),
      ]);
      if (code !== 0) throw new Error(`exit code ${code}: ${stderr}\n${script}`);
      return stdout.replaceAll("\r", "").trimEnd();
    },
    close() {
      for (const group of groups) end(group);
      rmSync(tools, { recursive: true });
    },
  };
}

function end(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch (error) {
    // Nobody is left in it.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
