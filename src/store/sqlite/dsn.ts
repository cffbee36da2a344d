/** `file:PATH?_journal_mode=WAL&_busy_timeout=5000&_foreign_keys=on` (spec 6.1). Absent parameters take these values. */
import type { SqliteOptions } from "./open.js";

export type ParsedDsn = { path: string } & Pick<SqliteOptions, "busyTimeoutMs" | "foreignKeys">;

export function parseDsn(dsn: string): ParsedDsn | { error: string } {
  if (/^postgres(ql)?:\/\//.test(dsn)) return { error: "postgres:// is not supported yet" };
  const [, rawPath, query = ""] = /^file:([^?]+)(?:\?(.*))?$/.exec(dsn) ?? [];
  if (rawPath === undefined) return { error: "the DSN must have the form file:PATH?_busy_timeout=5000" };
  const parsed: ParsedDsn = { path: rawPath.replace(/^\/\/(?=\/)/, "") };
  for (const [name, value] of new URLSearchParams(query)) {
    switch (name) {
      case "_journal_mode":
        if (value.toUpperCase() !== "WAL")
          return { error: `DSN parameter _journal_mode must be WAL, not "${value}"` };
        break;
      case "_busy_timeout":
        if (!/^\d{1,9}$/.test(value))
          return { error: `DSN parameter _busy_timeout must be milliseconds, not "${value}"` };
        parsed.busyTimeoutMs = Number(value);
        break;
      case "_foreign_keys":
        if (!/^(on|off|true|false|1|0)$/i.test(value))
          return { error: `DSN parameter _foreign_keys must be on or off, not "${value}"` };
        parsed.foreignKeys = /^(on|true|1)$/i.test(value);
        break;
      default:
        return { error: `unknown DSN parameter "${name}"` };
    }
  }
  return parsed;
}
