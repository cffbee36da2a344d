import { describe, expect, test } from "vitest";
import { catalog, metadata, open } from "./documents.js";
import { AGENTMODE, SQLITE } from "./projecting.js";
import { refusalOf, violationsOf } from "./refusal.js";
import { answer, sent } from "./resolving.js";

const stored = {
  runtime: {
    system_prompt: "stored",
    tools: ["stored"],
    middlewares: [{ name: "sqlite", id: "a" }, { name: "agentmode", enabled: false }, { name: "vault" }],
    step_settings_patch: { a: { x: "profile", y: "profile" } },
  },
  policy: open,
  extensions: {
    [SQLITE]: { instances: { "id:a": { max_rows: "verbatim" } } },
    [AGENTMODE]: { instances: { "index:1": {} } },
  },
};

describe("the answer", () => {
  test("has exactly the members of spec 4.4", () => {
    const members = [
      "registry",
      "profile",
      "profile_version",
      "revision",
      "runtime_key",
      "runtime",
      "step_settings",
      "fingerprint",
      "selection",
      "warnings",
      "metadata",
      "processing",
    ];
    expect(Object.keys(sent()).sort()).toEqual([...members].sort());
    expect(Object.keys(sent({ request: { explain: true } })).sort()).toEqual([...members, "trace"].sort());
  });

  test("names registry, profile, its version and the revision it reflects", () => {
    expect(sent({ profile: { slug: "q", metadata: { ...metadata, version: 9 } } })).toMatchObject({
      registry: "default",
      profile: "q",
      profile_version: 9,
      revision: 7,
      selection: { source: "default" },
    });
  });

  test("leaves out of the runtime what is empty", () => {
    expect(sent()).toMatchObject({ runtime: {}, step_settings: {}, warnings: [] });
  });

  test("has exactly four facts as metadata", () => {
    expect(sent({ profile: { metadata: { ...metadata, version: 4, source: "seed" } } }).metadata).toEqual({
      "profile.registry": "default",
      "profile.slug": "p",
      "profile.version": 4,
      "profile.source": "seed",
    });
  });

  test.each([
    ["the registry's where the profile has none", "", "import", "import"],
    ["empty where neither has one", "", "", ""],
  ])("has as source %s", (_, ofProfile, ofRegistry, expected) => {
    const given = {
      profile: { metadata: { ...metadata, source: ofProfile as never } },
      registry: { metadata: { ...metadata, source: ofRegistry as never } },
    };
    expect(sent(given).metadata["profile.source"]).toBe(expected);
  });
});

describe("the runtime key", () => {
  test.each([undefined, "", "  "])("is the profile's slug where %j is given", (runtime_key) => {
    expect(sent({ request: { runtime_key } }).runtime_key).toBe("p");
  });

  test("is the given one, normalised", () => {
    expect(sent({ request: { runtime_key: " Key.1 " } }).runtime_key).toBe("key.1");
  });

  test("that is malformed is refused with all else that is wrong with the request", () => {
    const request = { runtime_key: "a b", base_step_settings: { a: 1 } };
    expect(violationsOf(() => answer({ request }))).toEqual([
      "base_step_settings.a: must be an object",
      'runtime_key: runtime key "a b" is invalid',
    ]);
  });

  test("is no part of the fingerprint", () => {
    expect(sent({ request: { runtime_key: "k" } }).fingerprint).toBe(sent().fingerprint);
  });
});

describe("layers", () => {
  test("lie base, profile, overrides, direct overrides, operator", () => {
    const request = {
      base_step_settings: {
        a: { x: "base", y: "base", z: "base" },
        "ai-chat": { "ai-engine": "base", "ai-api-type": "base", other: "base" },
      },
      request_overrides: {
        step_settings_patch: {
          a: { y: "override" },
          "ai-chat": { "ai-engine": "override", "ai-api-type": "override" },
        },
      },
      ai_engine: "direct",
    };
    const given = { profile: stored, request };
    expect(sent(given).step_settings).toEqual({
      a: { x: "profile", y: "override", z: "base" },
      "ai-chat": { "ai-engine": "direct", "ai-api-type": "override", other: "base" },
    });
    expect(
      sent({ ...given, settings: { operator: { ai_engine: "forced" } } }).step_settings["ai-chat"],
    ).toEqual({
      "ai-engine": "forced",
      "ai-api-type": "override",
      other: "base",
    });
  });

  test("leave the base settings as they were", () => {
    const base_step_settings = { a: { x: 0 } };
    sent({ profile: stored, request: { base_step_settings } });
    expect(base_step_settings).toEqual({ a: { x: 0 } });
  });

  test("replace prompt, tools and middlewares whole", () => {
    const request = { request_overrides: { tools: ["new"], middlewares: [{ name: "agentmode" }] } };
    expect(sent({ profile: stored, request }).runtime).toEqual({
      system_prompt: "stored",
      tools: ["new"],
      middlewares: [{ name: "agentmode", config: { default_mode: "default" } }],
    });
  });

  test("may empty what the profile has", () => {
    const request = { request_overrides: { system_prompt: "", tools: [], middlewares: [] } };
    expect(sent({ profile: stored, request }).runtime).toEqual({});
  });

  test("are all told of in a trace", () => {
    const request = {
      explain: true,
      base_step_settings: { "ai-chat": { "ai-engine": "base" } },
      request_overrides: { step_settings_patch: { "ai-chat": { "ai-engine": "override" } } },
      ai_engine: "direct",
    };
    const given = { profile: { policy: open }, request, settings: { operator: { ai_engine: "forced" } } };
    expect(sent(given).trace).toEqual([
      {
        pointer: "/step_settings/ai-chat/ai-engine",
        value: "forced",
        layer: "operator",
        lost: [
          { layer: "base_step_settings", value: "base" },
          { layer: "request_overrides", value: "override" },
          { layer: "request_overrides", value: "direct" },
        ],
      },
    ]);
  });
});

