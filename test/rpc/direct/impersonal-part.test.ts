/**
 * Requests with equal impersonal parts ask for the same, whoever asks. `PART_RUNS` says how many of each form are tried
 * (default 150); a failure prints the seed.
 */
import { isDeepStrictEqual } from "node:util";
import { create, toBinary } from "@bufbuild/protobuf";
import { createMethodSerializationLookup } from "@connectrpc/connect/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type ResolveProfileRequest,
  ResolveProfileRequestSchema,
  ResolverService,
} from "../../../gen/profileregistry/v1/resolver_service_pb.js";
import { impersonalPart, standsAlone } from "../../../src/rpc/direct/impersonal-part.js";
import { STRICT_JSON } from "../../../src/rpc/strict-router.js";
import { hostileJsonText, hostileMessageBytes, hostileMessageJson } from "../../hostile/arbitraries.js";

const RUNS = Number(process.env.PART_RUNS ?? 150);

const limits = { readMaxBytes: 1e9, writeMaxBytes: 1e9 };
const method = ResolverService.method.resolveProfile;
const lookup = createMethodSerializationLookup(method, undefined, STRICT_JSON, limits);

/** All but who asks; undefined where it is none, or one whose answer is not kept. */
function askedFor(bytes: Uint8Array, binary: boolean): ResolveProfileRequest | undefined {
  try {
    if (binary && !standsAlone(impersonalPart(bytes, binary) ?? "")) return undefined;
    return { ...lookup.getI(binary).parse(Uint8Array.from(bytes)), convId: "", targetingKey: "" };
  } catch {
    return undefined;
  }
}

/** Fails where they have equal parts and do not ask for the same. Answers whether they have equal ones. */
function compare(one: Uint8Array, other: Uint8Array, binary: boolean): boolean {
  const part = impersonalPart(one, binary);
  if (part === undefined || part !== impersonalPart(other, binary)) return false;
  if (!isDeepStrictEqual(askedFor(one, binary), askedFor(other, binary))) {
    const shown = [one, other].map((bytes) => Buffer.from(bytes).toString(binary ? "hex" : "latin1"));
    expect.fail(`equal parts, other requests:\n${shown.join("\n")}`);
  }
  return true;
}

const json = (text: string) => Buffer.from(text);
const partOf = (text: string) => impersonalPart(json(text), false);

// JSON whose members and values are taken for each other easily.

const PERSONAL = ["convId", "conv_id", "targetingKey", "targeting_key"];
const OTHERS = ["runtimeKey", "profile", "nobodyKnows"];
const NAMES = [...PERSONAL, ...OTHERS];
const VALUES = ["", "a", "b", "a\\", 'a"', '"', "\\", "convId", "runtimeKey", ":", ",", "é", "\n", "1"];
const blank = fc.constantFrom("", "", "", " ", "\n\t", "\r");

/** As itself, or with characters written as escapes. */
function spelled(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(text, fc.constantFrom("plain", "plain", "plain", "first", "all")).map(([text, how]) => {
    if (how === "plain") return JSON.stringify(text);
    const count = how === "first" ? 1 : text.length;
    const escaped = Array.from(text.slice(0, count), (_, i) => {
      return `\\u${text.charCodeAt(i).toString(16).padStart(4, "0")}`;
    });
    return `"${escaped.join("")}${JSON.stringify(text.slice(count)).slice(1)}`;
  });
}

const literal = spelled(fc.constantFrom(...VALUES));
const odd = fc.constantFrom(
  "null",
  "1e400",
  "-0",
  "[]",
  "{}",
  "true",
  '"\\ud800"',
  '{"convId":"a"}',
  '["a"]',
  "",
);
const struct = fc
  .tuple(spelled(fc.constantFrom(...NAMES)), literal, literal)
  .map(([name, one, other]) => `{${name}:{${one}:${other}}}`);
/** Members in any order, also several times. */
function requestOf(names: readonly string[]): fc.Arbitrary<string> {
  const name = spelled(fc.constantFrom(...names));
  const member = fc
    .oneof(
      { weight: 8, arbitrary: fc.tuple(name, literal) },
      { weight: 1, arbitrary: fc.tuple(name, odd) },
      {
        weight: 2,
        arbitrary: fc.tuple(fc.constantFrom('"baseStepSettings"', '"request_overrides"'), struct),
      },
    )
    .chain(([name, value]) => fc.tuple(blank, blank).map(([a, b]) => `${a}${name}${b}:${a}${value}${b}`));
  return fc.array(member, { maxLength: 5 }).map((members) => `{${members.join(",")}}`);
}
const requestText = requestOf(NAMES);

