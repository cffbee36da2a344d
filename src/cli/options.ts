/** Commander options made from the settings of config.ts. */
import { type Command, Option } from "commander";
import { type Flags, SETTINGS, type Setting } from "../config.js";

/** Adds the flags of settings that `filter` picks; `readFlags` gives back what was given. */
export function addSettings(command: Command, filter: (setting: Setting) => boolean = () => true): Command {
  for (const setting of SETTINGS as readonly Setting[]) {
    if (!filter(setting)) continue;
    const shape =
      setting.kind === "boolean"
        ? `--${setting.flag} [${setting.value}]`
        : `--${setting.flag} <${setting.value}>`;
    const option = new Option(
      shape,
      `${setting.help} (${setting.env}${setting.default ? `, default ${setting.default}` : ""})`,
    );
    if (setting.kind === "boolean") option.preset("true");
    if (setting.kind === "list")
      option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
    command.addOption(option);
  }
  return command;
}

export function readFlags(options: Record<string, unknown>): Flags {
  const flags: Flags = {};
  for (const { flag } of SETTINGS) {
    const value = options[flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())];
    if (value !== undefined) flags[flag] = value as string | string[];
  }
  return flags;
}
