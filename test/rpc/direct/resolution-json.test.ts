/** Answers that are put together from parts are those of the library. `ENCODING_RUNS` says how many of each form (default 300). */
import { toBinary, toJsonString } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ResolveProfileResponseSchema } from "../../../gen/profileregistry/v1/resolver_service_pb.js";
import type { MiddlewareUse } from "../../../src/domain/document.js";
import { type EffectiveRuntime, LAYERS, type TraceEntry } from "../../../src/domain/layers.js";
import { PROCESSING_OUTCOMES, type Processing } from "../../../src/domain/processing.js";
import type { Resolution } from "../../../src/domain/resolve.js";
import { NAMED_SOURCES, type Selection } from "../../../src/domain/selection.js";
import { encodeParts, joinParts } from "../../../src/rpc/direct/encoded-resolution.js";
import { resolutionMessage } from "../../../src/rpc/mapping.js";
import { json, memberName, objectOf } from "../../domain/arbitraries.js";
import { withStrictProtobuf } from "./strict-protobuf.js";

const RUNS = Number(process.env.ENCODING_RUNS ?? 300);

withStrictProtobuf();

const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 8 }),
  fc.constantFrom("\u2028\u2029", '"\\/\b\f\n\r\t', "\0\u001f\u007f\u0080", "ÿ", "€", "😀", "\ufeff"),
);
/** What documents and requests never hold blank (spec 1.2, 1.5). */
const name = text.filter((one) => one !== "");
const version = fc.integer({ min: 1, max: 2 ** 32 - 1 });
const bucket = fc.oneof(fc.constantFrom(0, 9_999), fc.nat(9_999));
const source = fc.constantFrom(...NAMED_SOURCES, "cookie" as const, "default" as const);
const layer = fc.constantFrom(...LAYERS);
const settings = objectOf(memberName, json);

/** Some of the members, none of them undefined. */
function some<T extends object, K extends keyof T = never>(
  members: { [name in keyof T]-?: fc.Arbitrary<Exclude<T[name], undefined>> },
  requiredKeys: K[] = [],
): fc.Arbitrary<T> {
  return fc.record(members as { [name in keyof T]: fc.Arbitrary<T[name]> }, {
    requiredKeys,
  }) as unknown as fc.Arbitrary<T>;
}

const middleware = some<MiddlewareUse, "name">({ name, id: text, enabled: fc.boolean(), config: settings }, [
  "name",
]);
const runtime = some<EffectiveRuntime>({
  system_prompt: text,
  middlewares: fc.array(middleware, { maxLength: 3 }),
  tools: fc.array(text, { maxLength: 3 }),
});
const selection = some<Selection, "source">(
  { source, ignored: fc.array(fc.record({ source, value: name, reason: name }), { maxLength: 2 }) },
  ["source"],
);
const processing = fc
  .tuple(
    fc.record({ requested_mode: name, applied_mode: name, outcome: fc.constantFrom(...PROCESSING_OUTCOMES) }),
    fc.option(fc.record({ profile: name, profile_version: version }), { nil: {} }),
    fc.option(fc.record({ bucket }), { nil: {} }),
  )
  .map(([always, applied, placed]): Processing => ({ ...always, ...applied, ...placed }));
const trace: fc.Arbitrary<TraceEntry[]> = fc.array(
  fc.record({
    pointer: name,
    value: json,
    layer,
    lost: fc.array(fc.record({ layer, value: json }), { maxLength: 3 }),
  }),
  { maxLength: 3 },
);
const ALWAYS: Exclude<keyof Resolution, "trace">[] = [
  "registry",
  "profile",
  "profile_version",
  "revision",
  "runtime_key",
  "runtime",
  "step_settings",
  "fingerprint",
  "selection",
  "processing",
  "warnings",
  "metadata",
];
const resolution = some<Resolution, (typeof ALWAYS)[number]>(
  {
    registry: name,
    profile: name,
    profile_version: version,
    revision: fc.oneof(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    ),
    runtime_key: name,
    runtime,
    step_settings: settings,
    fingerprint: name,
    selection,
    processing,
    warnings: fc.array(text, { maxLength: 3 }),
    metadata: fc.record({
      "profile.registry": text,
      "profile.slug": text,
      "profile.version": version,
      "profile.source": text,
    }),
    trace,
  },
  ALWAYS,
);

function joined(resolution: Resolution, unchanged: boolean, binary: boolean): Buffer {
  const { registry, profile, fingerprint, revision, processing } = resolution;
  const answer = { ...encodeParts(resolution, unchanged, binary), registry, profile, fingerprint };
  return Buffer.from(joinParts({ answer, revision, processing, overrides: {} }, binary), "latin1");
}

test("in JSON it is text for text what the library writes", () => {
  fc.assert(
    fc.property(resolution, fc.boolean(), (resolution, unchanged) => {
      const message = resolutionMessage(resolution, unchanged);
      expect(joined(resolution, unchanged, false).toString()).toBe(
        toJsonString(ResolveProfileResponseSchema, message),
      );
    }),
    { numRuns: RUNS },
  );
});

test("in proto it is byte for byte what the library writes", () => {
  fc.assert(
    fc.property(resolution, fc.boolean(), (resolution, unchanged) => {
      const message = resolutionMessage(resolution, unchanged);
      expect(joined(resolution, unchanged, true).toString("hex")).toBe(
        Buffer.from(toBinary(ResolveProfileResponseSchema, message)).toString("hex"),
      );
    }),
    { numRuns: RUNS },
  );
});

test("what is joined for one answer is not what was joined for another", () => {
  fc.assert(
    fc.property(resolution, resolution, fc.boolean(), (one, other, binary) => {
      const first = joined(one, false, binary);
      joined({ ...one, revision: other.revision, processing: other.processing }, false, binary);
      expect(joined(one, false, binary)).toEqual(first);
    }),
    { numRuns: RUNS / 10 },
  );
});