test("requests that differ in conv_id and targeting_key alone have equal parts, where both have one", () => {
  const plain = fc.string({ unit: "grapheme-ascii", maxLength: 6 }).map((text) => JSON.stringify(text));
  const four = fc.tuple(plain, plain, plain, plain);
  let compared = 0;
  fc.assert(
    fc.property(requestOf(OTHERS), four, fc.constantFrom("convId", "conv_id"), (text, values, name) => {
      const [one, other] = [values.slice(0, 2), values.slice(2)].map(([conversation, key]) =>
        partOf(
          `{"${name}":${conversation}${text === "{}" ? "" : ","}${text.slice(1, -1)},"targetingKey":${key}}`,
        ),
      );
      if (one === undefined || other === undefined) return;
      compared++;
      expect(one).toBe(other);
    }),
    { numRuns: RUNS },
  );
  expect(compared).toBeGreaterThan(RUNS / 20);
});

test("in JSON, requests with equal parts ask for the same: whatever is put back into a part at whatever place", () => {
  let alike = 0;
  fc.assert(
    fc.property(requestText, fc.array(literal, { minLength: 3, maxLength: 6 }), (text, literals) => {
      const part = partOf(text);
      if (part === undefined) return;
      compare(json(text), json(part), false);
      for (let at = 0; at <= part.length; at++) {
        for (const one of literals) {
          const once = part.slice(0, at) + one + part.slice(at);
          if (compare(json(text), json(once), false)) alike++;
          const next = once.indexOf(":,", at);
          if (next === -1) continue;
          const twice = `${once.slice(0, next + 1)}${literals[0]}${once.slice(next + 1)}`;
          if (compare(json(text), json(twice), false)) alike++;
        }
      }
    }),
    { numRuns: RUNS },
  );
  expect(alike).toBeGreaterThan(0);
});

test("in JSON, requests with equal parts ask for the same: whichever of their texts are exchanged", () => {
  const LITERAL = /"(?:[^"\\]|\\.)*"/g;
  const changes = fc.array(fc.tuple(fc.nat(), fc.oneof(literal, fc.constantFrom("", "null", '"a","b"'))), {
    minLength: 1,
    maxLength: 2,
  });
  fc.assert(
    fc.property(requestText, fc.array(changes, { minLength: 40, maxLength: 40 }), (text, variants) => {
      const texts = variants.map((changed) => {
        const count = text.match(LITERAL)?.length ?? 0;
        const at = new Map(changed.map(([where, to]) => [where % Math.max(count, 1), to]));
        let i = 0;
        return json(text.replace(LITERAL, (found) => at.get(i++) ?? found));
      });
      texts.push(json(text));
      for (const [i, one] of texts.entries())
        for (const other of texts.slice(0, i)) compare(one, other, false);
    }),
    { numRuns: RUNS / 3 },
  );
});

test("in JSON, requests with equal parts ask for the same: also hostile ones with bytes exchanged", () => {
  const texts = fc.oneof(requestText, hostileJsonText(hostileMessageJson(ResolveProfileRequestSchema)));
  fc.assert(
    fc.property(texts.map(json), mutations, (bytes, mutations) => {
      for (const mutate of mutations) compare(bytes, mutate(bytes), false);
    }),
    { numRuns: RUNS },
  );
});

// Proto.

function varint(value: number): Buffer {
  return value < 128 ? Buffer.of(value) : Buffer.concat([Buffer.of((value % 128) | 128), varint(value >> 7)]);
}

const field = (no: number, content: Uint8Array): Buffer =>
  Buffer.concat([varint((no << 3) | 2), varint(content.length), content]);

const content = fc
  .oneof(fc.constantFrom("", "a", "b", "é", "\0", "\x82\x01\x01a"), fc.string({ maxLength: 4 }))
  .map((text) => Buffer.from(text));
const CONV_ID = ResolveProfileRequestSchema.field.convId.number;
const TARGETING_KEY = ResolveProfileRequestSchema.field.targetingKey.number;
const personalField = fc
  .tuple(fc.constantFrom(CONV_ID, TARGETING_KEY), content)
  .map(([no, text]) => field(no, text));
const oddField = fc.constantFrom(
  // An unknown group with conv_id in it, one that is not ended, a number for a text, one whose length is spelled long.
  Buffer.of(0xa3, 0x01, 0x82, 0x01, 0x01, 0x61, 0xa4, 0x01),
  Buffer.of(0xa3, 0x01),
  Buffer.of(0x80, 0x01, 0x05),
  Buffer.of(0x82, 0x01, 0x81, 0x00, 0x61),
  Buffer.of(0x82, 0x81, 0x00, 0x01, 0x61),
  Buffer.of(0x82, 0x01, 0x7f),
  Buffer.of(0x00),
);
const otherField = fc
  .tuple(fc.constantFrom(1, 2, 3, 6, 13, 14, 20, 16_384), content)
  .map(([no, text]) => field(no, text));
const requestBytes = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: personalField },
      { weight: 3, arbitrary: otherField },
      { weight: 1, arbitrary: oddField },
    ),
    { maxLength: 5 },
  )
  .map((fields) => Buffer.concat(fields));

