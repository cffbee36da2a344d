import { useCallback, useEffect, useRef, useState } from "react";
import { type Connection, followLog, type LogFilter, type LogPage, readLog } from "./follow-log.js";
import type { LogRow } from "./log-row.js";

export interface LogState {
  /** By falling revision; undefined until the first are there. */
  rows: readonly LogRow[] | undefined;
  connection: Connection;
  error?: unknown;
  /** Undefined: there are no older ones. */
  readOlder: (() => void) | undefined;
  readingOlder: boolean;
  retry: () => void;
}

/** More are not kept in sight: a page that stays open for days would grow with the store. */
const MOST_ROWS = 20_000;

export function useLog({ registry, profile }: LogFilter): LogState {
  const [rows, setRows] = useState<readonly LogRow[]>();
  const [next, setNext] = useState("");
  const [connection, setConnection] = useState<Connection>("connecting");
  const [error, setError] = useState<unknown>();
  const [tries, setTries] = useState(0);
  const [readingOlder, setReadingOlder] = useState(false);
  const abort = useRef(new AbortController());

  // biome-ignore lint/correctness/useExhaustiveDependencies: a try more starts it anew
  useEffect(() => {
    const own = new AbortController();
    abort.current = own;
    setRows(undefined);
    setError(undefined);
    setNext("");
    setReadingOlder(false);
    setConnection("connecting");
    const filter = { registry, profile };
    const start = async (): Promise<void> => {
      const page: LogPage = await readLog(filter, "", own.signal);
      setRows(page.rows);
      setNext(page.next);
      const add = (fresh: LogRow[]): void =>
        setRows((now = []) => [...fresh.toReversed(), ...now].slice(0, MOST_ROWS));
      await followLog(filter, page.revision, { rows: add, connection: setConnection }, own.signal);
    };
    start().catch((reason: unknown) => {
      if (!own.signal.aborted) setError(reason);
    });
    return () => own.abort();
  }, [registry, profile, tries]);

  const readOlder = useCallback(async () => {
    const { signal } = abort.current;
    setReadingOlder(true);
    try {
      const page = await readLog({ registry, profile }, next, signal);
      if (signal.aborted) return;
      setRows((now = []) => [...now, ...page.rows]);
      setNext(page.next);
    } catch (reason) {
      if (!signal.aborted) setError(reason);
    } finally {
      if (!signal.aborted) setReadingOlder(false);
    }
  }, [registry, profile, next]);

  return {
    rows,
    connection,
    error,
    readOlder: next === "" ? undefined : () => void readOlder(),
    readingOlder,
    retry: () => setTries((now) => now + 1),
  };
}
