import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type FingerprintInput, fingerprint } from "../../src/domain/fingerprint.js";
import { equalJson, isObject, type Json, type JsonObject } from "../../src/domain/json.js";
import { isSecretName } from "../../src/domain/secrets.js";
import { jsonWithSecrets, objectWithSecrets, reversed, stepSettings } from "./arbitraries.js";
import { canonicalText, sha256 } from "./rfc8785.js";

const slug = fc.constantFrom("a", "b");
const input = fc.record({
  registry: slug,
  profile: slug,
  profile_version: fc.integer({ min: 1, max: 3 }),
  runtime: fc.record(
    {
      system_prompt: fc.string({ unit: "grapheme", minLength: 1 }),
      tools: fc.array(fc.string(), { minLength: 1, maxLength: 2 }),
      middlewares: fc.array(
        fc.record(
          { name: slug, id: slug, enabled: fc.boolean(), config: objectWithSecrets },
          { requiredKeys: ["name"] },
        ),
        { minLength: 1, maxLength: 2 },
      ),
    },
    { requiredKeys: [] },
  ),
  step_settings: stepSettings,
}) as fc.Arbitrary<FingerprintInput>;

const simple: FingerprintInput = {
  registry: "default",
  profile: "p",
  profile_version: 3,
  runtime: { system_prompt: "s", middlewares: [{ name: "m", id: "i", config: { a: 1 } }], tools: ["t", "u"] },
  step_settings: { openai: { model: "x", temperature: 0.1 } },
};

function withoutSecrets(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !isSecretName(name))
      .map(([name, inner]) => [name, withoutSecrets(inner)]),
  );
}

/** Spec 4.4 written out once more: secrets go, then what is empty among the members that we name. */
function canonicalOf({ runtime, step_settings, ...identity }: FingerprintInput): string {
  const document: JsonObject = { ...identity };
  const shown: JsonObject = {};
  if (runtime.system_prompt) shown.system_prompt = runtime.system_prompt;
  if (runtime.tools?.length) shown.tools = [...runtime.tools];
  if (runtime.middlewares?.length) {
    shown.middlewares = runtime.middlewares.map(({ config, ...entry }) => {
      const kept = withoutSecrets(config ?? {}) as JsonObject;
      return Object.keys(kept).length > 0 ? { ...entry, config: kept } : entry;
    });
  }
  if (Object.keys(shown).length > 0) document.runtime = shown;
  const settings = withoutSecrets(step_settings) as JsonObject;
  if (Object.keys(settings).length > 0) document.step_settings = settings;
  return canonicalText(document);
}

test("a fingerprint is sha256 of the RFC 8785 text of what is effective", () => {
  const text =
    '{"profile":"p","profile_version":3,"registry":"default","runtime":{"middlewares":[{"config":{"a":1},"id":"i",' +
    '"name":"m"}],"system_prompt":"s","tools":["t","u"]},"step_settings":{"openai":{"model":"x","temperature":0.1}}}';
  expect(canonicalOf(simple)).toBe(text);
  expect(fingerprint(simple)).toBe(sha256(text));
});

test("a fingerprint can be computed without our code", () => {
  fc.assert(
    fc.property(input, (one) => {
      expect(fingerprint(one)).toBe(sha256(canonicalOf(one)));
    }),
    { numRuns: 300 },
  );
});

test("a fingerprint leaves out an empty runtime and empty settings", () => {
  const bare = { registry: "r", profile: "p", profile_version: 1 };
  expect(fingerprint({ ...bare, runtime: {}, step_settings: {} })).toBe(
    sha256('{"profile":"p","profile_version":1,"registry":"r"}'),
  );
});

test("a fingerprint keeps empty objects inside free-form JSON", () => {
  expect(fingerprint({ ...simple, step_settings: { a: {} } })).not.toBe(
    fingerprint({ ...simple, step_settings: {} }),
  );
});

