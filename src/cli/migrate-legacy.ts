/** `migrate-legacy`: a file in an older form as a file of `registries:` (spec 6.3, 6.4). */
import { readFile, realpath, stat } from "node:fs/promises";
import { type Command, Option } from "commander";
import { parseSlug } from "../domain/identifiers.js";
import { type CanonicalForm, canonicalForm } from "../formats/canonical-form.js";
import { decodeUtf8 } from "../formats/decode-utf8.js";
import { createFile, replaceFile } from "../store/place-file.js";
import { UsageError } from "./failure.js";

interface MigrateFlags {
  input: string;
  output?: string;
  registry: string;
  inPlace?: boolean;
  backupInPlace: string;
  force?: boolean;
  dryRun?: boolean;
  skipIfNotLegacy?: boolean;
  server?: string;
}

export function addMigrateLegacy(program: Command): void {
  program
    .command("migrate-legacy")
    .description("Turn a file of the legacy form, profile name -> section -> field, into one of registries.")
    .requiredOption("--input <FILE>", "file to read, YAML or JSON")
    .option("--output <FILE>", "file to write (default: <input>.registry.yaml)")
    .option("--registry <SLUG>", "registry of profiles whose file names none", "default")
    .option("--in-place", "write to the input file itself")
    .addOption(
      new Option("--backup-in-place [BOOL]", "with --in-place: copy the input to <input>.bak first")
        .preset("true")
        .default("true"),
    )
    .option("--force", "write over an output that exists")
    .option("--dry-run", "print the YAML, write nothing")
    .option("--skip-if-not-legacy", "write nothing where the input is not of the legacy form")
    .addOption(new Option("--server <URL>").hideHelp())
    .addHelpText(
      "after",
      `
Every setting and every secret is kept, and so are the permissions of the file; comments are not. An input in another form
than the legacy one is written as registries too.

Examples:
  $ profile-registry migrate-legacy --input profiles.yaml
  $ profile-registry migrate-legacy --input profiles.yaml --registry team --output registries.yaml --force
  $ profile-registry migrate-legacy --input profiles.yaml --in-place --skip-if-not-legacy
  $ profile-registry migrate-legacy --input profiles.yaml --dry-run`,
    )
    .action(migrate);
}

async function migrate(flags: MigrateFlags): Promise<void> {
  const { input, dryRun, skipIfNotLegacy } = flags;
  const makeBackup = checkUsage(flags);
  const { bytes, mode } = await readInput(input, flags.inPlace);
  const text = decodeUtf8(bytes, input);
  const found = await canonicalForm(text, { file: input, registry: flags.registry });
  const output = flags.inPlace ? input : (flags.output ?? `${input}.registry.yaml`);
  const skipped =
    found.format === "empty" ||
    (skipIfNotLegacy && found.format !== "legacy-map") ||
    (flags.inPlace && found.text === text);

  if (dryRun || skipped) {
    const report = reportOf(input, found, { output: skipped ? undefined : output });
    // The YAML alone is on stdout, so that it can be piped.
    (dryRun ? process.stderr : process.stdout).write(`${report}${skipped ? "No output written\n" : ""}`);
    if (!skipped) process.stdout.write(found.text);
    return;
  }
  let backup: string | undefined;
  if (flags.inPlace) {
    if (makeBackup) backup = await backUp(input, bytes, mode);
    await writing(output, () => replaceFile(output, found.text, mode));
  } else {
    await writeOutput(output, found.text, mode, flags);
  }
  process.stdout.write(reportOf(input, found, { output, backup }));
}

/** Returns whether the input is copied before it is replaced. */
function checkUsage({ server, inPlace, output, registry, backupInPlace }: MigrateFlags): boolean {
  if (server !== undefined) throw new UsageError("migrate-legacy works on files, not on a server");
  if (inPlace && output !== undefined) throw new UsageError("--in-place and --output exclude each other");
  const slug = parseSlug(registry, "registry slug");
  if (!slug.ok) throw new UsageError(`--registry: ${slug.reason}`);
  if (!/^(?:true|false)$/.test(backupInPlace))
    throw new UsageError(`--backup-in-place must be true or false, not "${backupInPlace}"`);
  return backupInPlace === "true";
}

async function readInput(
  input: string,
  inPlace: boolean | undefined,
): Promise<{ bytes: Uint8Array; mode: number }> {
  try {
    const { mode, isFile } = await stat(input).then((found) => ({
      mode: found.mode,
      isFile: found.isFile(),
    }));
    if (inPlace && !isFile) throw new Error("it is not a file");
    return { bytes: await readFile(input), mode: mode & 0o777 };
  } catch (cause) {
    throw new Error(`${input} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** Never over an existing one; one that holds the input already, from a run that was broken off, is as good. */
async function backUp(input: string, bytes: Uint8Array, mode: number): Promise<string> {
  const backup = `${input}.bak`;
  await writing(backup, async () => {
    try {
      await createFile(backup, bytes, mode);
    } catch (error) {
      if (!exists(error)) throw error;
      if (!(await readFile(backup)).equals(bytes))
        throw new Error("it exists and holds something else (--backup-in-place=false makes no backup)");
    }
  });
  return backup;
}

async function writeOutput(
  output: string,
  text: string,
  mode: number,
  { input, force }: MigrateFlags,
): Promise<void> {
  if ((await realpath(output).catch(() => undefined)) === (await realpath(input)))
    throw new UsageError("--output is the input: use --in-place");
  await writing(output, async () => {
    if (force) return replaceFile(output, text, mode);
    try {
      await createFile(output, text, mode);
    } catch (error) {
      throw exists(error) ? new Error("it exists (--force writes over it)") : error;
    }
  });
}

async function writing(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    throw new Error(`${path} cannot be written: ${(cause as Error).message}`, { cause });
  }
}

function exists(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "EEXIST";
}

function reportOf(
  input: string,
  { format, registries, profiles }: CanonicalForm,
  { output = "none", backup = "none" }: { output?: string | undefined; backup?: string | undefined },
): string {
  return `Input: ${input}
Input format: ${format}
Output: ${output}
Registries: ${registries}
Profiles: ${profiles}
Backup: ${backup}
`;
}
