/** What both edges offer, said in neither's terms: documents are the JSON of spec 1. */
import type { ErrorCode, JsonObject, Violation } from "../../src/index.js";

interface Write {
  expected_version?: number;
  validate_only?: boolean;
  /** Makes it a retry of others with the same key. A UUID. */
  key?: string;
}

type Named =
  | { do: "list-registries" }
  | { do: "get-registry" }
  | ({ do: "create-registry"; document: JsonObject } & Write)
  | ({ do: "update-registry"; patch: JsonObject } & Write)
  | ({ do: "delete-registry"; force?: boolean } & Write)
  | { do: "list-profiles"; tag?: string }
  | { do: "get-profile"; slug: string }
  | ({ do: "create-profile"; document: JsonObject; set_default?: boolean } & Write)
  /** `patch` holds exactly what is to be replaced. */
  | ({ do: "update-profile"; slug: string; patch: JsonObject; set_default?: boolean } & Write)
  | ({ do: "delete-profile"; slug: string } & Write)
  | ({ do: "set-default-profile"; slug: string } & Write)
  | { do: "list-versions"; slug: string }
  | { do: "get-version"; slug: string; version: number }
  | ({ do: "rollback"; slug: string; version: number } & Write)
  /** Of the case's registry, or where `registry` is blank and no profile is named, of all. */
  | { do: "list-log"; profile?: string; after?: number; limit?: number }
  | { do: "resolve"; request: JsonObject }
  | { do: "list-rollouts" }
  | { do: "get-rollout"; mode: string }
  /** `patch` holds exactly what is to be replaced. */
  | ({ do: "update-rollout"; mode: string; patch: JsonObject; force?: boolean; reason?: string } & Write)
  | ({ do: "advance-rollout"; mode: string } & Write)
  | ({ do: "rollback-rollout"; mode: string; kind: string; reason?: string } & Write)
  | { do: "get-report"; mode: string; incident?: boolean }
  | { do: "report-outcomes"; outcomes: JsonObject[] }
  | { do: "get-features" }
  | { do: "list-middleware-schemas" }
  | { do: "list-extension-schemas" };

/** `registry` absent: the one that the case has to itself. Blank: none is named. */
export type Operation = Named & { registry?: string };

export interface Refusal {
  code: ErrorCode;
  message: string;
  violations: Violation[];
}

/** The answer in its REST form, times in Unix milliseconds, the edge's own source as `edge`. */
export type Outcome = { document: unknown; revision: number | undefined } | { error: Refusal };

export interface Edge {
  perform(operation: Operation): Promise<Outcome>;
}

type More = Write & { registry?: string };

export function createRegistry(slug: string, members: JsonObject = {}, more: More = {}): Operation {
  return { do: "create-registry", document: { slug, ...members }, ...more };
}

export function updateRegistry(patch: JsonObject, more: More = {}): Operation {
  return { do: "update-registry", patch, ...more };
}

export function deleteRegistry(registry: string, more: More & { force?: boolean } = {}): Operation {
  return { do: "delete-registry", registry, ...more };
}

export function create(
  slug: string,
  members: JsonObject = {},
  more: More & { set_default?: boolean } = {},
): Operation {
  return { do: "create-profile", document: { slug, ...members }, ...more };
}

export function update(
  slug: string,
  patch: JsonObject = {},
  more: More & { set_default?: boolean } = {},
): Operation {
  return { do: "update-profile", slug, patch, ...more };
}

export function get(slug: string, more: More = {}): Operation {
  return { do: "get-profile", slug, ...more };
}

export function remove(slug: string, more: More = {}): Operation {
  return { do: "delete-profile", slug, ...more };
}

export function setDefault(slug: string, more: More = {}): Operation {
  return { do: "set-default-profile", slug, ...more };
}

export function listVersions(slug: string, more: More = {}): Operation {
  return { do: "list-versions", slug, ...more };
}

export function getVersion(slug: string, version: number, more: More = {}): Operation {
  return { do: "get-version", slug, version, ...more };
}

export function rollback(slug: string, version: number, more: More = {}): Operation {
  return { do: "rollback", slug, version, ...more };
}

export function listLog(
  more: { registry?: string; profile?: string; after?: number; limit?: number } = {},
): Operation {
  return { do: "list-log", ...more };
}

export function resolve(request: JsonObject = {}, more: More = {}): Operation {
  return { do: "resolve", request, ...more };
}

/** Declares modes whose only profile has the name of the mode. */
export function declare(modes: readonly string[], more: More = {}): Operation {
  const declared = Object.fromEntries(modes.map((mode) => [mode, { profiles: [mode] }]));
  return updateRegistry({ processing_modes: declared }, more);
}

export function getRollout(mode: string, more: More = {}): Operation {
  return { do: "get-rollout", mode, ...more };
}

export function updateRollout(
  mode: string,
  patch: JsonObject = {},
  more: More & { force?: boolean; reason?: string } = {},
): Operation {
  return { do: "update-rollout", mode, patch, ...more };
}

export function advanceRollout(mode: string, more: More = {}): Operation {
  return { do: "advance-rollout", mode, ...more };
}

export function rollbackRollout(
  mode: string,
  kind: string,
  more: More & { reason?: string } = {},
): Operation {
  return { do: "rollback-rollout", mode, kind, ...more };
}

export function reportOutcomes(outcomes: JsonObject[], more: More = {}): Operation {
  return { do: "report-outcomes", outcomes, ...more };
}

export function getReport(mode: string, more: More & { incident?: boolean } = {}): Operation {
  return { do: "get-report", mode, ...more };
}
