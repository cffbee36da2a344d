/** `profile list`. */
import type { Command } from "commander";
import type { Environment } from "../config.js";
import { shownItem } from "../rpc/shown-documents.js";
import { addJson, addRegistryOption } from "./arguments.js";
import { addTarget, withClients } from "./clients.js";
import { collect, itemsOf, PAGE_SIZE } from "./pages.js";
import { printJson } from "./print.js";
import { printTable } from "./table.js";

interface ListFlags extends Record<string, unknown> {
  registry?: string;
  tag?: string;
  json?: boolean;
}

export function addProfileList(group: Command, env: Environment): void {
  const command = addRegistryOption(
    group.command("list").description("List the profiles of a registry."),
  ).option("--tag <TAG>", "only profiles with this tag");
  addTarget(addJson(command))
    .addHelpText(
      "after",
      `
Examples:
  $ profile-registry profile list --server http://127.0.0.1:8080
  $ profile-registry profile list --registry team --tag finance --profile-registry-db ./data/profiles.db
  $ profile-registry profile list --json --server http://127.0.0.1:8080 | jq -r '.[].slug'`,
    )
    .action(async ({ registry = "", tag = "", json, ...options }: ListFlags) => {
      const items = await withClients(options, env, ({ registry: client }) =>
        collect(
          itemsOf(async (pageToken) => {
            const page = await client.listProfiles({ registry, tag, pageToken, pageSize: PAGE_SIZE });
            return { items: page.profiles.map(shownItem), nextPageToken: page.nextPageToken };
          }),
        ),
      );
      if (json) return printJson(items);
      printTable(
        ["SLUG", "VERSION", "MARKS", "NAME", "TAGS", "DESCRIPTION"],
        items.map((item) => [
          item.slug,
          String(item.version),
          [item.is_default && "default", item.read_only && "read-only"].filter(Boolean).join(", "),
          item.display_name ?? "",
          item.tags?.join(", ") ?? "",
          item.description ?? "",
        ]),
      );
    });
}
