/** `log`: what was written, when and by whom (spec 6.4). */
import type { Command } from "commander";
import type { Environment } from "../config.js";
import { type ShownEntry, shownEntry } from "../rpc/shown-documents.js";
import { positive, revision } from "./arguments.js";
import { addTarget, type Clients, withClients } from "./clients.js";
import { followLog, type LogFilter } from "./follow-log.js";
import { collect, itemsOf, PAGE_SIZE } from "./pages.js";
import { timeText } from "./print.js";
import { oneLine, printTable } from "./table.js";

/** How many entries are shown where nothing says how many. */
const DEFAULT_LIMIT = 50;

interface LogFlags extends Record<string, unknown> {
  registry?: string;
  profile?: string;
  after?: bigint;
  limit?: number;
  follow?: boolean;
  json?: boolean;
}

export function addLog(program: Command, env: Environment): void {
  const command = program
    .command("log")
    .description("Show the log: an entry for each document that a write changed, the newest last.")
    .option("--registry <SLUG>", "only this registry and its profiles (default: all)")
    .option(
      "--profile <SLUG>",
      "only the profile of this name, in the registry (default: the default registry)",
    )
    .option("--after <REVISION>", "only entries after this revision", revision)
    .option("--limit <N>", `only the newest N (default: ${DEFAULT_LIMIT}; with --after all)`, positive)
    .option("--follow", "go on with entries as they are written, until interrupted")
    .option("--json", "print an entry a line, as JSON");
  addTarget(command)
    .addHelpText(
      "after",
      `
Times are UTC. A follower goes on where it was when the server comes back: it misses and repeats nothing.

Examples:
  $ profile-registry log --server http://127.0.0.1:8080
  $ profile-registry log --registry team --limit 5 --profile-registry-db ./data/profiles.db
  $ profile-registry log --follow --json --after 120 --server http://127.0.0.1:8080`,
    )
    .action(async ({ registry = "", profile = "", after, limit, follow, json, ...options }: LogFlags) => {
      await withClients(options, env, async (clients) => {
        const filter = { registry, profile };
        const wanted = limit ?? (after === undefined ? DEFAULT_LIMIT : undefined);
        const list = listEntries(clients, filter, after ?? 0n, wanted);
        if (json) for await (const entry of list.entries) printEntryJson(entry);
        else printTable(HEAD, (await collect(list.entries)).map(cellsOf));
        if (follow) await followLog(clients, filter, list.revision(), json ? printEntryJson : printEntryLine);
      });
    });
}

/** The oldest first; once they are read, the revision up to which they are all there. */
function listEntries(
  { log }: Clients,
  filter: LogFilter,
  afterRevision: bigint,
  limit: number | undefined,
): { entries: AsyncIterable<ShownEntry>; revision: () => bigint } {
  const newestFirst = limit !== undefined;
  const pageSize = Math.min(limit ?? PAGE_SIZE, PAGE_SIZE);
  let revision: bigint | undefined;
  const entries = itemsOf(async (pageToken) => {
    const page = await log.listLogEntries({ ...filter, afterRevision, newestFirst, pageSize, pageToken });
    // Of pages that go back in time only the first has the newest entries.
    if (!newestFirst || revision === undefined) revision = page.revision;
    return { items: page.entries.map(shownEntry), nextPageToken: page.nextPageToken };
  });
  return {
    entries: limit === undefined ? entries : newest(entries, limit),
    revision: () => revision ?? afterRevision,
  };
}

async function* newest(entries: AsyncIterable<ShownEntry>, limit: number): AsyncGenerator<ShownEntry> {
  yield* (await collect(entries, limit)).reverse();
}

const HEAD = ["REVISION", "WHEN", "WHO", "SOURCE", "OPERATION", "DOCUMENT", "VERSION"];

/** Of a follower: no table, since the widths of what is to come are not known. */
function printEntryLine(entry: ShownEntry): void {
  process.stdout.write(`${cellsOf(entry).map(oneLine).join("  ")}\n`);
}

function printEntryJson(entry: ShownEntry): void {
  process.stdout.write(`${JSON.stringify(entry)}\n`);
}

function cellsOf(entry: ShownEntry): string[] {
  const { revision: at, time_ms, actor, source, operation, version } = entry;
  return [String(at), timeText(time_ms), actor, source, operation, documentName(entry), String(version)];
}

function documentName({ registry, profile, mode }: ShownEntry): string {
  if (mode !== undefined) return `${registry}/rollouts/${mode}`;
  return profile === undefined ? registry : `${registry}/${profile}`;
}