test("members named like anything are part of a fingerprint", () => {
  const step_settings = JSON.parse(
    '{"a":{"__proto__":{"toJSON":1},"toJSON":"x","10":1,"9":2}}',
  ) as JsonObject;
  const one = { ...simple, step_settings };
  expect(fingerprint(one)).toBe(sha256(canonicalOf(one)));
});

describe("a fingerprint is the same", () => {
  test("whatever the order of members", () => {
    fc.assert(
      fc.property(input, (one) => {
        const turned = reversed(one as unknown as Json) as unknown as FingerprintInput;
        const straight = { ...turned, runtime: { ...turned.runtime } };
        expect(fingerprint(straight)).toBe(fingerprint(one));
      }),
    );
  });

  test("whatever the secrets are, and whether there are any", () => {
    fc.assert(
      fc.property(input, jsonWithSecrets, (one, secret) => {
        const replaced = (value: Json): Json => {
          if (Array.isArray(value)) return value.map(replaced);
          if (!isObject(value)) return value;
          const members = Object.entries(value).map(([name, inner]) => [
            name,
            isSecretName(name) ? secret : replaced(inner),
          ]);
          return Object.fromEntries([...members, ["added_token", secret]]) as Json;
        };
        const { runtime, step_settings, ...identity } = one;
        const middlewares = runtime.middlewares?.map((entry) => ({
          ...entry,
          config: replaced(entry.config ?? {}) as JsonObject,
        }));
        const other = {
          ...identity,
          runtime: { ...runtime, ...(middlewares && { middlewares }) },
          step_settings: replaced(step_settings) as JsonObject,
        };
        expect(fingerprint(other)).toBe(fingerprint(one));
      }),
    );
  });

  test("for -0 and 0, which are one number in JSON", () => {
    const of = (number: number) => fingerprint({ ...simple, step_settings: { a: { b: number } } });
    expect(of(-0)).toBe(of(0));
  });

  test("when it is computed again, and of what it was computed from remains unchanged", () => {
    fc.assert(
      fc.property(input, (one) => {
        const before = JSON.stringify(one);
        expect(fingerprint(one)).toBe(fingerprint(one));
        expect(JSON.stringify(one)).toBe(before);
      }),
    );
  });
});

describe("a fingerprint changes", () => {
  test.each<[string, Partial<FingerprintInput>]>([
    ["the registry", { registry: "other" }],
    ["the profile", { profile: "other" }],
    ["the profile's version", { profile_version: 4 }],
    ["the prompt", { runtime: { ...simple.runtime, system_prompt: "S" } }],
    ["the order of tools", { runtime: { ...simple.runtime, tools: ["u", "t"] } }],
    [
      "a middleware's id",
      { runtime: { ...simple.runtime, middlewares: [{ name: "m", id: "j", config: { a: 1 } }] } },
    ],
    [
      "a middleware's being disabled",
      {
        runtime: {
          ...simple.runtime,
          middlewares: [{ name: "m", id: "i", enabled: false, config: { a: 1 } }],
        },
      },
    ],
    [
      "a config's value",
      { runtime: { ...simple.runtime, middlewares: [{ name: "m", id: "i", config: { a: "1" } }] } },
    ],
    ["a setting's value", { step_settings: { openai: { model: "x", temperature: 0.2 } } }],
    ["a setting's being null", { step_settings: { openai: { model: "x", temperature: null } } }],
    ["a setting's being there", { step_settings: { openai: { model: "x" } } }],
  ])("with %s", (_, change) => {
    expect(fingerprint({ ...simple, ...change })).not.toBe(fingerprint(simple));
  });

  test("with any effective value", () => {
    fc.assert(
      fc.property(input, input, (a, b) => {
        const same = equalJson(JSON.parse(canonicalOf(a)) as Json, JSON.parse(canonicalOf(b)) as Json);
        expect(fingerprint(a) === fingerprint(b)).toBe(same);
      }),
    );
  });
});
