/** An entry of the log as the view shows it. */
import type { LogEntry } from "../../../gen/profileregistry/v1/log_service_pb.js";
import { Operation, Source } from "../../../gen/profileregistry/v1/profile_pb.js";

export interface LogRow {
  revision: number;
  commit_revision: number;
  time_ms: number;
  actor: string;
  source: string;
  operation: string;
  registry: string;
  /** Blank where it is no profile that was written. */
  profile: string;
  /** The mode whose rollout was written; blank where it is none. */
  mode: string;
  version: number;
  reason: string;
}

export function rowOf(entry: LogEntry): LogRow {
  const { time, details, profile, mode, registry, actor, version } = entry;
  const reason = details?.reason;
  return {
    revision: Number(entry.revision),
    commit_revision: Number(entry.commitRevision),
    time_ms: time ? Number(time.seconds) * 1000 + Math.round(time.nanos / 1_000_000) : 0,
    actor,
    source: (Source[entry.source] ?? "unknown").toLowerCase(),
    operation: (Operation[entry.operation] ?? `operation ${entry.operation}`).toLowerCase(),
    registry,
    profile,
    mode,
    version,
    reason: typeof reason === "string" ? reason : "",
  };
}
