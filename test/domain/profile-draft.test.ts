import { describe, expect, test } from "vitest";
import type { Profile, ProfileInput } from "../../src/domain/document.js";
import { equalJson, type Json } from "../../src/domain/json.js";
import { draftProfile } from "../../src/domain/profile-draft.js";
import { redactProfile, secretExemptions } from "../../src/domain/secrets.js";
import { aProfile, rules } from "./documents.js";
import { AGENTMODE, SQLITE, VAULT } from "./projecting.js";

function draft(input: ProfileInput, stored?: Profile) {
  return JSON.parse(JSON.stringify(draftProfile("p", stored, input, rules)));
}

const closed = { allow_overrides: false, read_only: false };

describe("a new profile", () => {
  test("has runtime and policy even when nothing is sent", () => {
    expect(draft({})).toEqual({ slug: "p", runtime: {}, policy: closed });
  });

  test("trims its display name and description", () => {
    expect(draft({ display_name: " D ", description: "\td\n" })).toMatchObject({
      display_name: "D",
      description: "d",
    });
  });

  test("leaves out what is empty", () => {
    const input: ProfileInput = {
      display_name: " ",
      description: "",
      runtime: { system_prompt: "", step_settings_patch: {}, middlewares: [], tools: [] },
      policy: { allowed_override_keys: [], denied_override_keys: [] },
      extensions: {},
      tags: [],
    };
    expect(draft(input)).toEqual({ slug: "p", runtime: {}, policy: closed });
  });

  test("keeps prompt and tools verbatim", () => {
    const runtime = { system_prompt: " \n", tools: [" t ", "t", "t"] };
    expect(draft({ runtime }).runtime).toEqual(runtime);
  });

  test("keeps empty objects inside free-form JSON", () => {
    const runtime = { step_settings_patch: { a: {}, b: { c: {} } } };
    expect(draft({ runtime }).runtime).toEqual(runtime);
    expect(draft({ extensions: { "a.b@v1": {} } }).extensions).toEqual({ "a.b@v1": {} });
  });

  test("trims names and ids of middlewares, and takes a blank id for none", () => {
    const middlewares = [
      { name: " vault ", id: " a " },
      { name: "vault", id: " \t" },
    ];
    expect(draft({ runtime: { middlewares } }).runtime).toEqual({
      middlewares: [{ name: "vault", id: "a" }, { name: "vault" }],
    });
  });

  test("keeps enabled: false", () => {
    const middlewares = [{ name: "vault", enabled: false }];
    expect(draft({ runtime: { middlewares } }).runtime).toEqual({ middlewares });
  });

  test("holds its middleware configs in extensions", () => {
    const middlewares = [{ name: "sqlite", id: "db", config: { max_rows: "5" } }];
    expect(draft({ runtime: { middlewares } })).toMatchObject({
      runtime: { middlewares: [{ name: "sqlite", id: "db" }] },
      extensions: { [SQLITE]: { instances: { "id:db": { max_rows: 5 } } } },
    });
  });

  test("normalises the keys of its extensions", () => {
    expect(draft({ extensions: { " Acme.Links@V1 ": [1] } }).extensions).toEqual({ "acme.links@v1": [1] });
  });

  test("finds a middleware's slots under a key in any spelling", () => {
    const extensions = { "Middleware.SQLite_Config@V1": { instances: { "id:db": { max_rows: "5" } } } };
    expect(
      draft({ runtime: { middlewares: [{ name: "sqlite", id: "db" }] }, extensions }).extensions,
    ).toEqual({
      [SQLITE]: { instances: { "id:db": { max_rows: 5 } } },
    });
  });

  test.each<Json>([
    JSON.parse('{"__proto__":{"__proto__":{"constructor":1}},"constructor":{"toString":[]}}') as Json,
    { "": 1, " ": { "\u0000": null } },
  ])("keeps the names of %j in free-form members", (value) => {
    const kept = draft({
      extensions: { "a.b@v1": value },
      runtime: { middlewares: [{ name: "vault", config: { value } }] },
    });
    expect(equalJson(kept.extensions["a.b@v1"], value)).toBe(true);
    expect(equalJson(kept.extensions[VAULT].instances["index:0"].value, value)).toBe(true);
  });

  test("may be read-only from the start", () => {
    expect(draft({ policy: { read_only: true } }).policy).toEqual({
      allow_overrides: false,
      read_only: true,
    });
  });

  test("does not change what it was made from", () => {
    const input: ProfileInput = {
      runtime: { middlewares: [{ name: "agentmode", config: {} }], step_settings_patch: { a: { b: 1 } } },
      extensions: { "A.B@v1": { c: 1 } },
    };
    const before = JSON.stringify(input);
    draft(input);
    expect(JSON.stringify(input)).toBe(before);
  });
});

