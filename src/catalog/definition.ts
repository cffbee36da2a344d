/** Definitions as a catalogue directory and embedding programs write them (spec 1.5). */
import { quoteCut } from "../domain/errors.js";
import { isMiddlewareName, parseExtensionKey } from "../domain/identifiers.js";
import { isObject, type Json, type JsonObject } from "../domain/json.js";

export type CatalogDefinition =
  | {
      kind: "middleware";
      name: string;
      version: number;
      display_name: string;
      description: string;
      schema: JsonObject;
    }
  | { kind: "extension"; key: string; schema: JsonObject };

/** A definition that cannot be used; the message names it and says why. */
export class CatalogError extends Error {
  override readonly name = "CatalogError";
}

/** Reads a definition from JSON. Unknown members are ignored. Throws CatalogError. */
export function parseDefinition(value: Json): CatalogDefinition {
  if (!isObject(value)) throw new CatalogError("must be an object");
  const { kind, schema } = value;
  if (!isObject(schema)) throw new CatalogError("schema must be an object");
  if (kind === "extension") return { kind, key: extensionKey(value.key), schema };
  if (kind !== "middleware") throw new CatalogError('kind must be "middleware" or "extension"');
  const name = text(value.name, "name");
  if (!isMiddlewareName(name)) {
    throw new CatalogError(
      `name "${quoteCut(name)}" must be 1–57 characters of a-z 0-9 _ -, the first and last a letter or digit`,
    );
  }
  const version = value.version;
  if (typeof version !== "number" || !Number.isSafeInteger(version) || version < 1) {
    throw new CatalogError("version must be an integer of at least 1");
  }
  return {
    kind,
    name,
    version,
    display_name: text(value.display_name, "display_name"),
    description: text(value.description, "description"),
    schema,
  };
}

function extensionKey(value: Json | undefined): string {
  const parsed = parseExtensionKey(text(value, "key"));
  if (!parsed.ok) throw new CatalogError(parsed.reason);
  return parsed.value;
}

function text(value: Json | undefined, name: string): string {
  if (typeof value !== "string" || value.trim() === "")
    throw new CatalogError(`${name} must be a string that is not blank`);
  return value.trim();
}
