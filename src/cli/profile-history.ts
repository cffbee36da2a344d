/** `profile history` and `profile diff`. */
import type { Command } from "commander";
import type { Environment } from "../config.js";
import { type Comparable, documentDifferences } from "../domain/document-diff.js";
import { type ShownProfile, shownVersion } from "../rpc/shown-documents.js";
import { addJson, addRegistryOption, positive } from "./arguments.js";
import { addTarget, withClients } from "./clients.js";
import { collect, itemsOf, PAGE_SIZE } from "./pages.js";
import { hasColours, printJson, timeText } from "./print.js";
import { getProfile } from "./profile-get.js";
import { differenceLines } from "./show-diff.js";
import { printTable } from "./table.js";

interface HistoryFlags extends Record<string, unknown> {
  registry?: string;
  limit?: number;
  json?: boolean;
}

export function addProfileHistory(group: Command, env: Environment): void {
  const command = group
    .command("history")
    .description(
      "List what a profile has been: the newest version first, also of a profile that was deleted.",
    )
    .argument("<SLUG>", "profile to look at");
  addRegistryOption(command).option("--limit <N>", "only the newest N (default: all)", positive);
  addTarget(addJson(command))
    .addHelpText(
      "after",
      `
Times are UTC. What changed is named by pointers into the document; profile diff shows the values.

Examples:
  $ profile-registry profile history agent --server http://127.0.0.1:8080
  $ profile-registry profile history agent --limit 5 --json --profile-registry-db ./data/profiles.db`,
    )
    .action(async (slug: string, { registry = "", limit, json, ...options }: HistoryFlags) => {
      const versions = await withClients(options, env, ({ registry: client }) =>
        collect(
          itemsOf(async (pageToken) => {
            const pageSize = Math.min(limit ?? PAGE_SIZE, PAGE_SIZE);
            const page = await client.listProfileVersions({ registry, slug, pageToken, pageSize });
            return { items: page.versions.map(shownVersion), nextPageToken: page.nextPageToken };
          }),
          limit,
        ),
      );
      if (json) return printJson(versions);
      printTable(
        ["VERSION", "WHEN", "WHO", "SOURCE", "OPERATION", "CHANGED"],
        versions.map(({ version, time_ms, actor, source, operation, changed_paths }) => [
          String(version),
          timeText(time_ms),
          actor,
          source,
          operation,
          changed_paths.join(" "),
        ]),
      );
    });
}

interface DiffFlags extends Record<string, unknown> {
  registry?: string;
  json?: boolean;
}

export function addProfileDiff(group: Command, env: Environment): void {
  const command = group
    .command("diff")
    .description("Show in what two versions of a profile differ.")
    .argument("<SLUG>", "profile to look at")
    .argument("<FROM>", "version to compare", positive)
    .argument("[TO]", "version to compare it with (default: the one now)", positive);
  addRegistryOption(command).option("--json", "print a list of { pointer, from, to }");
  addTarget(command)
    .addHelpText(
      "after",
      `
Documents are compared as they are shown: secrets are not.

Examples:
  $ profile-registry profile diff agent 3 --server http://127.0.0.1:8080
  $ profile-registry profile diff agent 2 3 --json --profile-registry-db ./data/profiles.db`,
    )
    .action(
      async (
        slug: string,
        from: number,
        to: number | undefined,
        { registry, json, ...options }: DiffFlags,
      ) => {
        const [before, after] = await withClients(options, env, async (clients) => [
          await getProfile(clients, { registry, slug, version: from }),
          await getProfile(clients, { registry, slug, version: to }),
        ]);
        const differences = documentDifferences(contentOf(before!), contentOf(after!));
        if (json) printJson(differences);
        else
          for (const line of differenceLines(differences, { colours: hasColours() }))
            process.stdout.write(`${line}\n`);
      },
    );
}

/** What was written, without what is shown beside it. */
function contentOf({
  registry: _,
  is_default: _is,
  registry_version: _of,
  ...profile
}: ShownProfile): Comparable {
  return profile;
}
