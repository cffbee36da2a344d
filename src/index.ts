/**
 * What other programs mount or call (docs/embedding.md): the REST plugin and the Connect routes over use cases of their own
 * store and catalogue, and the pure functions behind them.
 */
export { createCatalog, type OriginatedDefinition } from "./catalog/catalog.js";
export { type CatalogDefinition, CatalogError, parseDefinition } from "./catalog/definition.js";
export { readCatalogDirectory } from "./catalog/directory.js";
export { bucketOf } from "./domain/bucket.js";
export { canonicalKey } from "./domain/canonical-key.js";
export type { Catalog, ExtensionSchema, MiddlewareDefinition } from "./domain/catalog.js";
export type * from "./domain/document.js";
export type { DocumentView } from "./domain/document-view.js";
export { DomainError, type ErrorCode, type Violation } from "./domain/errors.js";
export { type FingerprintInput, fingerprint } from "./domain/fingerprint.js";
export { parseExtensionKey, parseSlug } from "./domain/identifiers.js";
export type { Json, JsonObject } from "./domain/json.js";
export { type Layer, mergeLayers, traceLayers } from "./domain/layers.js";
export { DEFAULT_LIMITS, type Limits } from "./domain/limits.js";
export type { EnvironmentFlags, Processing, ProcessingRequest } from "./domain/processing.js";
export { type Resolution, type ResolveRequest, type ResolveSettings, resolve } from "./domain/resolve.js";
export type { Rollout, ShownRollout } from "./domain/rollout.js";
export type { ShownSecrets } from "./domain/secrets.js";
export { redactProfile, secretExemptions } from "./domain/secrets.js";
export { type Selected, type SelectionRequest, selectProfile } from "./domain/selection.js";
export type { RestOptions } from "./rest/options.js";
export { restPlugin } from "./rest/plugin.js";
export type { RpcRecord } from "./rpc/call-report.js";
export type { RpcOptions } from "./rpc/options.js";
export { createRoutes } from "./rpc/routes.js";
export { makeProtobufStrict } from "./rpc/strict-protobuf.js";
export { type BootstrapOptions, bootstrap } from "./service/bootstrap.js";
export { createServices, type ServiceOptions, type Services } from "./service/services.js";
export { openSqliteStore } from "./store/sqlite/sqlite-store.js";
export { type Store, StoreOpenError } from "./store/store.js";
