import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/domain/json.js";
import { equalJson } from "../../src/domain/json.js";
import { redact, secretExemptions } from "../../src/domain/secrets.js";
import { objectWithSecrets, stepSettings } from "./arbitraries.js";
import { open } from "./documents.js";
import { VAULT } from "./projecting.js";
import { answer, type Given, sent } from "./resolving.js";

const profile = {
  policy: open,
  runtime: {
    step_settings_patch: { stored: { api_key: "stored", plain: 1 } },
    middlewares: [{ name: "vault", id: "a" }],
  },
  extensions: { [VAULT]: { instances: { "id:a": { token: "stored", level: 1 } } } },
};
const request = {
  base_step_settings: { base: { api_key: "own" }, stored: { other_token: "own" } },
  request_overrides: { step_settings_patch: { patch: { secret: "own" } } },
};

describe("secrets that were stored", () => {
  test("are shown when all are", () => {
    expect(sent({ profile, shown: "all" })).toMatchObject({
      step_settings: { stored: { api_key: "stored", plain: 1 } },
      runtime: { middlewares: [{ name: "vault", id: "a", config: { token: "stored", level: 1 } }] },
    });
  });

  test.each(["own", "none"] as const)("are redacted when %s are shown", (shown) => {
    expect(sent({ profile, shown })).toMatchObject({
      step_settings: { stored: { api_key: "<redacted>", plain: 1 } },
      runtime: { middlewares: [{ name: "vault", id: "a", config: { token: "<redacted>", level: 1 } }] },
    });
  });

  test("are shown in spite of that where their names are exempt", () => {
    const settings = { secretExempt: secretExemptions(["api-key"]) };
    expect(sent({ profile, shown: "none", settings }).step_settings).toEqual({
      stored: { api_key: "stored", plain: 1 },
    });
  });
});

describe("secrets that the caller sent", () => {
  test("come back as sent when its own are shown", () => {
    expect(sent({ profile, request, shown: "own" }).step_settings).toEqual({
      base: { api_key: "own" },
      stored: { api_key: "<redacted>", other_token: "own", plain: 1 },
      patch: { secret: "own" },
    });
  });

  test("are redacted when none are shown", () => {
    expect(sent({ profile, request, shown: "none" }).step_settings).toEqual({
      base: { api_key: "<redacted>" },
      stored: { api_key: "<redacted>", other_token: "<redacted>", plain: 1 },
      patch: { secret: "<redacted>" },
    });
  });

  test("come back where they win over stored ones, and the stored ones that lost stay redacted", () => {
    const winning = {
      explain: true,
      request_overrides: { step_settings_patch: { stored: { api_key: "own" } } },
    };
    const { step_settings, trace } = sent({ profile, request: winning, shown: "own" });
    expect(step_settings.stored).toEqual({ api_key: "own", plain: 1 });
    expect(trace?.find(({ pointer }) => pointer === "/step_settings/stored/api_key")).toEqual({
      pointer: "/step_settings/stored/api_key",
      value: "own",
      layer: "request_overrides",
      lost: [{ layer: "profile", value: "<redacted>" }],
    });
  });
});

describe("a config of an override", () => {
  const overriding = (config?: JsonObject) => ({
    request_overrides: { middlewares: [{ name: "vault", id: "a", ...(config && { config }) }] },
  });
  const config = (given: Given) => sent({ profile, ...given }).runtime.middlewares?.[0]?.config;

  test("that was borrowed from the profile is redacted like any stored one", () => {
    expect(config({ request: overriding(), shown: "own" })).toEqual({ token: "<redacted>", level: 1 });
    expect(config({ request: overriding(), shown: "none" })).toEqual({ token: "<redacted>", level: 1 });
    expect(config({ request: overriding(), shown: "all" })).toEqual({ token: "stored", level: 1 });
  });

  test("that the caller sent comes back as sent when its own are shown", () => {
    expect(config({ request: overriding({ token: "own" }), shown: "own" })).toEqual({ token: "own" });
    expect(config({ request: overriding({ token: "own" }), shown: "none" })).toEqual({ token: "<redacted>" });
  });
});

