/** The command line: one file per command (spec 6.4). Exit codes: 0 done, 1 refused or failed, 2 wrong usage. */
import { Command, CommanderError } from "commander";
import type { Environment } from "../config.js";
import { SCHEMA_VERSION } from "../store/sqlite/migrations.js";
import { readVersion } from "../version.js";
import { addBackup } from "./backup.js";
import { addCheck } from "./check.js";
import { addCompletion } from "./completion.js";
import { addExport } from "./export.js";
import { reportFailure } from "./failure.js";
import { addImport } from "./import.js";
import { addLog } from "./log.js";
import { addMigrateLegacy } from "./migrate-legacy.js";
import { addProfile } from "./profile.js";
import { addRegistry } from "./registry.js";
import { addResolve } from "./resolve.js";
import { addRestore } from "./restore.js";
import { addRollout } from "./rollout.js";
import { addServe } from "./serve.js";
import { addVerify } from "./verify.js";

/** Runs a command line and returns its exit code. */
export async function run(argv: readonly string[], env: Environment): Promise<number> {
  try {
    await createProgram(env).parseAsync([...argv]);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Commander has already said what is wrong.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return reportFailure(error);
  }
}

/** The tree of commands; its reference and completions are made from it. */
export function createProgram(env: Environment): Command {
  const { version, commit } = readVersion();
  const program = new Command("profile-registry")
    .description("Which runtime does this turn run with? Profiles, registries and their resolution.")
    .version(
      `profile-registry ${version} (commit ${commit}, schema ${SCHEMA_VERSION})`,
      "--version",
      "print version, commit and schema version",
    )
    // Commands have a --version of their own.
    .enablePositionalOptions()
    .configureOutput({ outputError: (text, write) => write(text.replace(/\n(?=.)/g, " ")) })
    .exitOverride()
    .addHelpText(
      "after",
      `
Examples:
  $ profile-registry serve --profile-registry-db ./data/profiles.db
  $ profile-registry profile list --server http://127.0.0.1:8080
  $ profile-registry help profile rollback`,
    );
  addServe(program, env);
  addResolve(program, env);
  addProfile(program, env);
  addRegistry(program, env);
  addRollout(program, env);
  addLog(program, env);
  addImport(program, env);
  addExport(program, env);
  addCheck(program, env);
  addBackup(program, env);
  addRestore(program, env);
  addVerify(program, env);
  addMigrateLegacy(program);
  addCompletion(program);
  return program;
}
