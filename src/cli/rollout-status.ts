/** `rollout status`. */
import { Code, ConnectError } from "@connectrpc/connect";
import type { Command } from "commander";
import { stringify } from "yaml";
import type { Environment } from "../config.js";
import type { ShownRollout } from "../domain/rollout.js";
import { shownRollout } from "../rpc/shown-rollouts.js";
import { addJson, addRegistryOption } from "./arguments.js";
import { addTarget, type Clients, withClients } from "./clients.js";
import { collect, itemsOf, PAGE_SIZE } from "./pages.js";
import { printJson, timeText } from "./print.js";
import { printTable } from "./table.js";

interface StatusFlags extends Record<string, unknown> {
  registry?: string;
  json?: boolean;
}

export function addRolloutStatus(group: Command, env: Environment): void {
  const command = group
    .command("status")
    .description("Show the rollouts of a registry, or all of one.")
    .argument("[MODE]", "processing mode to show (default: a line for each)");
  addTarget(addJson(addRegistryOption(command)))
    .addHelpText(
      "after",
      `
Flags that the environment of the server holds off, whatever is stored, are listed as capped.

Examples:
  $ profile-registry rollout status --server http://127.0.0.1:8080
  $ profile-registry rollout status fast --json --profile-registry-db ./data/profiles.db`,
    )
    .action(async (mode: string | undefined, { registry = "", json, ...options }: StatusFlags) => {
      await withClients(options, env, async (clients) => {
        if (mode === undefined) {
          const rollouts = await listRollouts(clients, registry);
          if (json) printJson(rollouts);
          else printTable(HEAD, await rows(clients, registry, rollouts));
          return;
        }
        const { rollout } = await clients.rollouts.getRollout({ registry, mode });
        const shown = shownRollout(rollout!);
        if (json) printJson(shown);
        else printRollout(shown, await profilesOf(clients, registry, [shown]));
      });
    });
}

/** By mode. */
export function listRollouts(
  { rollouts }: Pick<Clients, "rollouts">,
  registry: string,
): Promise<ShownRollout[]> {
  return collect(
    itemsOf(async (pageToken) => {
      const page = await rollouts.listRollouts({ registry, pageToken, pageSize: PAGE_SIZE });
      return { items: page.rollouts.map(shownRollout), nextPageToken: page.nextPageToken };
    }),
  );
}

const HEAD = [
  "MODE",
  "PERCENT",
  "CONTRACT",
  "RUNTIME",
  "UI",
  "CLOUD ENFORCED",
  "COHORT",
  "SINCE",
  "AUTO ROLLBACK",
  "CAPPED",
  "PROFILES",
  "VERSION",
];

async function rows(clients: Clients, registry: string, rollouts: readonly ShownRollout[]) {
  const profiles = await profilesOf(clients, registry, rollouts);
  return rollouts.map((rollout) => [
    rollout.mode,
    String(rollout.percentage),
    onOff(rollout.contract_enabled),
    onOff(rollout.runtime_enabled),
    onOff(rollout.ui_enabled),
    onOff(rollout.cloud_enforced),
    String(rollout.cohort.length),
    timeText(rollout.stage_since_ms),
    onOff(rollout.auto_rollback),
    rollout.capped.join(", "),
    (profiles.get(rollout.mode) ?? []).join(", "),
    String(rollout.version),
  ]);
}

function onOff(flag: boolean): string {
  return flag ? "on" : "off";
}

function printRollout(rollout: ShownRollout, profiles: ReadonlyMap<string, string[]>): void {
  const { stage_since_ms, version, ...document } = rollout;
  process.stdout.write(
    stringify(
      {
        ...document,
        profiles: profiles.get(rollout.mode) ?? [],
        stage_since: timeText(stage_since_ms),
        version,
      },
      { lineWidth: 0 },
    ),
  );
}

/** By mode: the profiles that the registry declares for it, with what keeps one from being applied. */
async function profilesOf(
  { registry: client }: Clients,
  registry: string,
  rollouts: readonly ShownRollout[],
): Promise<ReadonlyMap<string, string[]>> {
  const { registry: document } = await client.getRegistry({ registry });
  const described = async (slug: string): Promise<string> => {
    try {
      await client.getProfile({ registry, slug });
      return slug;
    } catch (error) {
      const { code } = ConnectError.from(error);
      if (code === Code.NotFound) return `${slug} (missing)`;
      if (code === Code.DataLoss) return `${slug} (unreadable)`;
      throw error;
    }
  };
  const all = rollouts.map(async ({ mode }): Promise<[string, string[]]> => {
    const declared = document?.processingModes[mode]?.profiles ?? [];
    return [mode, await Promise.all(declared.map(described))];
  });
  return new Map(await Promise.all(all));
}
