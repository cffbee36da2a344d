/** What can be completed where. */
import type { Argument, Command, Option } from "commander";

/** A place on the command line: after these commands. */
export interface Place {
  /** Names of commands, separated by a space; empty for the program itself. */
  path: string;
  commands: Named[];
  options: Completable[];
  /** The first argument. Later ones are of its kind, or nothing that could be listed. */
  argument: Value;
}

export interface Named {
  name: string;
  description: string;
}

export interface Completable extends Named {
  /** Undefined where it takes none, or can do without. */
  value: Value | undefined;
}

/** File names, one of some words, or nothing that could be listed. */
export type Value = "file" | "free" | readonly string[];

const FILES = /^(?:FILE|PATH|DIR|F)$/i;

/** The program first, then every command, below it its own. */
export function completionTree(program: Command): Place[] {
  const walk = (command: Command, path: string): Place[] => {
    const help = command.createHelp();
    const commands = help.visibleCommands(command);
    return [
      {
        path,
        commands: commands.map((sub) => ({ name: sub.name(), description: help.subcommandDescription(sub) })),
        options: help.visibleOptions(command).map((option) => ({
          name: option.long ?? option.short ?? "",
          description: option.description,
          value: option.required ? kindOf(option, option.flags) : undefined,
        })),
        argument: argumentOf(command.registeredArguments[0]),
      },
      ...command.commands.flatMap((sub) => walk(sub, `${path} ${sub.name()}`.trim())),
    ];
  };
  return walk(program, "");
}

function argumentOf(argument: Argument | undefined): Value {
  return argument === undefined ? "free" : kindOf(argument, `<${argument.name()}>`);
}

function kindOf({ argChoices }: Pick<Option | Argument, "argChoices">, text: string): Value {
  const name = /[<[]([^\].>]+)/.exec(text)?.[1] ?? "";
  return argChoices ?? (FILES.test(name) ? "file" : "free");
}
