/** `profile get`. */
import type { Command } from "commander";
import type { Environment } from "../config.js";
import { shownProfile } from "../rpc/shown-documents.js";
import { addJson, addRegistryOption, positive } from "./arguments.js";
import { addTarget, type Clients, withClients } from "./clients.js";
import { printDocument, printJson } from "./print.js";

interface GetFlags extends Record<string, unknown> {
  registry?: string;
  version?: number;
  json?: boolean;
}

export function addProfileGet(group: Command, env: Environment): void {
  const command = group
    .command("get")
    .description("Show a profile, as it is or as it was.")
    .argument("<SLUG>", "profile to show");
  addRegistryOption(command).option(
    "--version <N>",
    "version to show, also of a profile that was deleted (default: the one now)",
    positive,
  );
  addTarget(addJson(command))
    .addHelpText(
      "after",
      `
Secrets are shown as <redacted>, unless a server is run to show them (--serve-secrets).

Examples:
  $ profile-registry profile get agent --server http://127.0.0.1:8080
  $ profile-registry profile get locked --registry team --profile-registry-db ./data/profiles.db
  $ profile-registry profile get agent --version 3 --json --server http://127.0.0.1:8080`,
    )
    .action(async (slug: string, { registry, version, json, ...options }: GetFlags) => {
      const document = await withClients(options, env, (clients) =>
        getProfile(clients, { registry, slug, version }),
      );
      if (json) printJson(document);
      else printDocument(document);
    });
}

/** A version, or the profile as it is. */
export async function getProfile(
  clients: Clients,
  {
    registry = "",
    slug,
    version = 0,
  }: { registry?: string | undefined; slug: string; version?: number | undefined },
) {
  const { profile } = await clients.registry.getProfile({ registry, slug, version });
  return shownProfile(profile!);
}
