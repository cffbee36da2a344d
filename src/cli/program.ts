/** The command line: one file per command (spec 6.4). Exit codes: 0 done, 1 refused or failed, 2 wrong usage. */
import { Command, CommanderError } from "commander";
import type { Environment } from "../config.js";
import { SCHEMA_VERSION } from "../store/sqlite/migrations.js";
import { readVersion } from "../version.js";
import { reportFailure } from "./failure.js";
import { addResolve } from "./resolve.js";
import { addServe } from "./serve.js";

/** Runs a command line and returns its exit code. */
export async function run(argv: readonly string[], env: Environment): Promise<number> {
  // Whoever reads our output may have seen enough (`| head`): that is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(0);
  });
  const { version, commit } = readVersion();
  const program = new Command("profile-registry")
    .description("Which runtime does this turn run with? Profiles, registries and their resolution.")
    .version(
      `profile-registry ${version} (commit ${commit}, schema ${SCHEMA_VERSION})`,
      "--version",
      "print version, commit and schema version",
    )
    .exitOverride();
  addServe(program, env);
  addResolve(program, env);
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync([...argv]);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Commander has already said what is wrong.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return reportFailure(error);
  }
}
