import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "../support/files.js";
import { runHere } from "./here.js";

const installed = (shell: string): boolean => spawnSync(shell, ["-c", "true"]).status === 0;

/** What is offered at the end of a line that is typed so far; the same in every shell. */
const CASES: readonly (readonly [line: string, offered: readonly string[]])[] = [
  ["profile-registry pro", ["profile"]],
  ["profile-registry profile ", ["diff", "get", "help", "history", "list", "lock", "rollback", "unlock"]],
  ["profile-registry profile rollback agent --ex", ["--expected-version"]],
  ["profile-registry --server http://x profile l", ["list", "lock"]],
  ["profile-registry profile list --tag registry --reg", ["--registry"]],
  ["profile-registry profile get --version 2 --j", ["--json"]],
  ["profile-registry completion ", ["bash", "fish", "zsh"]],
  ["profile-registry restore old", ["old one.db"]],
  ["profile-registry log --profile-registry-db old", ["old one.db"]],
  ["profile-registry profile get ", []],
  ["profile-registry profile list --tag ", []],
];

const SHELLS = { bash: bashOffers, zsh: zshOffers, fish: fishOffers };

describe.each(["bash", "zsh", "fish"] as const)("%s", (shell) => {
  test.skipIf(!installed(shell)).each(CASES)(`completes "%s"`, async (line, offered) => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "old one.db"), "");
    const script = join(directory, "completion");
    writeFileSync(script, (await runHere(["completion", shell])).stdout);
    expect(SHELLS[shell](line, script, directory).sort()).toEqual(offered);
  });
});

test("another shell is refused, and those that are known are named", async () => {
  const { code, stderr } = await runHere(["completion", "tcsh"]);
  expect(stderr).toContain("Allowed choices are bash, zsh, fish.");
  expect(code).toBe(2);
});

/** As bash does it: words to the function, `-o default` means file names. */
function bashOffers(line: string, script: string, cwd: string): string[] {
  const probe = `
    source ${script}
    compopt() { mapfile -t COMPREPLY < <(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"); }
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _profile_registry
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  return offered("bash", ["-c", probe, "bash", ...line.split(" ")], cwd).filter(
    (name) => name !== "completion",
  );
}

function fishOffers(line: string, script: string, cwd: string): string[] {
  const lines = offered("fish", ["--no-config", "-c", `source ${script}; complete -C '${line}'`], cwd);
  return lines.map((text) => text.split("\t")[0]?.replaceAll("\\ ", " ") ?? "");
}

/** zsh offers nothing outside of its editor: what would be shown is caught where it is handed over. */
function zshOffers(line: string, script: string, cwd: string): string[] {
  const probe = `
    compdef() {}
    source ${script}
    _describe() { local name; [[ "$1" == -o ]] && shift; for name in "\${(@P)2}"; do print -r -- "\${name%%:*}"; done }
    compadd() { shift; print -rl -- "$@" }
    _files() { print -rl -- * }
    words=("$@"); CURRENT=$#
    _profile-registry`;
  const prefix = line.slice(line.lastIndexOf(" ") + 1);
  const names = offered("zsh", ["-f", "-c", probe, "zsh", ...line.split(" ")], cwd);
  return names.filter((name) => name.startsWith(prefix));
}

function offered(shell: string, args: readonly string[], cwd: string): string[] {
  const { stdout, stderr } = spawnSync(shell, args, { cwd, encoding: "utf8" });
  if (stderr !== "") throw new TypeError(stderr);
  return stdout.split("\n").filter(Boolean);
}
