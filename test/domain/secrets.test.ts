import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Violation } from "../../src/domain/errors.js";
import { equalJson, isObject, type Json, type JsonObject } from "../../src/domain/json.js";
import {
  isSecretName,
  keepStoredSecrets,
  omitSecrets,
  redact,
  redactExtensions,
  redactProfile,
  refuseRedacted,
  secretExemptions,
} from "../../src/domain/secrets.js";
import { objectWithSecrets } from "./arbitraries.js";
import { aProfile } from "./documents.js";
import { texts } from "./refusal.js";

const none = secretExemptions([]);

/** Every member of a document with its name, at any depth. */
function* membersOf(value: Json): Generator<[string, Json]> {
  if (Array.isArray(value)) for (const item of value) yield* membersOf(item);
  if (!isObject(value)) return;
  for (const [name, member] of Object.entries(value)) {
    yield [name, member];
    yield* membersOf(member);
  }
}

describe("a secret's name", () => {
  test.each([
    "api_key",
    "apiKey",
    "API-KEY",
    " api key ",
    "openai_api_key",
    "token",
    "eosToken",
    "x-secret",
    "dbPassword",
    "_token",
  ])("%j is one", (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  test.each([
    "key",
    "apikey",
    "tokens",
    "max_tokens",
    "token_count",
    "mytoken",
    "secretary",
    "passwords",
    "",
  ])("%j is none", (name) => {
    expect(isSecretName(name)).toBe(false);
  });
});

describe("redacting", () => {
  test("replaces secrets at any depth, in arrays too, whatever their values are", () => {
    const shown = redact({ a: [{ api_key: "x", b: { token: { deep: 1 } } }], secret: null, c: 1 }, none);
    expect(JSON.parse(JSON.stringify(shown))).toEqual({
      a: [{ api_key: "<redacted>", b: { token: "<redacted>" } }],
      secret: "<redacted>",
      c: 1,
    });
  });

  test("leaves no secret and changes nothing else", () => {
    fc.assert(
      fc.property(objectWithSecrets, (value) => {
        const shown = redact(value, none);
        for (const [name, member] of membersOf(shown)) {
          if (isSecretName(name)) expect(member).toBe("<redacted>");
        }
        expect(equalJson(omitSecrets(shown), omitSecrets(value))).toBe(true);
      }),
    );
  });

  test("does not modify what it is given", () => {
    const value = { a: { token: "x" } };
    redact(value, none);
    expect(value).toEqual({ a: { token: "x" } });
  });

  test("spares an exempt name in every spelling, and goes on inside it", () => {
    const exempt = secretExemptions(["eos-token"]);
    const shown = redact({ eosToken: { api_key: "x", b: 1 }, token: "y" }, exempt);
    expect(equalJson(shown, { eosToken: { api_key: "<redacted>", b: 1 }, token: "<redacted>" })).toBe(true);
  });

  test("spares only the exempt name itself, not those that end in it", () => {
    expect(redact({ my_eos_token: "x" }, secretExemptions(["eos_token"])).my_eos_token).toBe("<redacted>");
  });
});

test("what a fingerprint sees lacks exempt secrets too", () => {
  expect(equalJson(omitSecrets({ eos_token: "x", a: [{ apiKey: 1, b: 2 }] }), { a: [{ b: 2 }] })).toBe(true);
});

describe("a redacted profile", () => {
  const profile = aProfile({
    runtime: {
      system_prompt: "token: abc",
      step_settings_patch: { openai: { api_key: "x", model: "m" } },
      middlewares: [{ name: "vault", id: "a" }],
    },
    extensions: {
      "middleware.vault_config@v1": {
        instances: { "id:a": { token: "x", level: 1 }, "id:my_token": { level: 2 } },
      },
      "acme.links@v1": { token: "shown: no middleware config" },
    },
  });

  test("hides secrets in step settings and middleware configs, and only there", () => {
    const shown = redactProfile(profile, none);
    expect(JSON.parse(JSON.stringify(shown))).toEqual({
      ...profile,
      runtime: { ...profile.runtime, step_settings_patch: { openai: { api_key: "<redacted>", model: "m" } } },
      extensions: {
        "middleware.vault_config@v1": {
          instances: { "id:a": { token: "<redacted>", level: 1 }, "id:my_token": { level: 2 } },
        },
        "acme.links@v1": { token: "shown: no middleware config" },
      },
    });
  });

  test("hides inline configs too", () => {
    const inline = aProfile({ runtime: { middlewares: [{ name: "vault", config: { token: "x" } }] } });
    expect(redactProfile(inline, none).runtime.middlewares?.[0]?.config?.token).toBe("<redacted>");
  });

  test("hides secrets in configs of middlewares that the catalogue lost", () => {
    const shown = redactExtensions(
      { "middleware.gone_config@v1": { instances: { "id:a": { token: "x" } } } },
      none,
    );
    expect(JSON.stringify(shown)).not.toContain('"x"');
  });

  test("leaves a payload that holds no instances as it is", () => {
    const odd = { "middleware.vault_config@v1": { instances: ["x"] }, "middleware.sqlite_config@v1": null };
    expect(JSON.parse(JSON.stringify(redactExtensions(odd, none)))).toEqual(odd);
  });
});

describe("a secret that comes back as <redacted>", () => {
  const keep = (sent: JsonObject, stored: Json | undefined) => {
    const violations: Violation[] = [];
    const kept = keepStoredSecrets(sent, stored, "f", violations);
    return { kept: JSON.parse(JSON.stringify(kept)) as Json, violations: texts(violations) };
  };

  test("keeps the value stored at the same place", () => {
    expect(keep({ a: [{ token: "<redacted>", b: 1 }] }, { a: [{ token: "x", b: 0 }] })).toEqual({
      kept: { a: [{ token: "x", b: 1 }] },
      violations: [],
    });
  });

  test.each<Json>([null, 0, false, "", { deep: 1 }])("keeps it where it is %j", (value) => {
    expect(keep({ token: "<redacted>" }, { token: value }).kept).toEqual({ token: value });
  });

  test("is a violation at its place where none is stored", () => {
    const stored = { a: [], token: "x" };
    expect(keep({ a: [{ b: { token: "<redacted>" } }] }, stored).violations).toEqual([
      "f.a[0].b.token: no stored value to keep",
    ]);
    expect(keep({ token: "<redacted>" }, undefined).violations).toEqual(["f.token: no stored value to keep"]);
  });

  test("is not found by inheritance", () => {
    const sent = JSON.parse('{"__proto__":{"token":"<redacted>"}}') as JsonObject;
    expect(keep(sent, {}).violations).toEqual(["f.__proto__.token: no stored value to keep"]);
  });

  test("is an ordinary text where the name is no secret's", () => {
    expect(keep({ a: "<redacted>" }, { a: "x" })).toEqual({ kept: { a: "<redacted>" }, violations: [] });
  });

  test("is found again however a document was redacted", () => {
    fc.assert(
      fc.property(objectWithSecrets, (stored) => {
        const violations: Violation[] = [];
        const kept = keepStoredSecrets(redact(stored, none), stored, "f", violations);
        expect(violations).toEqual([]);
        expect(equalJson(kept, stored)).toBe(true);
      }),
    );
  });

  test("is always refused where nothing can be stored", () => {
    const violations: Violation[] = [];
    refuseRedacted(
      { openai: { api_key: "<redacted>", model: "<redacted>" } },
      "base_step_settings",
      violations,
    );
    expect(texts(violations)).toEqual(["base_step_settings.openai.api_key: no stored value to keep"]);
  });
});