describe("a PATCH", () => {
  const stored = aProfile({
    display_name: "D",
    description: "d",
    runtime: {
      system_prompt: "s",
      step_settings_patch: { openai: { api_key: "k", model: "m" } },
      middlewares: [{ name: "sqlite", id: "db" }],
      tools: ["t"],
    },
    policy: { allow_overrides: true, denied_override_keys: ["tools"], read_only: false },
    extensions: { [SQLITE]: { instances: { "id:db": { dsn: "x" } } }, "acme.links@v1": { a: 1 } },
    metadata: { ...aProfile().metadata, tags: ["t1"] },
  });
  const { metadata: _, ...content } = { ...stored, tags: ["t1"] };

  test("that sends nothing keeps everything", () => {
    expect(draft({}, stored)).toEqual(content);
  });

  test("replaces what it sends whole and keeps the rest", () => {
    expect(draft({ runtime: { system_prompt: "new" } }, stored)).toEqual({
      ...content,
      runtime: { system_prompt: "new" },
    });
    expect(draft({ policy: { allow_overrides: true } }, stored)).toEqual({
      ...content,
      policy: { allow_overrides: true, read_only: false },
    });
    expect(draft({ extensions: { "acme.other@v1": 1 } }, stored).extensions).toEqual({ "acme.other@v1": 1 });
    expect(draft({ tags: ["t2"] }, stored)).toEqual({ ...content, tags: ["t2"] });
  });

  test.each(["display_name", "description"] as const)("that sends a blank %s clears it", (name) => {
    expect(draft({ [name]: "  " }, stored)).not.toHaveProperty(name);
  });

  test("that sends no tags at all clears them", () => {
    expect(draft({ tags: [] }, stored)).not.toHaveProperty("tags");
  });

  test("that sends an empty runtime clears it, and keeps id slots", () => {
    expect(draft({ runtime: {} }, stored)).toMatchObject({ runtime: {}, extensions: content.extensions });
  });

  test("of the runtime alone starts from the stored extensions", () => {
    const input = { runtime: { middlewares: [{ name: "agentmode" }] } };
    expect(draft(input, stored).extensions).toEqual({
      ...content.extensions,
      [AGENTMODE]: { instances: { "index:0": { default_mode: "default" } } },
    });
  });

  test("of the extensions alone resolves the configs of the stored runtime", () => {
    const extensions = { [SQLITE]: { instances: { "id:db": { max_rows: "9" } } } };
    expect(draft({ extensions }, stored)).toMatchObject({
      runtime: content.runtime,
      extensions: { [SQLITE]: { instances: { "id:db": { max_rows: 9 } } } },
    });
  });

  test("of neither does not even look at the middlewares", () => {
    const lost = aProfile({
      runtime: { middlewares: [{ name: "gone" }] },
      extensions: { "middleware.gone_config@v1": { instances: { "index:7": 1 } } },
    });
    expect(draft({ display_name: "D" }, lost)).toMatchObject({
      runtime: lost.runtime,
      extensions: lost.extensions,
    });
  });

  test("of a document as it was read, redacted, keeps every secret", () => {
    const secrets = aProfile({
      runtime: {
        step_settings_patch: { openai: { api_key: "k", model: "m" }, token: { whole: "section" } },
        middlewares: [{ name: "vault", id: "a" }, { name: "vault" }],
      },
      extensions: {
        [VAULT]: {
          instances: { "id:a": { token: "x", list: [{ password: null }] }, "index:1": { token: "y" } },
        },
      },
    });
    const { runtime, extensions } = redactProfile(secrets, secretExemptions([]));
    const { metadata: __, ...unchanged } = secrets;
    expect(draft({ runtime, ...(extensions && { extensions }) }, secrets)).toEqual(unchanged);
  });
});

test("a draft made again from itself is the same", () => {
  const once = draftProfile(
    "p",
    undefined,
    {
      runtime: {
        middlewares: [{ name: "agentmode" }, { name: "sqlite", config: { dsn: "x" } }],
        tools: ["t"],
      },
    },
    rules,
  );
  const stored = { ...aProfile(), ...once };
  expect(draft({ runtime: once.runtime }, stored)).toEqual(JSON.parse(JSON.stringify(once)));
});
