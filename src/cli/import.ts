/** `import`: documents of files into a server or a store (spec 6.3, 6.4). */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { setFlagsFromString } from "node:v8";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Command } from "commander";
import type { Environment } from "../config.js";
import type { ImportPlan } from "../domain/import-plan.js";
import { planFrom } from "../rpc/shown-plan.js";
import { addTarget, type Clients, withClients } from "./clients.js";
import { confirm } from "./confirm.js";
import { hasColours, printJson } from "./print.js";
import { createProgressLine } from "./progress.js";
import { planLines } from "./show-plan.js";

interface ImportFlags extends Record<string, unknown> {
  registry?: string;
  replace?: boolean;
  includeReadOnly?: boolean;
  dryRun?: boolean;
  yes?: boolean;
  json?: boolean;
}

const CHUNK_BYTES = 512 * 1024;

export function addImport(program: Command, env: Environment): void {
  const command = program
    .command("import")
    .description(
      "Create and replace registries and profiles from YAML or JSON files, all of them or nothing.",
    )
    .argument("<FILE...>", "files in any form of documents, legacy maps among them")
    .option("--registry <SLUG>", "registry of a file that names none (default: the default registry)")
    .option("--replace", "also delete the profiles of the files' registries that the files do not have")
    .option("--include-read-only", "also change and delete read-only profiles")
    .option("--dry-run", "show the plan, store nothing")
    .option("--yes", "do not ask before documents are changed or deleted")
    .option("--json", "print the plan as JSON");
  addTarget(command)
    .addHelpText(
      "after",
      `
The plan is shown first. Where it changes or deletes documents a terminal is asked; scripts give --yes.

Examples:
  $ profile-registry import registries.yaml --dry-run --server http://127.0.0.1:8080
  $ profile-registry import registries.yaml --profile-registry-db ./data/profiles.db
  $ profile-registry import team.yaml ops.yaml --replace --yes --server http://127.0.0.1:8080`,
    )
    .action((files: string[], flags: ImportFlags) =>
      withClients(flags, env, (clients) => importFiles(clients, files, flags)),
    );
}

/** Between collections of garbage. V8 would rather let a large import take twice the memory than collect more often. */
const HEAP_GROWTH_PERCENT = 10;

async function importFiles(
  clients: Clients,
  files: readonly string[],
  { dryRun = false, yes = false, json = false, ...flags }: ImportFlags,
): Promise<void> {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
  const send = (validateOnly: boolean) => sendFiles(clients, files, flags, validateOnly);
  // Nobody is asked, so nobody needs to see the plan before.
  if (dryRun || yes) return printPlan(await send(dryRun), dryRun, json);
  const planned = await send(true);
  const { changed, deleted } = planned.plan.counts;
  if (changed + deleted > 0) {
    if (!json) printPlan(planned, true, false);
    if (!(await confirm("Import it?"))) throw new Error("nothing was imported");
  }
  printPlan(await send(false), false, json);
}

interface Imported {
  plan: ImportPlan;
  revision: number;
}

async function sendFiles(
  { documents }: Clients,
  files: readonly string[],
  { registry = "", replace = false, includeReadOnly = false }: ImportFlags,
  validateOnly: boolean,
): Promise<Imported> {
  const progress = createProgressLine("import", "bytes");
  async function* requests() {
    const options = { registry, replace, includeReadOnly, validateOnly };
    yield { part: { case: "options", value: options } } as const;
    for (const file of files) {
      yield { part: { case: "fileName", value: file } } as const;
      try {
        const { size } = await stat(file);
        let sent = 0;
        for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) {
          sent += (chunk as Uint8Array).length;
          progress.show(sent, size);
          yield { part: { case: "chunk", value: chunk as Uint8Array } } as const;
        }
      } catch (error) {
        unread = new ConnectError(
          `${file} cannot be read: ${(error as Error).message}`,
          Code.InvalidArgument,
        );
        throw unread;
      }
    }
    progress.say(validateOnly ? "checking the documents" : "checking and storing the documents");
  }
  let unread: ConnectError | undefined;
  try {
    return await planFrom(documents.importDocuments(requests()));
  } catch (error) {
    // What the transport makes of a request that breaks off tells nothing.
    throw unread ?? error;
  } finally {
    progress.clear();
  }
}

function printPlan({ plan, revision }: Imported, planned: boolean, json: boolean): void {
  if (json) {
    printJson({ ...plan, revision, stored: !planned });
    return;
  }
  for (const line of planLines(plan, { colours: hasColours() })) process.stdout.write(`${line}\n`);
  if (planned) process.stdout.write("nothing was stored yet\n");
}