const mutations = fc.array(
  fc
    .tuple(fc.nat(3), fc.nat(), fc.nat(255))
    .map(([kind, where, value]) => (bytes: Uint8Array): Uint8Array => {
      const at = where % (bytes.length + 1);
      const rest = bytes.subarray(kind < 2 ? at + 1 : at);
      if (kind === 0) return Buffer.concat([bytes.subarray(0, at), rest]);
      if (kind === 3) return bytes.subarray(0, at);
      return Buffer.concat([bytes.subarray(0, at), Buffer.of(value), rest]);
    }),
  { minLength: 20, maxLength: 40 },
);

test("in proto, requests that differ in conv_id and targeting_key alone have equal parts, where both have one", () => {
  const message = fc.record({
    profile: fc.string(),
    knownFingerprint: fc.string({ unit: "grapheme" }),
    explain: fc.boolean(),
    convId: fc.string({ maxLength: 200 }),
    targetingKey: fc.oneof(fc.constant("é"), fc.string({ minLength: 1 })),
  });
  const encoded = (init: object) =>
    toBinary(ResolveProfileRequestSchema, create(ResolveProfileRequestSchema, init));
  let compared = 0;
  fc.assert(
    fc.property(message, fc.string({ minLength: 1 }), fc.string(), (one, convId, targetingKey) => {
      const parts = [one, { ...one, convId, targetingKey }].map((init) =>
        impersonalPart(encoded(init), true),
      );
      if (parts.includes(undefined)) return;
      compared++;
      expect(parts[0]).toBe(parts[1]);
    }),
    { numRuns: RUNS },
  );
  expect(compared).toBeGreaterThan(RUNS / 4);
});

test("in proto, requests with equal parts ask for the same: whatever is put back into a part at whatever place", () => {
  let alike = 0;
  fc.assert(
    fc.property(requestBytes, fc.array(personalField, { minLength: 2, maxLength: 4 }), (bytes, fields) => {
      const part = impersonalPart(bytes, true);
      if (part === undefined) return;
      const rest = Buffer.from(part, "latin1");
      compare(bytes, rest, true);
      for (let at = 0; at <= rest.length; at++) {
        for (const one of [...fields, Buffer.concat(fields)]) {
          const other = Buffer.concat([rest.subarray(0, at), one, rest.subarray(at)]);
          if (compare(bytes, other, true)) alike++;
        }
      }
    }),
    { numRuns: RUNS * 2 },
  );
  expect(alike).toBeGreaterThan(RUNS);
});

test("in proto, requests with equal parts ask for the same: also hostile ones with bytes exchanged", () => {
  fc.assert(
    fc.property(
      fc.oneof(requestBytes, hostileMessageBytes(ResolveProfileRequestSchema)),
      mutations,
      (bytes, mutations) => {
        for (const mutate of mutations) compare(bytes, mutate(bytes), true);
      },
    ),
    { numRuns: RUNS },
  );
});

// What is promised by example.

test.each([
  ['{"profile":"a","convId":"c-1"}', '{"profile":"a","convId":}'],
  ['{"conv_id":"c-1","targeting_key":"u-1","profile":"a"}', '{"conv_id":,"targeting_key":,"profile":"a"}'],
  ['{ "profile" : "é\\u0041" }'.replace("é", "e"), '{ "profile" : "e\\u0041" }'],
  ['{"baseStepSettings":{"s":{"convId":"c-1"}}}', '{"baseStepSettings":{"s":{"convId":"c-1"}}}'],
])("%s has the part %s", (text, part) => {
  expect(partOf(text)).toBe(part);
});

test.each([
  ["text that is not ASCII", '{"profile":"é"}'],
  ["a conv_id that is not ASCII", '{"convId":"\\u00e9"}'],
  ["a conv_id that is also another text", '{"convId":"a","profile":"a"}'],
  ["a conv_id that is spelled with escapes", '{"convId":"\\u0061"}'],
  [
    "a conv_id that stands between two other texts",
    '{"convId":"\\u003a","baseStepSettings":{"s":{"a":"b"}}}',
  ],
  ["both names of conv_id", '{"convId":"a","conv_id":"b"}'],
  ["a conv_id that is null", '{"convId":null}'],
  ["a conv_id that is no text", '{"convId":1}'],
  ["what is no JSON", '{"convId":"a",}'],
  ["a conv_id in what is no object", 'null "convId"'],
])("there is no part of %s", (_, text) => {
  expect(partOf(text)).toBeUndefined();
});

test.each([
  ["conv_id twice", Buffer.concat([field(CONV_ID, json("a")), field(CONV_ID, json("b"))])],
  ["a targeting_key that is not ASCII", field(TARGETING_KEY, json("é"))],
  ["a conv_id that is cut off", field(CONV_ID, json("abc")).subarray(0, -1)],
  ["a conv_id that is a number", Buffer.of(0x80, 0x01, 0x05)],
  ["a field with the number 0", Buffer.of(0x02, 0x00)],
])("there is no part of %s, in proto", (_, bytes) => {
  expect(impersonalPart(bytes, true)).toBeUndefined();
});
