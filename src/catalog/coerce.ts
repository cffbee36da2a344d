/** Defaults and coercions of a config by its schema (spec 1.5). Both follow `properties` and `items`, nothing else. */
import { copyJson, emptyObject, isObject, type Json, type JsonObject } from "../domain/json.js";

const DECIMAL = /^[+-]?\d+(?:\.\d+)?$/;
/** Decided by the text: a fraction too small for a double is still one. */
const INTEGRAL = /^[+-]?\d+(?:\.0+)?$/;
const TRUE = new Set(["1", "t", "true"]);
const FALSE = new Set(["0", "f", "false"]);

/** A copy of `value` with defaults filled and values coerced. What cannot be coerced stays, for validation to refuse. */
export function fillAndCoerce(schema: Json | undefined, value: Json): Json {
  if (!isObject(schema)) return value;
  const coerced = coerceToTypes(typesOf(schema), value);
  if (Array.isArray(coerced)) {
    const { items } = schema;
    // Draft-07 writes tuples as a list of `items`.
    return coerced.map((item, i) => fillAndCoerce(Array.isArray(items) ? items[i] : items, item));
  }
  return isObject(coerced) ? fillObject(schema, coerced) : coerced;
}

function fillObject(schema: JsonObject, value: JsonObject): JsonObject {
  const filled: JsonObject = Object.assign(emptyObject(), value);
  const properties = isObject(schema.properties) ? schema.properties : {};
  for (const [name, property] of Object.entries(properties)) {
    const byDefault = isObject(property) ? property.default : undefined;
    const present = filled[name];
    if (present !== undefined) filled[name] = fillAndCoerce(property, present);
    else if (byDefault !== undefined) filled[name] = fillAndCoerce(property, copyJson(byDefault));
  }
  return filled;
}

function typesOf(schema: JsonObject): readonly Json[] {
  return Array.isArray(schema.type) ? schema.type : schema.type === undefined ? [] : [schema.type];
}

/** The value as it is where it has one of the types already, else as the first of them it can become. */
function coerceToTypes(types: readonly Json[], value: Json): Json {
  if (types.length === 0 || types.some((type) => hasType(type, value))) return value;
  for (const type of types) {
    const coerced = coerceToType(type, value);
    if (coerced !== undefined) return coerced;
  }
  return value;
}

function hasType(type: Json, value: Json): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function coerceToType(type: Json, value: Json): Json | undefined {
  if (type === "string") {
    return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
  }
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  if (type === "boolean") {
    const word = text.toLowerCase();
    return TRUE.has(word) ? true : FALSE.has(word) ? false : undefined;
  }
  const number = Number(text);
  if (type === "integer") return INTEGRAL.test(text) && Number.isSafeInteger(number) ? number : undefined;
  if (type === "number") return DECIMAL.test(text) && Number.isFinite(number) ? number : undefined;
  return undefined;
}
