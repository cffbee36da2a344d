/** Values that somebody who means harm, or does not know better, would send. */
import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import fc from "fast-check";

const NAMES = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "__defineGetter__",
  "then",
  "default",
  "analyst",
  "team",
  "",
  " ",
  ".",
  "..",
  "../../etc/passwd",
  "a/b",
  "a:b",
  "null",
  "-1",
  "%00",
  "\0",
  "\ud800",
  "\u202e",
  "ﬀ",
  "İ",
  "a".repeat(300),
];

export const hostileName: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...NAMES) },
  fc.string({ maxLength: 20 }),
  fc.string({ unit: "binary", maxLength: 20 }),
);

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: hostileName },
  { weight: 1, arbitrary: fc.constant("x".repeat(70_000)) },
);

const hostileNumber = fc.constantFrom(
  0,
  -0,
  -1,
  1,
  0.5,
  1e308,
  -1e308,
  5e-324,
  2 ** 31,
  2 ** 53,
  2 ** 63,
  2 ** 64,
);

/** JSON, with every name as a member. */
export const hostileJson: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    hostileText,
    hostileNumber,
    fc.constantFrom(true, false, null, "NaN", "Infinity"),
    fc.array(tie("value"), { maxLength: 3 }),
    fc
      .array(fc.tuple(hostileName, tie("value")), { maxLength: 3 })
      .map((members) => Object.fromEntries(members)),
  ),
})).value;

/** What may be wrong with the text of a body. */
export function hostileJsonText(value: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  const text = value.map((json) => JSON.stringify(json) ?? "null");
  return fc.oneof(
    { weight: 6, arbitrary: text },
    {
      weight: 1,
      arbitrary: fc.tuple(text, fc.nat()).map(([all, at]) => all.slice(0, at % (all.length + 1))),
    },
    { weight: 1, arbitrary: text.map((all) => all.replaceAll(/\d+/g, "NaN")) },
    // Every member twice.
    { weight: 1, arbitrary: text.map((all) => all.replace(/^\{(.+)\}$/s, "{$1,$1}")) },
    { weight: 1, arbitrary: fc.constantFrom("", "null", "[]", "\ufeff{}", "{}{}", "\0", '{"a":1,}') },
  );
}

/** JSON of a message: mostly of its shape, with hostile values. */
export function hostileMessageJson(message: DescMessage, depth = 4): fc.Arbitrary<unknown> {
  if (depth === 0 || message.typeName.startsWith("google.protobuf.")) return hostileJson;
  const members = message.fields.map((field) =>
    fc.option(fc.tuple(fc.constantFrom(field.jsonName, field.name), hostileFieldJson(field, depth - 1)), {
      nil: undefined,
    }),
  );
  const other = fc.option(fc.tuple(hostileName, hostileJson), { nil: undefined, freq: 8 });
  return fc
    .tuple(...members, other)
    .map((pairs) => Object.fromEntries(pairs.filter((pair) => pair !== undefined)) as unknown);
}

function hostileFieldJson(field: DescField, depth: number): fc.Arbitrary<unknown> {
  const one = singular(field, depth);
  const right =
    field.fieldKind === "list"
      ? fc.array(one, { maxLength: 3 })
      : field.fieldKind === "map"
        ? fc
            .array(fc.tuple(hostileName, one), { maxLength: 3 })
            .map((pairs) => Object.fromEntries(pairs) as unknown)
        : one;
  return fc.oneof({ weight: 9, arbitrary: right }, { weight: 1, arbitrary: hostileJson });
}

function singular(field: DescField, depth: number): fc.Arbitrary<unknown> {
  if (field.message !== undefined) return hostileMessageJson(field.message, depth);
  if (field.enum !== undefined)
    return fc.constantFrom(...field.enum.values.map(({ name }) => name), 99, "NO_SUCH");
  switch (field.scalar) {
    case ScalarType.STRING:
      return hostileText;
    case ScalarType.BYTES:
      return fc.constantFrom("", "AAAA", "!!!!", "A");
    case ScalarType.BOOL:
      return fc.constantFrom(true, false, 0, "true");
    default:
      return fc.oneof(hostileNumber, fc.constantFrom("0", "1", "9223372036854775808", "NaN", ""));
  }
}

/** Bytes on the wire of a message: its fields with contents that they should not have, then cut, flipped or doubled. */
export function hostileMessageBytes(message: DescMessage): fc.Arbitrary<Uint8Array> {
  const whole = wire(message, 3);
  const mutated = fc
    .tuple(whole, fc.nat(), fc.nat(), fc.nat(255))
    .map(([bytes, kind, where, value]) => mutate(bytes, kind % 3, where, value));
  return fc.oneof(whole, mutated, fc.uint8Array({ maxLength: 64 }));
}

function wire(message: DescMessage, depth: number): fc.Arbitrary<Uint8Array> {
  const field = fc.constantFrom(...message.fields.map((one) => one), undefined).chain((one) => {
    const number = one?.number ?? 15;
    const nested = one?.message !== undefined && depth > 0 ? wire(one.message, depth - 1) : undefined;
    const bytes = fc.oneof(
      hostileText.map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 16 }),
      ...(nested === undefined ? [] : [nested]),
    );
    return fc.oneof(
      {
        weight: 6,
        arbitrary: bytes.map((content) =>
          Buffer.concat([varint((number << 3) | 2), varint(content.length), content]),
        ),
      },
      fc.maxSafeNat().map((value) => Buffer.concat([varint(number << 3), varint(value)])),
      // NaN, -Infinity, and what is no number of theirs.
      fc
        .constantFrom("7ff8000000000000", "fff0000000000000", "ffffffffffffffff")
        .map((hex) => Buffer.concat([varint((number << 3) | 1), Buffer.from(hex, "hex").reverse()])),
      fc.constantFrom(3, 4, 5, 6, 7).map((type) => varint((number << 3) | type)),
    );
  });
  return fc.array(field, { maxLength: 5 }).map((fields) => Buffer.concat(fields));
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}

function mutate(bytes: Uint8Array, kind: number, where: number, value: number): Uint8Array {
  if (bytes.length === 0) return bytes;
  const at = where % bytes.length;
  if (kind === 0) return bytes.slice(0, at);
  if (kind === 1) return Uint8Array.from(bytes, (byte, i) => (i === at ? value : byte));
  return Buffer.concat([bytes.subarray(0, at), Buffer.of(value), bytes.subarray(at)]);
}
