/** `restore`: puts a backup in the place of the database (spec 6.4). */
import type { Command } from "commander";
import type { Environment } from "../config.js";
import { type Restored, restoreDatabase } from "../store/sqlite/maintenance/restore.js";
import { confirm } from "./confirm.js";
import {
  addFileOptions,
  type FileFlags,
  isDatabaseSetting,
  nameDocument,
  readDatabaseFile,
} from "./database-file.js";
import { addSettings } from "./options.js";
import { printJson } from "./print.js";
import { createProgressLine } from "./progress.js";
import { userName } from "./user-name.js";

interface RestoreFlags extends FileFlags {
  yes?: boolean;
}

export function addRestore(program: Command, env: Environment): void {
  const command = program
    .command("restore")
    .description("Put a backup in the place of the database file. Stop every server on it first.")
    .argument("<file>", "backup, or any sound copy of a database file")
    .option("--yes", "do not ask");
  addSettings(addFileOptions(command), isDatabaseSetting)
    .addHelpText(
      "after",
      `
The replaced file is kept beside the database as <db>.replaced.YYYYMMDD-HHMMSS. Versions and revisions go on from it.

Examples:
  $ profile-registry restore ./data/profiles.db.bak.20260131-030000 --profile-registry-db ./data/profiles.db
  $ PROFILE_REGISTRY_DB=./data/profiles.db profile-registry restore /backups/profiles.db --yes --json`,
    )
    .action(async (from: string, options: RestoreFlags) => {
      const { path } = readDatabaseFile("restore", options, env);
      if (!options.yes && !(await confirm(`Replace ${path} by ${from}?`)))
        throw new Error("nothing was restored");
      const progress = createProgressLine("restore", "pages");
      const restored = await restoreDatabase({
        from,
        path,
        actor: userName(),
        progress: progress.show,
      }).finally(progress.clear);
      if (options.json) printJson(asJson(path, from, restored));
      else process.stdout.write(asText(path, from, restored));
    });
}

function asJson(path: string, from: string, restored: Restored): object {
  const { copy, revision, history, differences, renumbered, kept, damage, lost } = restored;
  return {
    restored: path,
    from,
    replaced: kept ?? null,
    revision,
    copy_revision: copy.revision,
    registries: copy.registries,
    profiles: copy.profiles,
    history,
    changes: differences ?? null,
    renumbered,
    damage: damage ?? null,
    lost,
  };
}

function asText(path: string, from: string, restored: Restored): string {
  const { copy, revision, differences, renumbered, kept } = restored;
  const lines = [
    `restored: ${path}`,
    `from: ${from} (revision ${copy.revision}, ${copy.registries} registries, ${copy.profiles} profiles)`,
    `replaced file: ${kept ?? "none"}`,
    ...notesOf(restored),
    ...(differences ?? []).map(({ what, ...key }) => `${what}: ${nameDocument(key)}`),
    ...renumbered.map(({ version, ...key }) => `version ${version}: ${nameDocument(key)}`),
    `revision ${revision}; the next write goes on from it`,
  ];
  return `${lines.join("\n")}\n`;
}

/** What an operator must know because clients may see it. */
function notesOf({ history, differences, renumbered, damage, lost, kept }: Restored): string[] {
  const notes: string[] = [];
  if (damage !== undefined) notes.push(`the replaced file cannot be read: ${damage}`);
  if (lost.length > 0)
    notes.push(`the replaced file is damaged; not all could be read of: ${lost.join(", ")}`);
  if (history === "none") {
    const why =
      kept === undefined ? "there was nothing to replace" : "nothing could be read of the replaced file";
    notes.push(
      `counters were not carried over: ${why}; revisions and versions after the backup may be given again`,
    );
  } else if (lost.includes("revisions") || lost.includes("versions")) {
    notes.push("counters were carried over as far as they could be read; later ones may be given again");
  }
  if (history !== "none" && differences === undefined) notes.push("what has changed cannot be told");
  if (renumbered.length > 0) {
    const why =
      history === "other" ? "the replaced file has another history" : "the log of the replaced file is lost";
    notes.push(`${why}: documents whose version it had given already have got the next one`);
  }
  return notes;
}
