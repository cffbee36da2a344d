/** `check`: a smoke test of a running server, for after a deploy (spec 6.4). */
import { styleText } from "node:util";
import type { Command } from "commander";
import type { Environment } from "../config.js";
import { createAsk } from "./check-rest.js";
import { READINESS, READS, RESOLVE_READ_ONLY, type Step, writingSteps } from "./check-steps.js";
import { failureText } from "./failure.js";
import { interruption } from "./interrupt.js";
import { printJson } from "./print.js";
import { oneLine } from "./table.js";
import { parseServer } from "./target.js";

const DEFAULT_SERVER = "http://127.0.0.1:8080";

interface CheckFlags {
  server?: string;
  readOnly?: boolean;
  json?: boolean;
}

interface Outcome {
  name: string;
  ok: boolean;
  reason?: string;
}

export function addCheck(program: Command, env: Environment): void {
  program
    .command("check")
    .description("Try a running server out, step by step, as after a deploy.")
    .option("--server <URL>", `server to check (PROFILE_REGISTRY_SERVER, default ${DEFAULT_SERVER})`)
    .option("--read-only", "send nothing that writes")
    .option("--json", "print the outcome as JSON")
    .addHelpText(
      "after",
      `
It prints a line for each step, and exits with 1 where one fails. What it writes goes to a registry of its own, named
check-…, which it deletes in the end, also where a step fails.

Examples:
  $ profile-registry check
  $ profile-registry check --server https://profiles.example.org --read-only
  $ profile-registry check --server http://127.0.0.1:8080 --json`,
    )
    .action(async ({ server, readOnly = false, json = false }: CheckFlags) => {
      const url = parseServer(server ?? (env.PROFILE_REGISTRY_SERVER?.trim() || DEFAULT_SERVER));
      const outcomes = await check(url, readOnly, json ? () => {} : printOutcome);
      const failed = outcomes.filter(({ ok }) => !ok).length;
      if (json) printJson({ server: url.origin, ok: failed === 0, steps: outcomes });
      if (failed > 0) throw new Error(`${failed} of ${outcomes.length} steps failed`);
    });
}

/** A server that is not ready is asked nothing more. An interruption keeps no step from being taken back. */
async function check(url: URL, readOnly: boolean, tell: (outcome: Outcome) => void): Promise<Outcome[]> {
  using interrupted = interruption();
  const ask = createAsk(url);
  const outcomes: Outcome[] = [];
  const take = async ({ name, run }: Step): Promise<boolean> => {
    const outcome = await run(ask).then(
      (): Outcome => ({ name, ok: true }),
      (error: unknown): Outcome => ({ name, ok: false, reason: oneLine(failureText(error)) }),
    );
    outcomes.push(outcome);
    tell(outcome);
    return outcome.ok;
  };
  const takeAll = async (steps: readonly Step[]): Promise<void> => {
    for (const step of steps) {
      interrupted.signal.throwIfAborted();
      await take(step);
    }
  };
  if (!(await take(READINESS))) return outcomes;
  await takeAll(READS);
  if (readOnly) {
    await takeAll([RESOLVE_READ_ONLY]);
    return outcomes;
  }
  const { steps, cleanUp } = writingSteps();
  try {
    await takeAll(steps);
  } finally {
    await take(cleanUp);
  }
  return outcomes;
}

function printOutcome({ name, ok, reason }: Outcome): void {
  const line = ok
    ? `${styleText("green", "ok")} ${name}`
    : `${styleText("red", "FAILED")} ${name}: ${reason}`;
  process.stdout.write(`${line}\n`);
}
