/** What `backup`, `restore` and `verify` share: they work on a database file, never on a server (spec 6.4). */
import { type Command, Option } from "commander";
import { type Config, type Environment, readConfig } from "../config.js";
import { UsageError } from "./failure.js";
import { readFlags } from "./options.js";

export interface FileFlags extends Record<string, unknown> {
  server?: string;
  json?: boolean;
}

export interface DatabaseFile {
  path: string;
  busyTimeoutMs: number | undefined;
  config: Config;
}

/** `--server` is a flag of other commands: whoever gives it here is told why it cannot be meant. */
export function addFileOptions(command: Command): Command {
  return command
    .option("--json", "print the outcome as JSON")
    .addOption(new Option("--server <URL>").hideHelp());
}

/** Throws UsageError where no file is named. PROFILE_REGISTRY_SERVER is for other commands. */
export function readDatabaseFile(name: string, options: FileFlags, env: Environment): DatabaseFile {
  if (options.server !== undefined) throw new UsageError(`${name} works on a file, not with --server`);
  const config = readConfig(readFlags(options), env);
  if (config.store.kind !== "sqlite") {
    throw new UsageError(
      `${name} needs a database file: --profile-registry-db PATH, or the variable PROFILE_REGISTRY_DB`,
    );
  }
  const { path, busyTimeoutMs } = config.store;
  return { path, busyTimeoutMs, config };
}

export function isDatabaseSetting({ flag }: { flag: string }): boolean {
  return flag === "profile-registry-db" || flag === "profile-registry-dsn";
}

interface DocumentName {
  registry: string;
  profile?: string;
  mode?: string;
}

/** A document in a line of text. */
export function nameDocument({ registry, profile, mode }: DocumentName): string {
  if (mode !== undefined) return `rollout "${mode}" of registry "${registry}"`;
  return profile === undefined ? `registry "${registry}"` : `profile "${profile}" of registry "${registry}"`;
}
