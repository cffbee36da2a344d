/** The log over RPC: what was written, the newest first, and what follows as it is written. */
import { ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { LogService } from "../../../gen/profileregistry/v1/log_service_pb.js";
import { ProfileRegistryError } from "../../client/index.js";
import { type LogRow, rowOf } from "./log-row.js";

export interface LogFilter {
  /** Blank: all. */
  registry: string;
  /** Blank: all; else one of `registry`. */
  profile: string;
}

export type Connection = "connecting" | "live" | "lost";

export interface LogPage {
  /** By falling revision. */
  rows: LogRow[];
  /** Of the next, older page; blank: that was all. */
  next: string;
  /** All up to this revision is in this page or in older ones. */
  revision: bigint;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
/** The server gives a sign of life every 15 s. */
const SILENCE_MS = 40_000;
const PAGE_SIZE = 200;

const log = createClient(LogService, createConnectTransport({ baseUrl: window.location.origin }));

export async function readLog(filter: LogFilter, pageToken: string, signal: AbortSignal): Promise<LogPage> {
  const query = { ...filter, pageToken, pageSize: PAGE_SIZE, newestFirst: true };
  const answer = await log.listLogEntries(query, { signal }).catch((error: unknown) => {
    throw refusalOf(error);
  });
  return { rows: answer.entries.map(rowOf), next: answer.nextPageToken, revision: answer.revision };
}

/** As every other view has it. */
function refusalOf(error: unknown): ProfileRegistryError {
  const { cause, rawMessage: detail } = ConnectError.from(error);
  // What `fetch` throws where no answer came.
  const code = cause instanceof TypeError ? "network" : "http";
  return new ProfileRegistryError({ status: 0, code, detail, cause: error });
}

/**
 * Tells of every entry after a revision, once each, until the signal ends it. A connection that is lost is taken up again from
 * the last revision that was told: nothing is missed.
 */
export async function followLog(
  filter: LogFilter,
  after: bigint,
  tell: { rows: (rows: LogRow[]) => void; connection: (now: Connection) => void },
  signal: AbortSignal,
): Promise<void> {
  let afterRevision = after;
  for (let wait = FIRST_WAIT_MS; !signal.aborted; ) {
    const silence = silenceGuard(signal);
    try {
      tell.connection("connecting");
      const answers = log.watchLogEntries(
        { ...filter, afterRevision },
        { signal: silence.signal, onHeader: () => tell.connection("live") },
      );
      for await (const { entries, revision } of answers) {
        silence.heard();
        wait = FIRST_WAIT_MS;
        if (entries.length > 0) tell.rows(entries.map(rowOf));
        afterRevision = revision;
      }
    } catch {
      // Whatever ended it, the way on is the same.
    } finally {
      silence.end();
    }
    if (signal.aborted) return;
    tell.connection("lost");
    await pause(wait, signal);
    wait = Math.min(LONGEST_WAIT_MS, wait * 2);
  }
}

/** Ends a connection that has gone silent without an end. */
function silenceGuard(outer: AbortSignal) {
  const quiet = new AbortController();
  let timer = setTimeout(() => quiet.abort(), SILENCE_MS);
  return {
    signal: AbortSignal.any([outer, quiet.signal]),
    heard(): void {
      clearTimeout(timer);
      timer = setTimeout(() => quiet.abort(), SILENCE_MS);
    },
    end: () => clearTimeout(timer),
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
