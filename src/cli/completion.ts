/** `completion`: scripts that let shells complete this command line, made from its commands and options. */
import { Argument, type Command } from "commander";
import { bashCompletion } from "./completion-bash.js";
import { fishCompletion } from "./completion-fish.js";
import { completionTree } from "./completion-tree.js";
import { zshCompletion } from "./completion-zsh.js";

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

export function addCompletion(program: Command): void {
  program
    .command("completion")
    .description("Print a script that lets a shell complete commands, options and file names.")
    .addArgument(new Argument("<shell>", "shell to print it for").choices(Object.keys(SHELLS)))
    .addHelpText(
      "after",
      `
Examples:
  $ source <(profile-registry completion bash)
  $ profile-registry completion zsh > ~/.zfunc/_profile-registry
  $ profile-registry completion fish > ~/.config/fish/completions/profile-registry.fish`,
    )
    .action((shell: keyof typeof SHELLS) => {
      process.stdout.write(SHELLS[shell](completionTree(program)));
    });
}
