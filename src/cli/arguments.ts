/** Arguments and options that several commands have. */
import { type Command, InvalidArgumentError } from "commander";

/** Versions and numbers of things: 1 and up. */
export function positive(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("It must be a positive integer.");
  return Number(text);
}

/** Revisions: 0 and up. */
export function revision(text: string): bigint {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("It must be a revision: 0 or more.");
  return BigInt(text);
}

export function addRegistryOption(command: Command): Command {
  return command.option("--registry <SLUG>", "registry to look in (default: the default registry)");
}

export function addJson(command: Command): Command {
  return command.option("--json", "print JSON, as REST answers it");
}
