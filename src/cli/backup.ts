/** `backup`: copies the database while it is served (spec 6.4). */
import type { Command } from "commander";
import type { Environment } from "../config.js";
import { type Backup, backUpDatabase } from "../store/sqlite/maintenance/backup.js";
import { addFileOptions, type FileFlags, isDatabaseSetting, readDatabaseFile } from "./database-file.js";
import { UsageError } from "./failure.js";
import { addSettings } from "./options.js";
import { printJson } from "./print.js";
import { createProgressLine } from "./progress.js";

interface BackupFlags extends FileFlags {
  output?: string;
  keep?: string;
}

export function addBackup(program: Command, env: Environment): void {
  const command = program
    .command("backup")
    .description("Copy the database file, also while servers use it, and check the copy.")
    .option("--output <FILE>", "where to (default: <db>.bak.YYYYMMDD-HHMMSS, in UTC); never over a file")
    .option("--keep <N>", "leave the N newest backups of the default name beside it, and remove older ones");
  addSettings(addFileOptions(command), isDatabaseSetting)
    .addHelpText(
      "after",
      `
Examples:
  $ profile-registry backup --profile-registry-db ./data/profiles.db
  $ profile-registry backup --profile-registry-db ./data/profiles.db --keep 14
  $ PROFILE_REGISTRY_DB=./data/profiles.db profile-registry backup --output /backups/profiles.db`,
    )
    .action(async (options: BackupFlags) => {
      const { path, busyTimeoutMs } = readDatabaseFile("backup", options, env);
      const progress = createProgressLine("backup", "pages");
      const backup = await backUpDatabase({
        path,
        busyTimeoutMs,
        output: options.output,
        keep: readKeep(options.keep),
        progress: progress.show,
      }).finally(progress.clear);
      if (options.json) printJson(asJson(backup));
      else process.stdout.write(asText(backup));
    });
}

function readKeep(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`--keep must be a positive integer, not "${text}"`);
  return Number(text);
}

function asJson({ path, bytes, schemaVersion, revision, registries, profiles, removed }: Backup): object {
  return { backup: path, bytes, schema_version: schemaVersion, revision, registries, profiles, removed };
}

function asText({ path, bytes, revision, registries, profiles, removed }: Backup): string {
  return [
    `backup: ${path}`,
    `revision ${revision}, ${registries} registries, ${profiles} profiles, ${bytes} bytes`,
    ...removed.map((file) => `removed: ${file}`),
    "",
  ].join("\n");
}