describe("a section that is a secret by its name", () => {
  const secretive = { policy: open, runtime: { step_settings_patch: { token: { stored: "s" } } } };

  test("is redacted whole", () => {
    expect(sent({ profile: secretive, shown: "own" }).step_settings).toEqual({ token: "<redacted>" });
  });

  test.each<Given["request"]>([
    { base_step_settings: { token: { own: "o" } } },
    { request_overrides: { step_settings_patch: { token: { own: "o" } } } },
  ])("stays redacted under and over what the caller sent: %j", (mixed) => {
    expect(sent({ profile: secretive, request: mixed ?? {}, shown: "own" }).step_settings).toEqual({
      token: "<redacted>",
    });
  });

  test("comes back to a caller who alone sent it", () => {
    const own = { base_step_settings: { token: { own: "o" } } };
    expect(sent({ request: own, shown: "own" }).step_settings).toEqual({ token: { own: "o" } });
  });
});

describe("whatever is shown", () => {
  const given = fc.record({
    patch: stepSettings,
    slot: objectWithSecrets,
    base: stepSettings,
    override: stepSettings,
    config: fc.option(objectWithSecrets, { nil: undefined }),
    overrideMiddlewares: fc.boolean(),
  });
  type Parts = typeof given extends fc.Arbitrary<infer T> ? T : never;
  const of = ({ patch, slot, base, override, config, overrideMiddlewares }: Parts): Given => ({
    profile: {
      policy: open,
      runtime: { step_settings_patch: named(patch), middlewares: [{ name: "vault", id: "a" }] },
      extensions: { [VAULT]: { instances: { "id:a": withoutLevel(slot) } } },
    },
    request: {
      explain: true,
      base_step_settings: named(base),
      request_overrides: {
        step_settings_patch: named(override),
        ...(overrideMiddlewares && {
          middlewares: [{ name: "vault", id: "a", ...(config && { config: withoutLevel(config) }) }],
        }),
      },
    },
  });
  /** Blank names are refused. */
  const named = (settings: JsonObject): JsonObject =>
    prefixed(settings, (fields) => prefixed(fields as JsonObject, (value) => value));
  const prefixed = (
    object: JsonObject,
    change: (value: JsonObject[string]) => JsonObject[string],
  ): JsonObject =>
    Object.fromEntries(Object.entries(object).map(([name, value]) => [`f_${name}`, change(value)]));
  const withoutLevel = ({ level: _, ...config }: JsonObject): JsonObject => config;

  test("the fingerprint is the same", () => {
    fc.assert(
      fc.property(given, (parts) => {
        const [all, own, none] = (["all", "own", "none"] as const).map((shown) =>
          answer({ ...of(parts), shown }),
        );
        expect(own?.fingerprint).toBe(all?.fingerprint);
        expect(none?.fingerprint).toBe(all?.fingerprint);
      }),
    );
  });

  test("an answer that shows none is the answer that shows all, redacted", () => {
    fc.assert(
      fc.property(given, (parts) => {
        const [all, none] = (["all", "none"] as const).map((shown) => answer({ ...of(parts), shown }));
        const exempt = secretExemptions([]);
        expect(equalJson(none?.step_settings, redact(all?.step_settings ?? {}, exempt))).toBe(true);
        const [shown, hidden] = [all, none].map((one) => (one?.runtime ?? {}) as unknown as JsonObject);
        expect(equalJson(hidden, redact(shown ?? {}, exempt))).toBe(true);
      }),
    );
  });

  test("no stored secret gets out, in trace or answer", () => {
    fc.assert(
      fc.property(stepSettings, stepSettings, fc.constantFrom("own", "none"), (base, override, shown) => {
        const leak = "LEAK";
        const hidden = {
          policy: open,
          runtime: {
            step_settings_patch: {
              a: { token: leak },
              secret: { b: leak },
              f_a: { list: [{ password: leak }] },
            },
            middlewares: [{ name: "vault" }],
          },
          extensions: { [VAULT]: { instances: { "index:0": { deep: { api_key: leak } } } } },
        };
        const request = {
          explain: true,
          base_step_settings: named(base),
          request_overrides: { step_settings_patch: named(override) },
        };
        expect(JSON.stringify(answer({ profile: hidden, request, shown }))).not.toContain(leak);
      }),
    );
  });
});
