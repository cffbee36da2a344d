/** JSON as it comes from anywhere: awkward names, empty members, numbers at the edges. */
import fc from "fast-check";
import type { Json, JsonObject } from "../../src/domain/json.js";

export const memberName = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 6 }),
  fc.constantFrom(
    "a",
    "b",
    "1",
    "10",
    "9",
    "__proto__",
    "constructor",
    "toString",
    "toJSON",
    "instances",
    "é",
  ),
);

export const secretName = fc.constantFrom("api_key", "apiKey", "API-KEY", "token", "bot_token", "myPassword");

export const scalar: fc.Arbitrary<Json> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(1e21, 1e-7, 0.1, -0, Number.MAX_SAFE_INTEGER),
  fc.string({ unit: "grapheme", maxLength: 8 }),
);

/** Null prototypes, so that `__proto__` is a member. */
export function objectOf(name: fc.Arbitrary<string>, value: fc.Arbitrary<Json>): fc.Arbitrary<JsonObject> {
  return fc.dictionary(name, value, { maxKeys: 4, noNullPrototype: false }) as fc.Arbitrary<JsonObject>;
}

function jsonWith(name: fc.Arbitrary<string>): fc.Arbitrary<Json> {
  return fc.letrec<{ json: Json }>((tie) => ({
    json: fc.oneof(
      { depthSize: "small" },
      scalar,
      fc.array(tie("json"), { maxLength: 3 }),
      objectOf(name, tie("json")),
    ),
  })).json;
}

export const json = jsonWith(memberName);

const anyName = fc.oneof(memberName, secretName);
/** JSON in which some members are secrets. */
export const jsonWithSecrets = jsonWith(anyName);
export const objectWithSecrets = objectOf(anyName, jsonWithSecrets);

/** section → field → value, with secrets among both. */
export const stepSettings = objectOf(anyName, objectOf(anyName, jsonWithSecrets));

/** A deep copy whose objects hold their members in the opposite order. */
export function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, inner]) => [name, reversed(inner)]),
  );
}
