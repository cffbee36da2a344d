/** JSON Schemas compiled with ajv: 2020-12, or draft-07 where `$schema` says so. */
import { Ajv } from "ajv";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { quoteCut } from "../domain/errors.js";
import type { Json, JsonObject } from "../domain/json.js";
import { CatalogError } from "./definition.js";

const DRAFT_07 = /^https?:\/\/json-schema\.org\/draft-07\/schema#?$/;
const DRAFT_2020_12 = /^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/;
const MAX_REASON_LENGTH = 300;

/** Reasons why a value does not fit; none when it does. */
export type Check = (value: Json) => readonly string[];

export function isDraft07(schema: JsonObject): boolean {
  return typeof schema.$schema === "string" && DRAFT_07.test(schema.$schema);
}

/** Compiles a schema. Throws CatalogError for one that is none, or that needs a draft or a document we do not have. */
export function compileSchema(schema: JsonObject): Check {
  const { $schema, ...dialectless } = schema;
  if (
    $schema !== undefined &&
    !(typeof $schema === "string" && (DRAFT_07.test($schema) || DRAFT_2020_12.test($schema)))
  ) {
    throw new CatalogError(`$schema ${JSON.stringify($schema)} is not supported (2020-12 and draft-07 are)`);
  }
  if (schema.$async !== undefined) throw new CatalogError("$async schemas are not supported");
  // Each schema has an instance of its own, so that their `$id`s cannot meet.
  const options = {
    allErrors: true,
    strict: false,
    logger: false,
    code: { process: askOwnMembersOnly },
  } as const;
  const ajv = isDraft07(schema) ? new Ajv(options) : new Ajv2020(options);
  formats.default(ajv);
  let validate: ValidateFunction;
  try {
    // The instance is of the right draft already, and knows only one spelling of its name.
    validate = ajv.compile(dialectless);
  } catch (cause) {
    throw new CatalogError(
      `schema cannot be compiled: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
  return (value) => (validate(value) ? [] : (validate.errors ?? []).map(reasonOf));
}

/** Members of an object that are evaluated are looked up in a plain object, where ajv would find `constructor` in any. */
function askOwnMembersOnly(code: string): string {
  return code.replace(/!(props\d+)\[(key\d+)\]/g, "!Object.prototype.hasOwnProperty.call($1, $2)");
}

/** `/max_rows must be >= 1`: where inside the value, by JSON Pointer, and what is wrong there. */
function reasonOf(error: ErrorObject): string {
  const params = error.params as Record<string, unknown>;
  const name = params.unevaluatedProperty ?? params.additionalProperty ?? params.propertyName;
  const allowed = params.allowedValues ?? params.allowedValue;
  const detail =
    name === undefined
      ? allowed === undefined
        ? ""
        : `: ${JSON.stringify(allowed)}`
      : `: "${quoteCut(String(name))}"`;
  const reason = `${error.instancePath}${error.instancePath === "" ? "" : " "}${error.message ?? error.keyword}${detail}`;
  const characters = Array.from(reason.slice(0, 2 * MAX_REASON_LENGTH));
  return characters.length > MAX_REASON_LENGTH
    ? `${characters.slice(0, MAX_REASON_LENGTH).join("")}…`
    : reason;
}
