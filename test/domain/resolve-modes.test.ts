/** What a mode's profile does to an answer, layer by layer (spec 4.2, 4.4, 5.1). */
import { describe, expect, test } from "vitest";
import { metadata, open } from "./documents.js";
import { answerInMode, aRollout, type GivenMode } from "./moding.js";
import { refused } from "./overriding.js";
import { VAULT } from "./projecting.js";
import { canonicalText, sha256 } from "./rfc8785.js";

const selected = {
  runtime: {
    system_prompt: "Selected",
    tools: ["search", "calc"],
    middlewares: [{ name: "vault", id: "a" }],
    step_settings_patch: { "ai-chat": { "ai-engine": "slow", temperature: 0.7 }, retry: { max: 3 } },
  },
  extensions: { [VAULT]: { instances: { "id:a": { level: 1 } } } },
};
const fast = {
  runtime: {
    system_prompt: "Fast",
    step_settings_patch: { "ai-chat": { "ai-engine": "quick" }, new: { a: 1 } },
  },
  metadata: { ...metadata, version: 5 },
};
const sent = (given: GivenMode) => JSON.parse(JSON.stringify(answerInMode(given)));
const DEFAULT = { processing: undefined };

describe("a mode's profile", () => {
  test("wins in what it sets, and leaves the rest to the selected one", () => {
    expect(sent({ selected, fast })).toMatchObject({
      profile: "p",
      profile_version: 1,
      runtime: {
        system_prompt: "Fast",
        tools: ["search", "calc"],
        middlewares: [{ name: "vault", id: "a", config: { level: 1 } }],
      },
      step_settings: {
        "ai-chat": { "ai-engine": "quick", temperature: 0.7 },
        retry: { max: 3 },
        new: { a: 1 },
      },
      processing: { applied_mode: "fast", profile: "fast-v1", profile_version: 5, outcome: "applied" },
    });
  });

  test("brings the configs of its own slots with its middlewares", () => {
    const middlewares = [{ name: "vault" }, { name: "vault", id: "a" }];
    const extensions = { [VAULT]: { instances: { "index:0": { level: 8 }, "id:a": { level: 9 } } } };
    expect(sent({ selected, fast: { runtime: { middlewares }, extensions } }).runtime.middlewares).toEqual([
      { name: "vault", config: { level: 8 } },
      { name: "vault", id: "a", config: { level: 9 } },
    ]);
    expect(sent({ selected, fast: { runtime: { middlewares } } }).runtime.middlewares).toEqual(middlewares);
  });

  test("may be the selected one", () => {
    const own = { slug: "fast-v1", runtime: { system_prompt: "Both" } };
    const registry = { default_profile_slug: "fast-v1" };
    const given = { selected: own, fast: null, registry };
    expect(sent(given)).toMatchObject({
      profile: "fast-v1",
      runtime: { system_prompt: "Both" },
      processing: { applied_mode: "fast", profile: "fast-v1" },
    });
    expect(sent(given).fingerprint).not.toBe(sent({ ...given, request: DEFAULT }).fingerprint);
  });

  test("lies above base settings and below overrides, and the operator above all", () => {
    const request = {
      explain: true,
      base_step_settings: { "ai-chat": { "ai-engine": "base", "ai-top-p": 1 } },
      request_overrides: {
        system_prompt: "Override",
        step_settings_patch: { "ai-chat": { "ai-engine": "over" } },
      },
    };
    const given = {
      selected: { ...selected, policy: open },
      fast,
      request,
      operator: { ai_engine: "forced" },
    };
    const lost = [
      { layer: "base_step_settings", value: "base" },
      { layer: "profile", value: "slow" },
      { layer: "processing_profile", value: "quick" },
      { layer: "request_overrides", value: "over" },
    ];
    expect(sent(given).trace).toEqual(
      expect.arrayContaining([
        { pointer: "/step_settings/ai-chat/ai-engine", value: "forced", layer: "operator", lost },
        {
          pointer: "/runtime/system_prompt",
          value: "Override",
          layer: "request_overrides",
          lost: [
            { layer: "profile", value: "Selected" },
            { layer: "processing_profile", value: "Fast" },
          ],
        },
        { pointer: "/step_settings/new/a", value: 1, layer: "processing_profile", lost: [] },
        { pointer: "/runtime/tools", value: ["search", "calc"], layer: "profile", lost: [] },
      ]),
    );
  });

  test("changes nothing that says which profile was selected", () => {
    const [plain, inMode] = [sent({ selected, fast, request: DEFAULT }), sent({ selected, fast })];
    for (const member of ["registry", "profile", "profile_version", "runtime_key", "selection", "metadata"])
      expect(inMode[member]).toEqual(plain[member]);
  });

  test("is no part of an answer that does not apply it", () => {
    const { processing: _, ...plain } = sent({ selected, fast, request: { ...DEFAULT, explain: true } });
    for (const more of [{ contract_enabled: false }, { runtime_enabled: false }, { percentage: 0 }]) {
      const { processing, ...stripped } = sent({
        selected,
        fast,
        rollouts: [aRollout(more)],
        request: { explain: true },
      });
      expect(stripped).toEqual(plain);
      expect(processing.applied_mode).toBe("default");
    }
    const { processing, ...missing } = sent({ selected, fast: null, request: { explain: true } });
    expect(missing).toEqual(plain);
    expect(processing.outcome).toBe("profile_missing");
  });
});

