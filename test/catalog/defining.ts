import { createCatalog } from "../../src/catalog/catalog.js";
import type { CatalogDefinition } from "../../src/catalog/definition.js";
import type { Catalog } from "../../src/domain/catalog.js";
import type { Json, JsonObject } from "../../src/domain/json.js";

export const DRAFT_07 = "http://json-schema.org/draft-07/schema#";
export const DRAFT_2020_12 = "https://json-schema.org/draft/2020-12/schema";

export function middleware(schema: JsonObject, name = "m"): CatalogDefinition {
  return { kind: "middleware", name, version: 1, display_name: "M", description: "A middleware.", schema };
}

export function extension(key: string, schema: JsonObject): CatalogDefinition {
  return { kind: "extension", key, schema };
}

export function catalogOf(...definitions: CatalogDefinition[]): Catalog {
  return createCatalog(definitions.map((definition) => ({ definition })));
}

/** A config as the middleware of this schema takes it; its reasons where it refuses it. */
export function resolved(schema: JsonObject, config: JsonObject): Json {
  const outcome = catalogOf(middleware(schema)).resolveConfig("m", config);
  return outcome.ok ? plain(outcome.config) : [...outcome.reasons];
}

/** Why the slot `s` of a middleware of this schema may not hold this config. */
export function slotFaults(schema: JsonObject, config: Json): readonly string[] {
  return catalogOf(middleware(schema)).checkExtension("middleware.m_config@v1", { instances: { s: config } });
}

/** Prototypes do not count. */
export function plain<T extends Json>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
