import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DomainError } from "../../src/domain/errors.js";
import type { JsonObject } from "../../src/domain/json.js";
import { DIRECT_OVERRIDES, type OverrideRequest } from "../../src/domain/overrides.js";
import { aProfile } from "./documents.js";
import { allowing, overriding, read, refused } from "./overriding.js";

describe("a profile's policy", () => {
  test("refuses all overrides unless it allows them", () => {
    expect(refused(() => overriding({ system_prompt: "s" }, aProfile()))).toBe(
      "policy: policy violation: request overrides are disabled for this profile",
    );
  });

  test("allows every key when it has no lists", () => {
    expect(overriding({ system_prompt: "s", tools: [] })).toEqual({ system_prompt: "s", tools: [] });
  });

  test("allows every key when its lists are empty", () => {
    const profile = allowing({ allowed_override_keys: [], denied_override_keys: [] });
    expect(overriding({ tools: [] }, profile)).toEqual({ tools: [] });
  });

  test("denies a key in any spelling, on both sides", () => {
    const profile = allowing({ denied_override_keys: ["System-Prompt"] });
    expect(refused(() => overriding({ systemPrompt: "s" }, profile))).toBe(
      'policy: policy violation: override key "system_prompt" is denied',
    );
  });

  test("refuses a key that its allow list lacks", () => {
    const profile = allowing({ allowed_override_keys: ["systemPrompt"] });
    expect(overriding({ system_prompt: "s" }, profile)).toEqual({ system_prompt: "s" });
    expect(refused(() => overriding({ tools: [] }, profile))).toBe(
      'policy: policy violation: override key "tools" is not allowed',
    );
  });

  test("denies before it looks at the allow list", () => {
    const profile = allowing({ allowed_override_keys: ["tools"], denied_override_keys: ["system_prompt"] });
    expect(refused(() => overriding({ system_prompt: "s" }, profile))).toContain("is denied");
  });

  test.each<JsonObject>([
    { tools: [], middlewares: [], system_prompt: "" },
    { system_prompt: "", tools: [], middlewares: [] },
  ])("names the first key in sorted order, whatever the order of the request: %j", (overrides) => {
    const profile = allowing({
      allowed_override_keys: ["other"],
      denied_override_keys: ["tools", "system_prompt"],
    });
    expect(refused(() => overriding(overrides, profile))).toBe(
      'policy: policy violation: override key "middlewares" is not allowed',
    );
  });

  test("is asked before the values are looked at", () => {
    const profile = allowing({ denied_override_keys: ["tools"] });
    expect(refused(() => overriding({ system_prompt: 1, tools: [] }, profile))).toBe(
      'policy: policy violation: override key "tools" is denied',
    );
  });

  test("is asked of keys that nobody knows, too", () => {
    expect(refused(() => overriding({ zzz: 1 }, allowing({ allowed_override_keys: ["tools"] })))).toBe(
      'policy: policy violation: override key "zzz" is not allowed',
    );
  });

  test.each(["constructor", "__proto__", "toString"])(
    "says of step_settings_patch nothing about %j",
    (key) => {
      const overrides = JSON.parse(`{"${key}":1}`) as JsonObject;
      expect(
        refused(() => overriding(overrides, allowing({ allowed_override_keys: ["step_settings_patch"] }))),
      ).toContain("is not allowed");
      expect(
        refused(() => overriding(overrides, allowing({ denied_override_keys: ["step_settings_patch"] }))),
      ).toContain("unsupported override key");
    },
  );

  test("does not answer with the name of the profile", () => {
    expect(refused(() => overriding({ tools: [] }, aProfile({ slug: "hidden" })))).not.toContain("hidden");
  });
});

describe.each(Object.entries(DIRECT_OVERRIDES))("the direct override %s", (name, field) => {
  const request = { [name]: " value " } as OverrideRequest;

  test("means its field of step_settings_patch.ai-chat", () => {
    expect(read(request)).toEqual({ direct: { "ai-chat": { [field]: "value" } } });
  });

  test("needs allow_overrides", () => {
    expect(refused(() => read(request, aProfile()))).toBe(
      "policy: policy violation: request overrides are disabled for this profile",
    );
  });

  test.each([name, name.replaceAll("_", "-").toUpperCase(), "stepSettingsPatch"])(
    "is denied by %j",
    (denied) => {
      expect(refused(() => read(request, allowing({ denied_override_keys: [denied] })))).toBe(
        `policy: policy violation: override key "${name}" is denied`,
      );
    },
  );

  test.each([name, "step_settings_patch"])("is allowed by %j", (allowed) => {
    expect(read(request, allowing({ allowed_override_keys: [allowed] }))).toHaveProperty("direct");
  });

  test("is refused by an allow list that has neither", () => {
    expect(refused(() => read(request, allowing({ allowed_override_keys: ["tools"] })))).toBe(
      `policy: policy violation: override key "${name}" is not allowed`,
    );
  });

  test("is no key of request_overrides", () => {
    expect(refused(() => overriding({ [name]: "x" }))).toBe(
      `validation: validation error (request_overrides.${name}): unsupported override key`,
    );
  });
});

test("direct overrides are checked among the other keys in sorted order", () => {
  const profile = allowing({ denied_override_keys: ["ai_engine", "aardvark", "tools"] });
  expect(refused(() => read({ request_overrides: { aardvark: 1 }, ai_engine: "x" }, profile))).toContain(
    '"aardvark"',
  );
  expect(refused(() => read({ request_overrides: { tools: [] }, ai_engine: "x" }, profile))).toContain(
    '"ai_engine"',
  );
});

test("a policy answers what its rules say of the first key that any of them refuses", () => {
  const key = fc.constantFrom("middlewares", "step_settings_patch", "system_prompt", "tools", "constructor");
  const list = fc.uniqueArray(key, { maxLength: 3 });
  fc.assert(
    fc.property(
      fc.uniqueArray(key, { minLength: 1 }),
      list,
      list,
      fc.boolean(),
      (keys, allowed, denied, allow) => {
        const profile = allowing({
          allow_overrides: allow,
          allowed_override_keys: allowed,
          denied_override_keys: denied,
        });
        const verdicts = [...keys]
          .sort()
          .map((one) =>
            denied.includes(one)
              ? `override key "${one}" is denied`
              : allowed.length > 0 && !allowed.includes(one)
                ? `override key "${one}" is not allowed`
                : undefined,
          );
        const first = allow ? verdicts.find(Boolean) : "request overrides are disabled for this profile";
        let policy: string | undefined;
        try {
          overriding(Object.fromEntries(keys.map((one) => [one, null])), profile);
        } catch (error) {
          if (error instanceof DomainError && error.code === "policy") policy = error.message;
        }
        expect(policy).toBe(first && `policy violation: ${first}`);
      },
    ),
  );
});
