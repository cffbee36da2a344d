/** `rollout …`: turning processing modes on, part by part, watching them, and turning them back (spec 5.5, 6.4). */
import type { Command } from "commander";
import type { Environment } from "../config.js";
import { addRolloutParity } from "./rollout-parity.js";
import { addRolloutReport } from "./rollout-report.js";
import { addRolloutSet } from "./rollout-set.js";
import { addRolloutStatus } from "./rollout-status.js";
import { addRolloutAdvance, addRolloutRollback } from "./rollout-steps.js";

export function addRollout(program: Command, env: Environment): void {
  const group = program
    .command("rollout")
    .description("Turn processing modes on, part by part, watch them, and turn them back.")
    .addHelpText(
      "after",
      `
Examples:
  $ profile-registry rollout status --server http://127.0.0.1:8080
  $ profile-registry rollout set fast --contract on --server http://127.0.0.1:8080
  $ profile-registry rollout rollback fast --kind soft --server http://127.0.0.1:8080`,
    );
  addRolloutStatus(group, env);
  addRolloutSet(group, env);
  addRolloutAdvance(group, env);
  addRolloutRollback(group, env);
  addRolloutReport(group, env);
  addRolloutParity(group);
}
