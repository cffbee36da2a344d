/** What both edges offer, said in neither's terms: documents are the JSON of spec 1. */
import type { ErrorCode, JsonObject, Violation } from "../../src/index.js";

interface Versioned {
  expected_version?: number;
}

type Named =
  | { do: "list-registries" }
  | { do: "get-registry" }
  | ({ do: "create-registry"; document: JsonObject } & Versioned)
  | ({ do: "update-registry"; patch: JsonObject } & Versioned)
  | ({ do: "delete-registry"; force?: boolean } & Versioned)
  | { do: "list-profiles"; tag?: string }
  | { do: "get-profile"; slug: string }
  | ({ do: "create-profile"; document: JsonObject; set_default?: boolean } & Versioned)
  /** `patch` holds exactly what is to be replaced. */
  | ({ do: "update-profile"; slug: string; patch: JsonObject; set_default?: boolean } & Versioned)
  | ({ do: "delete-profile"; slug: string } & Versioned)
  | ({ do: "set-default-profile"; slug: string } & Versioned)
  | { do: "resolve"; request: JsonObject }
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

type More = { registry?: string; expected_version?: number };

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

export function resolve(request: JsonObject = {}, more: More = {}): Operation {
  return { do: "resolve", request, ...more };
}
