/** `google.protobuf.Value` ⇄ JSON. The library's own conversion takes an unset value for null; spec 1.2 refuses it. */
import { create, type JsonObject as ProtoJsonObject } from "@bufbuild/protobuf";
import { type ListValue, NullValue, type Struct, type Value, ValueSchema } from "@bufbuild/protobuf/wkt";
import { invalid } from "../domain/errors.js";
import { emptyObject, isObject, type Json, type JsonObject } from "../domain/json.js";

/** Throws `validation` on `field` where a value is not set. */
export function jsonFromValue({ kind }: Value, field: string): Json {
  switch (kind.case) {
    case "structValue":
      return jsonFromStruct(kind.value, field);
    case "listValue":
      return kind.value.values.map((item, i) => jsonFromValue(item, `${field}[${i}]`));
    case "nullValue":
      return null;
    case undefined:
      throw invalid(field, "must be a JSON value");
    default:
      return kind.value;
  }
}

function jsonFromStruct({ fields }: Struct, field: string): JsonObject {
  const object = emptyObject();
  for (const [name, value] of Object.entries(fields)) object[name] = jsonFromValue(value, `${field}.${name}`);
  return object;
}

export function valueFromJson(json: Json): Value {
  return create(ValueSchema, { kind: kindOf(json) });
}

function kindOf(json: Json): Value["kind"] {
  if (json === null) return { case: "nullValue", value: NullValue.NULL_VALUE };
  if (typeof json === "string") return { case: "stringValue", value: json };
  if (typeof json === "number") return { case: "numberValue", value: json };
  if (typeof json === "boolean") return { case: "boolValue", value: json };
  if (Array.isArray(json)) {
    const list: ListValue = { $typeName: "google.protobuf.ListValue", values: json.map(valueFromJson) };
    return { case: "listValue", value: list };
  }
  const fields: Struct["fields"] = Object.create(null) as Struct["fields"];
  for (const [name, member] of Object.entries(json)) fields[name] = valueFromJson(member);
  return { case: "structValue", value: { $typeName: "google.protobuf.Struct", fields } };
}

/** Struct members of messages are plain objects already; ours differ in their prototype only. */
export function structFromJson(json: JsonObject): ProtoJsonObject {
  return json as ProtoJsonObject;
}

export function jsonFromPlain(object: ProtoJsonObject | undefined): JsonObject | undefined {
  return isObject(object) ? object : undefined;
}
