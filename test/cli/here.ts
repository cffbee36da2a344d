/** Runs a command line in this process: what it prints and its exit code, without the start of a program. */
import { vi } from "vitest";
import { run } from "../../src/cli/program.js";
import type { Environment } from "../../src/config.js";
import type { Outcome } from "./program.js";

export async function runHere(args: readonly string[], env: Environment = {}): Promise<Outcome> {
  const text = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((chunk) => {
      text[name] += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
      return true;
    }),
  );
  try {
    return { code: await run(["node", "profile-registry", ...args], env), ...text };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** What a command prints with `--json`; fails where it prints anything else or is refused. */
export async function jsonOf(args: readonly string[]): Promise<unknown> {
  const { stdout, stderr } = await runHere([...args, "--json"]);
  if (stderr !== "") throw new TypeError(stderr);
  return JSON.parse(stdout);
}