describe("overrides in a mode", () => {
  test("meet the policy of the selected profile, not of the mode's", () => {
    const request = { request_overrides: { system_prompt: "mine" } };
    expect(refused(() => answerInMode({ selected, fast: { ...fast, policy: open }, request }))).toBe(
      "policy: policy violation: request overrides are disabled for this profile",
    );
    expect(sent({ selected: { ...selected, policy: open }, fast, request }).runtime.system_prompt).toBe(
      "mine",
    );
  });

  test("borrow the slots of the selected profile, not of the mode's", () => {
    const middlewares = [{ name: "vault", id: "a" }];
    const answer = sent({
      selected: { ...selected, policy: open },
      fast: { runtime: { middlewares }, extensions: { [VAULT]: { instances: { "id:a": { level: 9 } } } } },
      request: { request_overrides: { middlewares } },
    });
    expect(answer.runtime.middlewares).toEqual([{ name: "vault", id: "a", config: { level: 1 } }]);
  });

  test("are checked after processing is", () => {
    const request = { processing: { mode: "slow" }, request_overrides: { system_prompt: "mine" } };
    expect(refused(() => answerInMode({ request }))).toContain("processing.mode must be one of");
  });

  test("are checked in a mode that is not applied as well", () => {
    const request = { request_overrides: { system_prompt: "mine" } };
    expect(refused(() => answerInMode({ rollouts: [], request }))).toContain("policy violation");
  });
});

test("a request is checked after the profile is selected, and before its mode", () => {
  const request = { selection: { body: "nowhere" }, conv_id: "\ud800", processing: { mode: "slow" } };
  expect(refused(() => answerInMode({ request }))).toContain("profile not found");
  expect(refused(() => answerInMode({ request: { ...request, selection: {} } }))).toBe(
    "validation: validation error (conv_id): must not contain unpaired surrogates",
  );
});

describe("warnings", () => {
  const gone = (name: string) => ({ runtime: { middlewares: [{ name }] } });
  const warning = (name: string) => `middleware "${name}" is not in the catalogue of this server`;

  test("are of the middlewares that run: the mode's where it has any, else the selected profile's", () => {
    expect(sent({ selected: gone("below"), fast: gone("above") }).warnings).toEqual([warning("above")]);
    expect(sent({ selected: gone("below"), fast }).warnings).toEqual([warning("below")]);
    expect(sent({ selected: gone("below"), fast: gone("above"), rollouts: [] }).warnings).toEqual([
      warning("below"),
    ]);
  });

  test("are of none where an override brings its own", () => {
    const request = { request_overrides: { middlewares: [] } };
    const given = { selected: { ...gone("below"), policy: open }, fast: gone("above"), request };
    expect(sent(given).warnings).toEqual([]);
  });
});

describe("secrets of a mode's profile", () => {
  const secret = {
    runtime: {
      middlewares: [{ name: "vault", id: "a" }],
      step_settings_patch: { openai: { api_key: "stored", model: "m" }, password: { a: "stored" } },
    },
    extensions: { [VAULT]: { instances: { "id:a": { token: "stored", level: 1 } } } },
  };

  test.each(["own", "none"] as const)("are redacted where %s are shown, in the trace too", (shown) => {
    const text = JSON.stringify(sent({ selected, fast: secret, shown, request: { explain: true } }));
    expect(text).not.toContain('"stored"');
    expect(text).toContain('"api_key":"<redacted>"');
    expect(text).toContain('"token":"<redacted>"');
  });

  test("are shown where all are", () => {
    expect(sent({ selected, fast: secret })).toMatchObject({
      runtime: { middlewares: [{ config: { token: "stored", level: 1 } }] },
      step_settings: { openai: { api_key: "stored", model: "m" }, password: { a: "stored" } },
    });
  });

  test("are no part of the fingerprint", () => {
    const other = JSON.parse(JSON.stringify(secret).replaceAll('"stored"', '"another"'));
    const prints = [secret, other].flatMap((fast) =>
      (["all", "none"] as const).map((shown) => sent({ selected, fast, shown }).fingerprint),
    );
    expect(new Set(prints).size).toBe(1);
  });
});

describe("the fingerprint", () => {
  const printOf = (given: GivenMode) => sent({ selected, fast, ...given }).fingerprint;

  test("is over mode, profile and version of what was applied as well", () => {
    const { registry, profile, profile_version, runtime, step_settings, fingerprint } = sent({
      selected,
      fast,
    });
    const processing = { mode: "fast", profile: "fast-v1", profile_version: 5 };
    const hashed = { registry, profile, profile_version, runtime, step_settings, processing };
    expect(fingerprint).toBe(sha256(canonicalText(hashed)));
  });

  test("moves with the version of the mode's profile", () => {
    const newer = { ...fast, metadata: { ...metadata, version: 6 } };
    expect(printOf({ fast: newer })).not.toBe(printOf({}));
    expect(printOf({ fast: newer, request: DEFAULT })).toBe(printOf({ request: DEFAULT }));
  });

  test("does not move with key, bucket, deployment or reason", () => {
    const asked = { processing: { mode: "fast", profile: "fast-v1", reason: "why" }, deployment: "cloud" };
    for (const conv_id of ["a", "b"]) expect(printOf({ request: { ...asked, conv_id } })).toBe(printOf({}));
  });

  test("of an empty mode profile differs from the default's all the same", () => {
    expect(printOf({ fast: {} })).not.toBe(printOf({ fast: {}, request: DEFAULT }));
  });
});
