/** `profile-registry/browser`. */
export type { ExtensionSchema, MiddlewareDefinition } from "../../src/domain/catalog.js";
export type { ErrorCode, Violation } from "../../src/domain/errors.js";
export type { ImportPlan, PlannedChange } from "../../src/domain/import-plan.js";
export type {
  Features,
  FiguresReport,
  Gate,
  GateName,
  Incident,
  RollbackKind,
  RolloutFlag,
  RolloutReport,
  RolloutThresholds,
  ShownRollout,
} from "../../src/domain/rollout.js";
export type { ServerInfo } from "../../src/service/server-info.js";
export type { NewDocumentOptions, ReadOptions, RegistryOptions, WriteOptions } from "./calls.js";
export { createProfileClient, type ProfileClient } from "./client.js";
export type * from "./documents.js";
export { type ClientErrorCode, ProfileRegistryError } from "./error.js";
export type { Listing, Page } from "./listing.js";
export type { ListProfiles, ListVersions } from "./profiles.js";
export type { ExportOptions, Imported, ImportOptions, ListLog, RegistryAsRead } from "./registries.js";
export type { ReportedOutcome, RolloutAsRead, RolloutChanges } from "./rollouts.js";
export {
  createSelection,
  nameOf,
  type ProfileSelection,
  type SelectionNotice,
  type SelectionSnapshot,
  type SelectionSource,
  type Turn,
} from "./selection.js";
export type { ClientOptions } from "./transport.js";
