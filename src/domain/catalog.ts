/** The catalogue as the rules see it: look a definition up, resolve a config. Nothing of the schema library shows. */
import type { Json, JsonObject } from "./json.js";

export interface MiddlewareDefinition {
  name: string;
  version: number;
  display_name: string;
  description: string;
  /** JSON Schema of the config, as it is enforced. */
  schema: JsonObject;
}

export interface ExtensionSchema {
  key: string;
  /** JSON Schema of the payload, as it is enforced. */
  schema: JsonObject;
}

export type ResolvedConfig = { ok: true; config: JsonObject } | { ok: false; reasons: readonly string[] };

export interface Catalog {
  /** By name, sorted. */
  readonly middlewares: readonly MiddlewareDefinition[];
  /** By key, sorted: explicit ones, and one derived per middleware for its config key. */
  readonly extensions: readonly ExtensionSchema[];
  /** `sha256:` + hex over both lists: equal digests mean equal catalogues. */
  readonly digest: string;
  has(middleware: string): boolean;
  /**
   * Fills schema defaults, coerces and validates (spec 1.5 step 3). Idempotent. The input is not modified.
   * The middleware must be known.
   */
  resolveConfig(middleware: string, config: JsonObject): ResolvedConfig;
  /** Reasons why a payload does not fit the schema known for a key; none for an unknown key. */
  checkExtension(key: string, payload: Json): readonly string[];
}
