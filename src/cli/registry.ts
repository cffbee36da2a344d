/** `registry list|get` (spec 6.4). */
import type { Command } from "commander";
import type { Environment } from "../config.js";
import { shownRegistry } from "../rpc/shown-documents.js";
import { addJson } from "./arguments.js";
import { addTarget, withClients } from "./clients.js";
import { collect, itemsOf, PAGE_SIZE } from "./pages.js";
import { printDocument, printJson, timeText } from "./print.js";
import { printTable } from "./table.js";

interface RegistryFlags extends Record<string, unknown> {
  json?: boolean;
}

export function addRegistry(program: Command, env: Environment): void {
  const group = program
    .command("registry")
    .description("Look at registries.")
    .addHelpText(
      "after",
      `
Examples:
  $ profile-registry registry list --server http://127.0.0.1:8080
  $ profile-registry registry get team --profile-registry-db ./data/profiles.db`,
    );
  addList(group, env);
  addGet(group, env);
}

function addList(group: Command, env: Environment): void {
  addTarget(addJson(group.command("list").description("List the registries.")))
    .addHelpText(
      "after",
      `
Examples:
  $ profile-registry registry list --server http://127.0.0.1:8080
  $ profile-registry registry list --json --profile-registry-db ./data/profiles.db`,
    )
    .action(async ({ json, ...options }: RegistryFlags) => {
      const registries = await withClients(options, env, ({ registry }) =>
        collect(
          itemsOf(async (pageToken) => {
            const page = await registry.listRegistries({ pageToken, pageSize: PAGE_SIZE });
            return { items: page.registries.map(shownRegistry), nextPageToken: page.nextPageToken };
          }),
        ),
      );
      if (json) return printJson(registries);
      printTable(
        ["SLUG", "VERSION", "UPDATED", "DEFAULT PROFILE", "NAME", "DESCRIPTION"],
        registries.map(({ slug, metadata, default_profile_slug, display_name, description }) => [
          slug,
          String(metadata.version),
          timeText(metadata.updated_at_ms),
          default_profile_slug ?? "",
          display_name ?? "",
          description ?? "",
        ]),
      );
    });
}

function addGet(group: Command, env: Environment): void {
  const command = group
    .command("get")
    .description("Show a registry.")
    .argument("[SLUG]", "registry to show (default: the default registry)");
  addTarget(addJson(command))
    .addHelpText(
      "after",
      `
Examples:
  $ profile-registry registry get --server http://127.0.0.1:8080
  $ profile-registry registry get team --json --profile-registry-db ./data/profiles.db`,
    )
    .action(async (slug: string | undefined, { json, ...options }: RegistryFlags) => {
      const document = await withClients(options, env, async (clients) => {
        const { registry } = await clients.registry.getRegistry({ registry: slug ?? "" });
        return shownRegistry(registry!);
      });
      if (json) printJson(document);
      else printDocument(document);
    });
}
