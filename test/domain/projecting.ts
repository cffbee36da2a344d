import type { MiddlewareInput } from "../../src/domain/document.js";
import type { Json, JsonObject } from "../../src/domain/json.js";
import { projectConfigs, type StoredConfigs } from "../../src/domain/middleware-config.js";
import { catalog } from "./documents.js";
import { texts } from "./refusal.js";

export const SQLITE = "middleware.sqlite_config@v1";
export const AGENTMODE = "middleware.agentmode_config@v1";
export const VAULT = "middleware.vault_config@v1";

export interface Projecting {
  /** The extensions of the request. */
  sent?: JsonObject;
  /** What the profile holds before the write. */
  stored?: { middlewares: StoredConfigs["middlewares"]; extensions?: JsonObject };
}

/** What a write would store, as plain JSON. */
export function project(entries: readonly MiddlewareInput[], { sent, stored }: Projecting = {}) {
  const projection = projectConfigs(entries, sent, stored && { extensions: undefined, ...stored }, catalog);
  return {
    middlewares: projection.middlewares as unknown as Json,
    extensions: JSON.parse(JSON.stringify(projection.extensions)) as JsonObject,
    violations: texts(projection.violations),
  };
}

/** The extensions that it would store. */
export function slotsOf(entries: readonly MiddlewareInput[], given: Projecting = {}): JsonObject {
  const { extensions, violations } = project(entries, given);
  if (violations.length > 0) throw new Error(violations.join("\n"));
  return extensions;
}