describe("stored middlewares", () => {
  test("come back with their slots verbatim, disabled ones too", () => {
    expect(sent({ profile: stored }).runtime.middlewares).toEqual([
      { name: "sqlite", id: "a", config: { max_rows: "verbatim" } },
      { name: "agentmode", enabled: false, config: {} },
      { name: "vault" },
    ]);
  });

  const lost = {
    runtime: { middlewares: [{ name: "gone" }, { name: "sqlite" }, { name: "gone", id: "b" }] },
  };

  test("that the catalogue lacks give a warning each name, and nothing else", () => {
    const { runtime, warnings } = sent({ profile: lost });
    expect(warnings).toEqual(['middleware "gone" is not in the catalogue of this server']);
    expect(runtime.middlewares).toEqual(lost.runtime.middlewares);
  });

  test("that the catalogue lacks are not warned of where overrides replace them", () => {
    const profile = { ...lost, policy: open };
    expect(sent({ profile, request: { request_overrides: { middlewares: [] } } }).warnings).toEqual([]);
  });

  test("give the same fingerprint whether the catalogue knows them or not", () => {
    const knowing = { ...catalog, has: () => true };
    expect(sent({ profile: lost, settings: { catalog: knowing } }).fingerprint).toBe(
      sent({ profile: lost }).fingerprint,
    );
  });
});

describe("direct overrides", () => {
  test("are warned of, recommending a profile and naming no date", () => {
    const { warnings } = sent({ profile: { policy: open }, request: { ai_engine: "e", ai_api_type: "t" } });
    expect(warnings).toEqual([
      "ai_api_type is deprecated: select a profile that sets step_settings_patch.ai-chat.ai-api-type",
      "ai_engine is deprecated: select a profile that sets step_settings_patch.ai-chat.ai-engine",
    ]);
  });

  test("that are blank are not warned of", () => {
    expect(sent({ request: { ai_engine: " " } }).warnings).toEqual([]);
  });
});

describe("the operator", () => {
  const settings = { operator: { ai_engine: "forced", ai_api_type: "openai" } };

  test("wins over everything, without policy", () => {
    expect(sent({ settings }).step_settings).toEqual({
      "ai-chat": { "ai-engine": "forced", "ai-api-type": "openai" },
    });
  });

  test("is warned of in every answer", () => {
    expect(sent({ settings }).warnings).toEqual([
      'the operator of this server sets step_settings.ai-chat.ai-api-type to "openai"',
      'the operator of this server sets step_settings.ai-chat.ai-engine to "forced"',
    ]);
  });

  test("changes the fingerprint", () => {
    expect(sent({ settings }).fingerprint).not.toBe(sent().fingerprint);
  });
});

describe("a request", () => {
  test("is refused for its selection before anything else", () => {
    const request = { selection: { path: "nope" }, base_step_settings: { a: 1 } };
    expect(refusalOf(() => answer({ request })).message).toBe("profile not found: nope");
  });

  test("is refused for its base settings before its overrides", () => {
    const request = { base_step_settings: { a: 1 }, request_overrides: { tools: [] } };
    expect(refusalOf(() => answer({ request })).code).toBe("validation");
  });

  test("is refused for its runtime key before its overrides", () => {
    const request = { runtime_key: "!", request_overrides: { tools: [] } };
    expect(refusalOf(() => answer({ request })).code).toBe("validation");
  });

  test.each([
    [{ base_step_settings: { a: { b: Number.NaN } } }, "base_step_settings: must be a finite number"],
    [{ request_overrides: { "\ud800": 1 } }, "request_overrides: must not contain unpaired surrogates"],
    [{ ai_engine: "\ud800" }, "ai_engine: must not contain unpaired surrogates"],
    [{ runtime_key: "\ud800" }, "runtime_key: must not contain unpaired surrogates"],
    [{ base_step_settings: { " ": {} } }, "base_step_settings: section names must not be empty"],
    [{ base_step_settings: { a: null } }, "base_step_settings.a: must be an object"],
    [
      { base_step_settings: { openai: { api_key: "<redacted>" } } },
      "base_step_settings.openai.api_key: no stored value to keep",
    ],
  ])("is refused: %o", (request, violation) => {
    expect(violationsOf(() => answer({ profile: { policy: open }, request }))).toEqual([violation]);
  });

  test("may nest 32 levels, counted from its root", () => {
    const nested = (levels: number): number | { a: unknown } =>
      levels === 0 ? 1 : { a: nested(levels - 1) };
    const request = (levels: number) => ({ base_step_settings: nested(levels) as never });
    expect(() => answer({ request: request(31) })).not.toThrow();
    expect(violationsOf(() => answer({ request: request(32) }))).toEqual([
      "base_step_settings: must not nest deeper than 32 levels",
    ]);
  });

  test("answers the same again", () => {
    const given = { profile: stored, request: { explain: true, base_step_settings: { b: { c: 1 } } } };
    expect(answer(given)).toEqual(answer(given));
  });
});
