/** Entries of the log (spec 2.1), by revision or by document. */
import type { Database, Statement } from "better-sqlite3";
import type { JsonObject } from "../../domain/json.js";
import type { LogEntry, LogQuery } from "../store.js";
import { orUnreadable, type PayloadReader } from "./stored-json.js";

interface LogRow {
  revision: number;
  commit_revision: number;
  time_ms: number;
  actor: string;
  source: LogEntry["source"];
  operation: LogEntry["operation"];
  registry_slug: string;
  profile_slug: string | null;
  version: number;
  registry_version: number;
  mode: string | null;
  details_json: string | null;
  /** Null of a delete; absent where documents were not asked for. */
  payload_json?: string | null;
}

const COLUMNS =
  "revision, commit_revision, time_ms, actor, source, operation, registry_slug, profile_slug, version, registry_version, mode, details_json";

/** A condition for each part of a query that is given: an index serves only what is really asked for. */
const CONDITIONS: { [part in keyof LogQuery]?: string } = {
  after: "revision > @after",
  before: "revision < @before",
  registry: "registry_slug = @registry",
  profile: "profile_slug = @profile",
  mode: "mode = @mode",
  version: "version = @version",
};

export function createLogReader(db: Database, payloads: PayloadReader): (query: LogQuery) => LogEntry[] {
  const statements = new Map<string, Statement<[LogQuery], LogRow>>();
  const prepare = (text: string): Statement<[LogQuery], LogRow> => {
    const prepared = statements.get(text) ?? db.prepare<[LogQuery], LogRow>(text);
    statements.set(text, prepared);
    return prepared;
  };
  return (query) =>
    prepare(logQueryText(query))
      .all(bound(query))
      .map((row) => toLogEntry(row, payloads));
}

export function logQueryText(query: LogQuery): string {
  const conditions = Object.entries(CONDITIONS).flatMap(([part, condition]) =>
    query[part as keyof LogQuery] === undefined ? [] : [condition],
  );
  if (query.writesOnly) conditions.push("payload_json IS NOT NULL");
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  return `SELECT ${query.documents ? `${COLUMNS}, payload_json` : COLUMNS} FROM log ${where}
    ORDER BY revision ${query.newestFirst ? "DESC" : "ASC"} LIMIT @limit`;
}

/** The driver binds neither booleans nor undefined. */
function bound({ newestFirst: _, documents: __, writesOnly: ___, ...query }: LogQuery): LogQuery {
  return Object.fromEntries(
    Object.entries(query).filter(([, value]) => value !== undefined),
  ) as unknown as LogQuery;
}

function toLogEntry(row: LogRow, payloads: PayloadReader): LogEntry {
  const { registry_slug: registry, profile_slug: profile, payload_json: payload } = row;
  const document =
    payload == null
      ? undefined
      : orUnreadable(() =>
          row.mode !== null
            ? payloads.rollout(registry, row.mode, payload)
            : profile === null
              ? payloads.registry(registry, payload)
              : payloads.profile(registry, profile, payload),
        );
  return {
    revision: row.revision,
    commitRevision: row.commit_revision,
    timeMs: row.time_ms,
    actor: row.actor,
    source: row.source,
    operation: row.operation,
    registry,
    ...(profile === null ? {} : { profile }),
    ...(row.mode === null ? {} : { mode: row.mode }),
    version: row.version,
    registryVersion: row.registry_version,
    ...(document === undefined ? {} : { document }),
    ...detailsOf(row),
  };
}

/** None where they cannot be read, as of a document. */
function detailsOf({ details_json: text }: LogRow): Pick<LogEntry, "details"> {
  try {
    return text === null ? {} : { details: JSON.parse(text) as JsonObject };
  } catch {
    return {};
  }
}
