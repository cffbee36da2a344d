/**
 * Requests in JSON read without the library, where they are as plain as most are: its reflection takes longer than all else that
 * is done to read one. Held against the library by tests.
 */
import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { StructSchema } from "@bufbuild/protobuf/wkt";
import type { ResolveProfileRequest } from "../../../gen/profileregistry/v1/resolver_service_pb.js";
import { ResolveProfileRequestSchema } from "../../../gen/profileregistry/v1/resolver_service_pb.js";
import { isObject, type Json, type JsonObject } from "../../domain/json.js";
import { oncePer } from "../../domain/once-per.js";

/** Members as messages have them, without what makes them messages. */
export type PlainMessage<T> = Omit<T, "$typeName" | "$unknown">;

/** Longer ones may nest deeper than the library reads. */
const MAX_LENGTH = 4_096;

/** Undefined for what is to be read by the library, or refused by it. `text` is ASCII. */
export function plainRequest(text: string): PlainMessage<ResolveProfileRequest> | undefined {
  // Which may be halves of characters.
  if (text.length > MAX_LENGTH || text.includes("\\u")) return undefined;
  try {
    return plainMessage(ResolveProfileRequestSchema, JSON.parse(text) as Json) as
      | PlainMessage<ResolveProfileRequest>
      | undefined;
  } catch {
    return undefined;
  }
}

function plainMessage(schema: DescMessage, json: Json): object | undefined {
  if (!isObject(json)) return undefined;
  const { fields, absent } = shapeOf(schema);
  const message: Record<string, unknown> = { ...absent };
  for (const [name, value] of Object.entries(json)) {
    const field = fields.get(name);
    if (field === undefined || isGivenTwice(field, json)) return undefined;
    const plain = plainValue(field, value);
    if (plain === undefined) return undefined;
    message[field.localName] = plain;
  }
  return message;
}

function isGivenTwice({ name, jsonName }: DescField, json: JsonObject): boolean {
  return name !== jsonName && Object.hasOwn(json, name) && Object.hasOwn(json, jsonName);
}

/** Undefined for what the library converts, or refuses. */
function plainValue(field: DescField, value: Json): unknown {
  if (field.fieldKind === "scalar") {
    const isPlain =
      field.scalar === ScalarType.STRING ? typeof value === "string" : typeof value === "boolean";
    return isPlain ? value : undefined;
  }
  if (field.fieldKind !== "message") return undefined;
  if (field.message.typeName !== StructSchema.typeName) return plainMessage(field.message, value);
  return isObject(value) ? value : undefined;
}

/** Of a message of texts and booleans, enums and messages: its fields by either name, and its members where none is given. */
const shapeOf = oncePer((schema: DescMessage) => ({
  fields: new Map(
    schema.fields.flatMap((field) => [field.name, field.jsonName].map((name) => [name, field])),
  ),
  absent: Object.fromEntries(schema.fields.map((field) => [field.localName, absentValue(field)])),
}));

function absentValue(field: DescField): unknown {
  switch (field.fieldKind) {
    case "scalar":
      return field.scalar === ScalarType.STRING ? "" : false;
    case "enum":
      return 0;
    default:
      return undefined;
  }
}
