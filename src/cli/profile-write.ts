/** `profile rollback|lock|unlock`. */
import type { Command } from "commander";
import type { Profile as ProfileMessage } from "../../gen/profileregistry/v1/profile_pb.js";
import type { Environment } from "../config.js";
import { shownProfile } from "../rpc/shown-documents.js";
import { addJson, addRegistryOption, positive } from "./arguments.js";
import { addTarget, type Clients, withClients } from "./clients.js";
import { confirm } from "./confirm.js";
import { printJson } from "./print.js";

interface WriteFlags extends Record<string, unknown> {
  registry?: string;
  expectedVersion?: number;
  dryRun?: boolean;
  json?: boolean;
}

interface RollbackFlags extends WriteFlags {
  to: number;
  yes?: boolean;
}

export function addProfileRollback(group: Command, env: Environment): void {
  const command = group
    .command("rollback")
    .description("Write an older version of a profile once more, as a new version.")
    .argument("<SLUG>", "profile to roll back; one that was deleted is created again")
    .requiredOption("--to <VERSION>", "version to go back to", positive);
  addWriteOptions(command).option("--yes", "do not ask");
  addTarget(addJson(command))
    .addHelpText(
      "after",
      `
On a terminal it asks first; scripts give --yes. The read-only mark stays as it is.

Examples:
  $ profile-registry profile diff agent 3 --server http://127.0.0.1:8080
  $ profile-registry profile rollback agent --to 3 --server http://127.0.0.1:8080
  $ profile-registry profile rollback agent --to 3 --expected-version 5 --yes --server http://127.0.0.1:8080
  $ profile-registry profile rollback agent --to 3 --dry-run --profile-registry-db ./data/profiles.db`,
    )
    .action(async (slug: string, { to, yes, ...flags }: RollbackFlags) => {
      const done = (version: number): string => `went back to version ${to}, now version ${version}`;
      await writeProfile({ slug, flags, env, done }, async (clients, request) => {
        if (!yes && !flags.dryRun && !(await confirm(`Roll profile "${slug}" back to version ${to}?`)))
          return;
        return clients.registry.rollbackProfile({ ...request, version: to });
      });
    });
}

export function addProfileLock(group: Command, env: Environment): void {
  for (const readOnly of [true, false]) {
    const name = readOnly ? "lock" : "unlock";
    const command = group
      .command(name)
      .description(
        readOnly
          ? "Mark a profile read-only: it cannot be changed, deleted or rolled back."
          : "Lift the read-only mark of a profile.",
      )
      .argument("<SLUG>", `profile to ${name}`);
    addTarget(addJson(addWriteOptions(command)))
      .addHelpText(
        "after",
        `
Examples:
  $ profile-registry profile ${name} agent --server http://127.0.0.1:8080
  $ profile-registry profile ${name} agent --registry team --profile-registry-db ./data/profiles.db`,
      )
      .action(async (slug: string, flags: WriteFlags) => {
        const done = (version: number): string => `${name}ed, now version ${version}`;
        await writeProfile({ slug, flags, env, done }, (clients, request) =>
          clients.registry.setProfileReadOnly({ ...request, readOnly }),
        );
      });
  }
}

function addWriteOptions(command: Command): Command {
  return addRegistryOption(command)
    .option("--expected-version <N>", "refuse where this is not the profile's version now", positive)
    .option("--dry-run", "check everything, store nothing");
}

interface Write {
  slug: string;
  flags: WriteFlags;
  env: Environment;
  /** Says what was done, by the version that it gave. */
  done: (version: number) => string;
}

interface WriteRequest {
  registry: string;
  slug: string;
  expectedVersion: number;
  validateOnly: boolean;
}

/** `send` answers undefined where somebody has thought better of it. */
async function writeProfile(
  { slug, flags, env, done }: Write,
  send: (clients: Clients, request: WriteRequest) => Promise<{ profile?: ProfileMessage } | undefined>,
): Promise<void> {
  const { registry = "", expectedVersion = 0, dryRun = false, json, ...options } = flags;
  const answer = await withClients(options, env, (clients) =>
    send(clients, { registry, slug, expectedVersion, validateOnly: dryRun }),
  );
  if (answer === undefined) throw new Error("nothing was changed");
  const profile = shownProfile(answer.profile!);
  if (json) return printJson(profile);
  const text = `${profile.registry}/${profile.slug}: ${done(profile.metadata.version)}`;
  process.stdout.write(dryRun ? `${text} (dry run: nothing was stored)\n` : `${text}\n`);
}
