/** What is the same from turn to turn of an encoded ResolveProfileRequest, taken from it without decoding it. */
import { type DescField, fromBinary, ScalarType } from "@bufbuild/protobuf";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { ResolveProfileRequestSchema } from "../../../gen/profileregistry/v1/resolver_service_pb.js";
import { latin1 } from "./latin1.js";

const CONV_ID = ResolveProfileRequestSchema.field.convId;
const TARGETING_KEY = ResolveProfileRequestSchema.field.targetingKey;
const PERSONAL = [CONV_ID, TARGETING_KEY];

/** Text that may name them, and escapes, which may hide that. */
const MAY_BE_PERSONAL = new RegExp(
  `\\\\|${PERSONAL.flatMap((field) => [field.name, field.jsonName]).join("|")}`,
);
/** Only ASCII is the same as characters and as bytes. */
const NOT_ASCII = /[^\0-\x7f]/;

/**
 * All of a request but `conv_id` and `targeting_key`: bytes, a character each. Requests for which it is equal ask for the same,
 * and where one can be decoded all can (in binary form where it stands alone, too). Undefined where that cannot be promised:
 * text that is not ASCII, members given twice or as null, and what cannot be read.
 */
export function impersonalPart(bytes: Uint8Array, binary: boolean): string | undefined {
  try {
    return binary ? impersonalBinary(bytes) : impersonalJson(latin1(bytes));
  } catch {
    return undefined;
  }
}

function impersonalJson(text: string): string | undefined {
  if (NOT_ASCII.test(text)) return undefined;
  if (!MAY_BE_PERSONAL.test(text)) return text;
  const members = JSON.parse(text) as Record<string, unknown>;
  let rest = text;
  for (const field of PERSONAL) {
    const value = textIn(members, field);
    if (value === undefined) continue;
    if (NOT_ASCII.test(value)) return undefined;
    const literal = JSON.stringify(value);
    const at = rest.indexOf(literal);
    // Where it is not there it is written with escapes, where it is there twice either may be the one; and what is not behind
    // the name may be no text at all, but what stands between two.
    if (at === -1 || at !== rest.lastIndexOf(literal) || !isBehindName(field, rest, at)) return undefined;
    rest = rest.slice(0, at) + rest.slice(at + literal.length);
  }
  return rest;
}

function isBehindName({ name, jsonName }: DescField, text: string, at: number): boolean {
  const before = text.slice(0, at).trimEnd();
  if (!before.endsWith(":")) return false;
  const member = before.slice(0, -1).trimEnd();
  return member.endsWith(`"${name}"`) || member.endsWith(`"${jsonName}"`);
}

/** Throws where it is given twice, or is no text. */
function textIn(members: Record<string, unknown>, { name, jsonName }: DescField): string | undefined {
  const given = [name, jsonName].filter((one) => Object.hasOwn(members, one));
  if (given.length === 0) return undefined;
  const value = members[given[0]!];
  if (given.length > 1 || typeof value !== "string") throw new TypeError(`no plain ${name}`);
  return value;
}

function impersonalBinary(bytes: Uint8Array): string | undefined {
  const reader = new BinaryReader(bytes);
  const seen = new Set<number>();
  let rest = "";
  let taken = 0;
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [number, type] = reader.tag();
    if (number !== CONV_ID.number && number !== TARGETING_KEY.number) {
      reader.skip(type, number);
      continue;
    }
    if (type !== WireType.LengthDelimited || seen.has(number)) return undefined;
    seen.add(number);
    const length = reader.uint32();
    const text = latin1(bytes, reader.pos, reader.pos + length);
    if (text.length !== length || NOT_ASCII.test(text)) return undefined;
    rest += latin1(bytes, taken, start);
    reader.pos += length;
    taken = reader.pos;
  }
  return rest + latin1(bytes, taken);
}

/**
 * Whether each field of a binary part is of its own wire type and ends where it says: the library reads others on into what
 * follows them, which may be what was left out.
 */
export function standsAlone(part: string): boolean {
  const reader = new BinaryReader(Buffer.from(part, "latin1"));
  try {
    while (reader.pos < reader.len) {
      const [number, type] = reader.tag();
      const known = ResolveProfileRequestSchema.fields.find((field) => field.number === number);
      const isVarint = known?.enum !== undefined || known?.scalar === ScalarType.BOOL;
      if (known && type !== (isVarint ? WireType.Varint : WireType.LengthDelimited)) return false;
      if (known?.message) fromBinary(known.message, reader.bytes());
      else reader.skip(type, number);
    }
    return reader.pos === reader.len;
  } catch {
    return false;
  }
}
