/** The catalogue: definitions compiled once, then asked by the rules. */
import { createHash } from "node:crypto";
import type { Catalog, ExtensionSchema, MiddlewareDefinition } from "../domain/catalog.js";
import { middlewareConfigKey } from "../domain/identifiers.js";
import { isObject, type Json, type JsonObject } from "../domain/json.js";
import { BUILTIN_DEFINITIONS } from "./builtin.js";
import { fillAndCoerce } from "./coerce.js";
import { type CatalogDefinition, CatalogError, parseDefinition } from "./definition.js";
import { type Check, compileSchema, isDraft07 } from "./schema.js";

/** A definition and the file it came from, which errors name. */
export interface OriginatedDefinition {
  definition: CatalogDefinition;
  origin?: string;
}

/**
 * A catalogue of the built-in definitions and `more`. Throws CatalogError when a name or key is defined twice or
 * a schema cannot be compiled. An explicit schema for a middleware's config key wins over the derived one.
 */
export function createCatalog(more: readonly OriginatedDefinition[] = []): Catalog {
  const middlewares = new Map<string, MiddlewareDefinition & { check: Check }>();
  const extensions = new Map<string, ExtensionSchema & { check: Check }>();
  const add = (definition: CatalogDefinition): void => {
    if (definition.kind === "extension") {
      if (extensions.has(definition.key))
        throw new CatalogError(`extension "${definition.key}" is defined twice`);
      const { key, schema } = definition;
      extensions.set(key, { key, schema, check: compileSchema(schema) });
    } else {
      const { kind: _, ...middleware } = definition;
      if (middlewares.has(middleware.name))
        throw new CatalogError(`middleware "${middleware.name}" is defined twice`);
      const schema = closeRoot(middleware.schema);
      middlewares.set(middleware.name, { ...middleware, schema, check: compileSchema(schema) });
    }
  };
  const origins = new Map<string, string>();
  for (const definition of BUILTIN_DEFINITIONS) add(definition);
  for (const { definition, origin } of more) {
    namingOrigin(origin, () => {
      const parsed = parseDefinition(definition as unknown as Json);
      add(parsed);
      if (origin !== undefined && parsed.kind === "middleware") origins.set(parsed.name, origin);
    });
  }
  for (const { name, schema: config } of middlewares.values()) {
    const key = middlewareConfigKey(name);
    if (extensions.has(key)) continue;
    const schema = instancesSchema(name, config);
    namingOrigin(origins.get(name), () => extensions.set(key, { key, schema, check: compileSchema(schema) }));
  }

  const middlewareList = [...middlewares.values()]
    .map(({ check: _, ...definition }) => definition)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const extensionList = [...extensions.values()]
    .map(({ check: _, ...extension }) => extension)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  return {
    middlewares: middlewareList,
    extensions: extensionList,
    digest: `sha256:${createHash("sha256")
      .update(JSON.stringify([middlewareList, extensionList]))
      .digest("hex")}`,
    has: (name) => middlewares.has(name),
    resolveConfig(name, config) {
      const definition = middlewares.get(name);
      if (definition === undefined) throw new TypeError(`unknown middleware ${name}`);
      const resolved = fillAndCoerce(definition.schema, config);
      const reasons = definition.check(resolved);
      if (reasons.length > 0 || !isObject(resolved)) return { ok: false, reasons };
      return { ok: true, config: resolved };
    },
    checkExtension: (key, payload) => extensions.get(key)?.check(payload) ?? [],
  };
}

function namingOrigin(origin: string | undefined, act: () => void): void {
  try {
    act();
  } catch (cause) {
    if (origin === undefined || !(cause instanceof CatalogError)) throw cause;
    throw new CatalogError(`${origin}: ${cause.message}`, { cause });
  }
}

/** A config's root is closed unless its schema says otherwise; nested objects are as written. */
function closeRoot(schema: JsonObject): JsonObject {
  if ("additionalProperties" in schema || "unevaluatedProperties" in schema) return schema;
  return { ...schema, [isDraft07(schema) ? "additionalProperties" : "unevaluatedProperties"]: false };
}

/** The schema of `middleware.<name>_config@v1`. The config schema gets an `$id`, so that its own references stay inside it. */
function instancesSchema(name: string, config: JsonObject): JsonObject {
  const { $schema, ...rest } = config;
  return {
    ...($schema === undefined ? {} : { $schema }),
    type: "object",
    properties: {
      instances: {
        type: "object",
        // A config is an object, also where its schema takes that for granted.
        additionalProperties: { $id: `urn:profile-registry:middleware:${name}`, type: "object", ...rest },
      },
    },
    required: ["instances"],
    additionalProperties: false,
  };
}
