/** `rollout set`: replaces members of a rollout. */
import type { MessageInitShape } from "@bufbuild/protobuf";
import { type Command, InvalidArgumentError, Option } from "commander";
import type {
  RolloutSchema,
  RolloutThresholdsSchema,
} from "../../gen/profileregistry/v1/rollout_service_pb.js";
import type { Environment } from "../config.js";
import { defined } from "../domain/parse-document.js";
import type { RolloutThresholds } from "../domain/rollout.js";
import { addRegistryOption } from "./arguments.js";
import { addTarget, withClients } from "./clients.js";
import { UsageError } from "./failure.js";
import { addRolloutWrite, printWritten, type RolloutWriteFlags } from "./rollout-steps.js";

interface SetFlags extends RolloutWriteFlags {
  percentage?: number;
  contract?: Switch;
  runtime?: Switch;
  ui?: Switch;
  cloudEnforced?: Switch;
  cohort?: string[];
  stages?: number[];
  threshold?: string[];
  autoRollback?: Switch;
  salt?: string;
  force?: boolean;
  reason?: string;
}

const SWITCH = ["on", "off"] as const;
type Switch = (typeof SWITCH)[number];

export function addRolloutSet(group: Command, env: Environment): void {
  const command = group
    .command("set")
    .description("Replace members of a rollout. Others stay as they are.")
    .argument("<MODE>", "processing mode");
  addRegistryOption(command)
    .option("--percentage <N>", "share of keys that are inside: 0 to 100", number)
    .addOption(switchOption("contract", "requests for the mode are checked and echoed"))
    .addOption(switchOption("runtime", "the mode is applied inside the rollout; needs the contract"))
    .addOption(switchOption("ui", "browsers may show the mode; needs the runtime"))
    .addOption(switchOption("cloud-enforced", "the cloud path fails where the mode's profile is missing"))
    .option("--cohort <KEY...>", 'keys and conversations that are always inside; "" for none')
    .option("--stages <N,N,…>", "percentages that advance goes through, rising", numbers)
    .option("--threshold <NAME=VALUE...>", `limit of the gates: ${Object.keys(THRESHOLDS).join(", ")}`)
    .addOption(switchOption("auto-rollback", "the service turns the mode back by itself"))
    .option("--salt <TEXT>", "what keys are hashed with; another one moves every key")
    .option("--force", "do what the gates refuse; needs --reason")
    .option("--reason <TEXT>", "why, for the log");
  addTarget(addRolloutWrite(command))
    .addHelpText(
      "after",
      `
Turning flags off and the percentage down is never refused.

Examples:
  $ profile-registry rollout set fast --contract on --server http://127.0.0.1:8080
  $ profile-registry rollout set fast --runtime on --cohort user-7 user-8 --server http://127.0.0.1:8080
  $ profile-registry rollout set fast --threshold min_samples=50 --auto-rollback on --server http://127.0.0.1:8080
  $ profile-registry rollout set fast --percentage 50 --force --reason "load test" --server http://127.0.0.1:8080`,
    )
    .action(async (mode: string, flags: SetFlags) => {
      const { registry = "", expectedVersion = 0, dryRun = false, json, force, reason, ...options } = flags;
      const { rollout, paths } = changesOf(flags);
      if (paths.length === 0) throw new UsageError("nothing is set: say what");
      const answer = await withClients(options, env, ({ rollouts }) =>
        rollouts.updateRollout({
          rollout: { ...rollout, registry, mode },
          updateMask: { paths },
          expectedVersion,
          force: force ?? false,
          reason: reason ?? "",
          validateOnly: dryRun,
        }),
      );
      printWritten(answer, "set", { json, dryRun });
    });
}

function switchOption(name: string, description: string): Option {
  return new Option(`--${name} <on|off>`, description).choices(SWITCH);
}

function number(text: string): number {
  if (!/^\d+(?:\.\d+)?$/.test(text)) throw new InvalidArgumentError("It must be a number.");
  return Number(text);
}

function numbers(text: string): number[] {
  return text.split(",").map((one) => number(one.trim()));
}

type Members = MessageInitShape<typeof RolloutSchema>;

/** The members that flags name, and what an update_mask calls them. */
function changesOf(flags: SetFlags): { rollout: Members; paths: string[] } {
  const on = (value: Switch | undefined) => value && value === "on";
  const { cohort, threshold } = flags;
  const named = {
    contract_enabled: defined({ contractEnabled: on(flags.contract) }),
    runtime_enabled: defined({ runtimeEnabled: on(flags.runtime) }),
    ui_enabled: defined({ uiEnabled: on(flags.ui) }),
    cloud_enforced: defined({ cloudEnforced: on(flags.cloudEnforced) }),
    percentage: defined({ percentage: flags.percentage }),
    salt: defined({ salt: flags.salt }),
    cohort: defined({ cohort: cohort?.filter((key) => key !== "") }),
    stages: defined({ stages: flags.stages }),
    thresholds: defined({ thresholds: threshold && thresholdsOf(threshold) }),
    auto_rollback: defined({ autoRollback: on(flags.autoRollback) }),
  };
  const given = Object.entries(named).filter(([, members]) => Object.keys(members).length > 0);
  return {
    rollout: Object.assign({}, ...given.map(([, members]) => members)) as Members,
    paths: given.map(([path]) => path),
  };
}

type Thresholds = MessageInitShape<typeof RolloutThresholdsSchema>;

/** Names and what is to be a whole number among them. */
const THRESHOLDS: Record<keyof RolloutThresholds, { field: keyof Thresholds; whole?: true }> = {
  min_samples: { field: "minSamples", whole: true },
  window_s: { field: "windowS", whole: true },
  min_stage_s: { field: "minStageS", whole: true },
  error_rate_delta: { field: "errorRateDelta" },
  p95_ratio: { field: "p95Ratio" },
  p95_regression: { field: "p95Regression" },
};

function thresholdsOf(pairs: readonly string[]): Thresholds {
  const thresholds: Record<string, number> = {};
  for (const pair of pairs) {
    const [name = "", value = ""] = pair.split("=", 2);
    if (!Object.hasOwn(THRESHOLDS, name)) {
      const names = Object.keys(THRESHOLDS).join(", ");
      throw new UsageError(`--threshold must be NAME=VALUE with a name of ${names}, not "${pair}"`);
    }
    const { field, whole } = THRESHOLDS[name as keyof RolloutThresholds];
    if (!(whole ? /^\d{1,9}$/ : /^\d+(?:\.\d+)?$/).test(value))
      throw new UsageError(`--threshold ${name} must be a${whole ? " whole" : ""} number, not "${value}"`);
    thresholds[field] = Number(value);
  }
  return thresholds;
}
