/** `rollout advance|rollback`, and what all writes of rollouts have. */
import { type Command, Option } from "commander";
import type { Rollout as RolloutMessage } from "../../gen/profileregistry/v1/rollout_service_pb.js";
import type { Environment } from "../config.js";
import type { RollbackKind } from "../domain/rollout.js";
import { shownRollout } from "../rpc/shown-rollouts.js";
import { addJson, addRegistryOption, positive } from "./arguments.js";
import { addTarget, withClients } from "./clients.js";
import { printJson } from "./print.js";
import { KIND_VALUES } from "./words.js";

export interface RolloutWriteFlags extends Record<string, unknown> {
  registry?: string;
  expectedVersion?: number;
  dryRun?: boolean;
  json?: boolean;
}

interface RollbackFlags extends RolloutWriteFlags {
  kind: RollbackKind;
  reason?: string;
}

export function addRolloutAdvance(group: Command, env: Environment): void {
  const command = group
    .command("advance")
    .description("Go on to the next stage, where every gate holds.")
    .argument("<MODE>", "processing mode");
  addTarget(addRolloutWrite(addRegistryOption(command)))
    .addHelpText(
      "after",
      `
The first stage needs contract and runtime on and a profile that can be read. What later ones need, "rollout report" shows.

Examples:
  $ profile-registry rollout advance fast --server http://127.0.0.1:8080
  $ profile-registry rollout advance fast --dry-run --server http://127.0.0.1:8080`,
    )
    .action(async (mode: string, flags: RolloutWriteFlags) => {
      const { registry = "", expectedVersion = 0, dryRun = false, json, ...options } = flags;
      const answer = await withClients(options, env, ({ rollouts }) =>
        rollouts.advanceRollout({ registry, mode, expectedVersion, validateOnly: dryRun }),
      );
      printWritten(answer, `went on to ${answer.rollout!.percentage} %`, { json, dryRun });
    });
}

export function addRolloutRollback(group: Command, env: Environment): void {
  const command = group
    .command("rollback")
    .description("Turn a mode back at once.")
    .argument("<MODE>", "processing mode");
  addRegistryOption(command)
    .addOption(
      new Option("--kind <KIND>", "soft: runtime, UI and percentage; hard: the contract too")
        .choices(Object.keys(KIND_VALUES))
        .makeOptionMandatory(),
    )
    .option("--reason <TEXT>", "why, for the log");
  addTarget(addRolloutWrite(command))
    .addHelpText(
      "after",
      `
It does not ask, and is never refused but for --expected-version. Cohort and stages are kept.

Examples:
  $ profile-registry rollout rollback fast --kind soft --reason "timeouts" --server http://127.0.0.1:8080
  $ profile-registry rollout rollback fast --kind hard --server http://127.0.0.1:8080`,
    )
    .action(async (mode: string, flags: RollbackFlags) => {
      const { registry = "", expectedVersion = 0, dryRun = false, json, kind, reason, ...options } = flags;
      const answer = await withClients(options, env, ({ rollouts }) =>
        rollouts.rollbackRollout({
          registry,
          mode,
          kind: KIND_VALUES[kind],
          reason: reason ?? "",
          expectedVersion,
          validateOnly: dryRun,
        }),
      );
      printWritten(answer, `turned back (${kind})`, { json, dryRun });
    });
}

export function addRolloutWrite(command: Command): Command {
  return addJson(
    command
      .option("--expected-version <N>", "refuse where this is not the rollout's version now", positive)
      .option("--dry-run", "check everything, store nothing"),
  );
}

export function printWritten(
  { rollout }: { rollout?: RolloutMessage },
  done: string,
  { json, dryRun }: { json: boolean | undefined; dryRun: boolean },
): void {
  const shown = shownRollout(rollout!);
  if (json) {
    printJson(shown);
    return;
  }
  const text = `${shown.registry}/${shown.mode}: ${done}, now version ${shown.version}`;
  process.stdout.write(dryRun ? `${text} (dry run: nothing was stored)\n` : `${text}\n`);
}
