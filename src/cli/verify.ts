/** `verify`: whether a database holds together (spec 6.4). */
import type { Command } from "commander";
import { loadCatalog } from "../app.js";
import type { Environment } from "../config.js";
import type { Problem } from "../store/sqlite/maintenance/problem.js";
import { verifyDatabase } from "../store/sqlite/maintenance/verify.js";
import { addFileOptions, type FileFlags, nameDocument, readDatabaseFile } from "./database-file.js";
import { addSettings } from "./options.js";
import { printJson } from "./print.js";

/** Settings of commands on a store that make no difference here. */
const WITHOUT_EFFECT = ["seed-file", "default-registry", "secret-exempt"];

export function addVerify(program: Command, env: Environment): void {
  const command = program
    .command("verify")
    .description("Check the database file: pages, every document against its schema, defaults, the log.");
  addSettings(addFileOptions(command), ({ flag, store }) => store === true && !WITHOUT_EFFECT.includes(flag))
    .addHelpText(
      "after",
      `
Prints a line per problem, and ends with 1 where there is any. Servers may use the file meanwhile; nothing is changed.

Examples:
  $ profile-registry verify --profile-registry-db ./data/profiles.db
  $ profile-registry verify --profile-registry-db ./data/profiles.db --catalog-dir ./catalog --json
  $ profile-registry verify --profile-registry-db ./data/profiles.db.bak.20260131-030000`,
    )
    .action(async (options: FileFlags) => {
      const { path, busyTimeoutMs, config } = readDatabaseFile("verify", options, env);
      const rules = { catalog: await loadCatalog(config), limits: config.limits };
      const problems: Problem[] = [];
      const report = (problem: Problem): void => {
        problems.push(problem);
        if (!options.json) process.stdout.write(`${asLine(problem)}\n`);
      };
      const contents = await verifyDatabase({ path, busyTimeoutMs, rules, report });
      if (options.json) printJson({ database: path, ...contents, problems });
      else if (contents !== undefined && problems.length === 0) {
        const { revision, registries, profiles } = contents;
        process.stdout.write(`sound: revision ${revision}, ${registries} registries, ${profiles} profiles\n`);
      }
      const found = problems.length;
      if (found > 0) throw new Error(`${path} has ${found} ${found === 1 ? "problem" : "problems"}`);
    });
}

function asLine({ registry, problem, ...rest }: Problem): string {
  return registry === undefined ? problem : `${nameDocument({ registry, ...rest })}: ${problem}`;
}
