/** The log as it grows, over connections that may be lost. */
import { setTimeout as sleep } from "node:timers/promises";
import { Code, ConnectError } from "@connectrpc/connect";
import { type ShownEntry, shownEntry } from "../rpc/shown-documents.js";
import type { Clients } from "./clients.js";
import { failureText } from "./failure.js";
import { interruption } from "./interrupt.js";

/** Which entries; blank: all. */
export interface LogFilter {
  registry: string;
  profile: string;
}

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2_000;
/** What asking again does not change. */
const FINAL = new Set([
  Code.InvalidArgument,
  Code.NotFound,
  Code.PermissionDenied,
  Code.Unauthenticated,
  Code.Unimplemented,
]);

/**
 * Gives every entry after a revision once, in order, until SIGINT or SIGTERM. Where the server goes away it asks again,
 * from the last revision that it has been told of. Throws what the server refuses.
 */
export async function followLog(
  { log, server }: Clients,
  filter: LogFilter,
  afterRevision: bigint,
  give: (entry: ShownEntry) => void,
): Promise<void> {
  using interrupted = interruption();
  const { signal } = interrupted;
  let after = afterRevision;
  let waitMs = 0;
  let told = false;
  while (!signal.aborted) {
    try {
      const request = { ...filter, afterRevision: after };
      for await (const { entries, revision } of log.watchLogEntries(request, { signal })) {
        for (const entry of entries) give(shownEntry(entry));
        after = revision;
        waitMs = 0;
        told = false;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (server === undefined || FINAL.has(ConnectError.from(error).code)) throw error;
      if (!told) process.stderr.write(`${server.origin} broke off, trying again: ${failureText(error)}\n`);
      told = true;
    }
    waitMs = Math.min(Math.max(waitMs * 2, FIRST_WAIT_MS), LONGEST_WAIT_MS);
    await sleep(waitMs, undefined, { signal }).catch(() => {});
  }
}
