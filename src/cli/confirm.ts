/** Asking before something that is hard to take back. */
import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { UsageError } from "./failure.js";

/** Whether the person at the terminal says yes. Throws UsageError where there is no terminal to ask on. */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError("there is no terminal to ask on: give --yes");
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl-D closes it without an answer, Ctrl-C rejects: neither is one to go on with.
  const left = once(terminal, "close").then(() => undefined);
  const asked = terminal.question(`${question} [y/N] `).catch(() => undefined);
  try {
    const answer = await Promise.race([asked, left]);
    if (answer === undefined) process.stderr.write("\n");
    return /^y(es)?$/i.test(answer?.trim() ?? "");
  } finally {
    terminal.close();
  }
}
