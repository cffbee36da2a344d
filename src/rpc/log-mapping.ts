/** Log entries and versions as messages. */
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  type LogEntry as EntryMessage,
  LogEntrySchema,
} from "../../gen/profileregistry/v1/log_service_pb.js";
import { Operation as OperationMessage } from "../../gen/profileregistry/v1/profile_pb.js";
import {
  ProfileVersionSchema,
  type ProfileVersion as VersionMessage,
} from "../../gen/profileregistry/v1/registry_service_pb.js";
import type { Profile, Registry } from "../domain/document.js";
import type { Rollout } from "../domain/rollout.js";
import type { SecretExemptions } from "../domain/secrets.js";
import type { ProfileVersion } from "../service/history.js";
import type { LogEntry, Operation } from "../service/log.js";
import { structFromJson } from "./json-value.js";
import { profileMessage, registryMessage, SOURCES } from "./mapping.js";
import { rolloutMessage } from "./rollout-mapping.js";

export const OPERATIONS: Record<Operation, OperationMessage> = {
  create_profile: OperationMessage.CREATE_PROFILE,
  update_profile: OperationMessage.UPDATE_PROFILE,
  delete_profile: OperationMessage.DELETE_PROFILE,
  rollback_profile: OperationMessage.ROLLBACK_PROFILE,
  set_read_only: OperationMessage.SET_READ_ONLY,
  create_registry: OperationMessage.CREATE_REGISTRY,
  update_registry: OperationMessage.UPDATE_REGISTRY,
  set_default_profile: OperationMessage.SET_DEFAULT_PROFILE,
  delete_registry: OperationMessage.DELETE_REGISTRY,
  restore: OperationMessage.RESTORE,
  create_rollout: OperationMessage.CREATE_ROLLOUT,
  update_rollout: OperationMessage.UPDATE_ROLLOUT,
  advance_rollout: OperationMessage.ADVANCE_ROLLOUT,
  rollback_rollout: OperationMessage.ROLLBACK_ROLLOUT,
  delete_rollout: OperationMessage.DELETE_ROLLOUT,
};

export function versionMessage(entry: ProfileVersion): VersionMessage {
  return create(ProfileVersionSchema, { ...writeOf(entry), changedPaths: entry.changedPaths });
}

/** Which secrets a document shows: all where `exempt` is undefined, else those that it names. */
export function entryMessage(entry: LogEntry, exempt: SecretExemptions | undefined): EntryMessage {
  return create(LogEntrySchema, {
    ...writeOf(entry),
    commitRevision: BigInt(entry.commitRevision),
    registry: entry.registry,
    profile: entry.profile ?? "",
    mode: entry.mode ?? "",
    ...(entry.details ? { details: structFromJson(entry.details) } : {}),
    document: documentOf(entry, exempt),
  });
}

function writeOf({
  version,
  revision,
  timeMs,
  actor,
  source,
  operation,
  registryVersion,
}: Omit<LogEntry, "document">) {
  return {
    version,
    revision: BigInt(revision),
    time: timestampFromMs(timeMs),
    actor,
    source: SOURCES[source],
    operation: OPERATIONS[operation],
    registryVersion,
  };
}

function documentOf(
  { document, registry, profile, mode, registryVersion }: LogEntry,
  exempt: SecretExemptions | undefined,
): EntryMessage["document"] {
  if (document === undefined) return { case: undefined };
  if (mode !== undefined) return { case: "rolloutDocument", value: rolloutMessage(document as Rollout) };
  if (profile === undefined)
    return { case: "registryDocument", value: registryMessage(document as Registry) };
  // What else the registry was then is told by its own entries.
  const then = { slug: registry, metadata: { version: registryVersion } } as Registry;
  const value = profileMessage({ profile: document as Profile, registry: then }, exempt);
  return { case: "profileDocument", value };
}
