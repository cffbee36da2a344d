import { describe, expect, test } from "vitest";
import type { Profile, ProfileInput } from "../../src/domain/document.js";
import type { Json } from "../../src/domain/json.js";
import { DEFAULT_LIMITS, type Limits } from "../../src/domain/limits.js";
import { draftProfile } from "../../src/domain/profile-draft.js";
import { aProfile, catalog } from "./documents.js";
import { SQLITE, VAULT } from "./projecting.js";
import { refusalOf, violationsOf } from "./refusal.js";

const draft = (input: ProfileInput, stored?: Profile, limits: Partial<Limits> = {}) =>
  draftProfile("p", stored, input, { catalog, limits: { ...DEFAULT_LIMITS, ...limits } });
const faults = (input: ProfileInput, stored?: Profile, limits?: Partial<Limits>) =>
  violationsOf(() => draft(input, stored, limits));

const middlewares = (...all: { name: string; id?: string; config?: Json }[]): ProfileInput => ({
  runtime: { middlewares: all },
});
const patch = (step_settings_patch: Json): ProfileInput => ({ runtime: { step_settings_patch } });
const nested = (levels: number): Json => (levels === 0 ? 1 : { a: nested(levels - 1) });

describe("each row of the table", () => {
  test.each<[string, ProfileInput, string[]]>([
    [
      "a blank middleware name",
      middlewares({ name: "vault" }, { name: " " }),
      ["runtime.middlewares[1].name: must not be empty"],
    ],
    [
      "an unknown middleware, by its trimmed name",
      middlewares({ name: " Sqlite " }),
      ['runtime.middlewares[0].name: unknown middleware "Sqlite"'],
    ],
    [
      "a middleware named like something that every object has",
      middlewares({ name: "constructor" }, { name: "__proto__" }),
      [
        'runtime.middlewares[0].name: unknown middleware "constructor"',
        'runtime.middlewares[1].name: unknown middleware "__proto__"',
      ],
    ],
    [
      "an id used twice, across names",
      middlewares({ name: "vault", id: "a" }, { name: "sqlite", id: "b" }, { name: "sqlite", id: " a" }),
      [
        'runtime.middlewares[2].id: duplicate middleware instance id "a" (first seen at runtime.middlewares[0].id)',
      ],
    ],
    [
      "an id used three times, against the first each time",
      middlewares({ name: "vault", id: "a" }, { name: "vault", id: "a" }, { name: "vault", id: "a" }),
      [
        'runtime.middlewares[1].id: duplicate middleware instance id "a" (first seen at runtime.middlewares[0].id)',
        'runtime.middlewares[2].id: duplicate middleware instance id "a" (first seen at runtime.middlewares[0].id)',
      ],
    ],
    [
      "a config that is no object",
      middlewares({ name: "vault", config: [] }),
      ["runtime.middlewares[0].config: must be an object"],
    ],
    [
      "a config against its schema",
      middlewares({ name: "sqlite", config: { max_rows: 0 } }),
      ["runtime.middlewares[0].config: /max_rows must be >= 1"],
    ],
    ["a blank tool", { runtime: { tools: ["t", " "] } }, ["runtime.tools[1]: must not be empty"]],
    ["a patch that is no object", patch("x"), ["runtime.step_settings_patch: must be an object"]],
    ["a patch that is an array", patch([]), ["runtime.step_settings_patch: must be an object"]],
    [
      "a blank section name",
      patch({ " ": {} }),
      ["runtime.step_settings_patch: section names must not be empty"],
    ],
    ["a section that is no object", patch({ a: 1 }), ["runtime.step_settings_patch.a: must be an object"]],
    ["a section that is null", patch({ a: null }), ["runtime.step_settings_patch.a: must be an object"]],
    [
      "a blank field name",
      patch({ a: { "": 1 } }),
      ["runtime.step_settings_patch.a: field names must not be empty"],
    ],
    [
      "a blank allowed key",
      { policy: { allowed_override_keys: ["tools", ""] } },
      ["policy.allowed_override_keys[1]: must not be empty"],
    ],
    [
      "a blank denied key",
      { policy: { denied_override_keys: ["\t"] } },
      ["policy.denied_override_keys[0]: must not be empty"],
    ],
    [
      "a key both allowed and denied, in whichever spelling",
      {
        policy: {
          allowed_override_keys: ["systemPrompt", "tools"],
          denied_override_keys: ["TOOLS", "system-prompt"],
        },
      },
      [
        'policy.override_keys: key "system_prompt" appears in both allow and deny lists',
        'policy.override_keys: key "tools" appears in both allow and deny lists',
      ],
    ],
    [
      "a malformed extension key",
      { extensions: { "acme.links": 1 } },
      [
        'profile.extensions[acme.links]: extension key "acme.links" is invalid (expected namespace.feature@vN)',
      ],
    ],
    [
      "an empty extension key",
      { extensions: { "": 1 } },
      ["profile.extensions[]: extension key cannot be empty"],
    ],
    [
      "an extension key that is __proto__",
      { extensions: JSON.parse('{"__proto__":1}') },
      ['profile.extensions[__proto__]: extension key "__proto__" is invalid (expected namespace.feature@vN)'],
    ],
    [
      "two extension keys that are one",
      { extensions: { "a.b@v1": 1, " A.B@V1": 2 } },
      ["profile.extensions[a.b@v1]: duplicate extension key after normalization"],
    ],
    [
      "an extension against its schema",
      { extensions: { "webchat.starter_suggestions@v1": { items: [1], more: 1 } } },
      [
        'profile.extensions[webchat.starter_suggestions@v1]: must NOT have additional properties: "more"',
        "profile.extensions[webchat.starter_suggestions@v1]: /items/0 must be string",
      ],
    ],
    [
      "an extension without what its schema requires, defaults or not",
      { extensions: { "webchat.starter_suggestions@v1": {} } },
      ["profile.extensions[webchat.starter_suggestions@v1]: must have required property 'items'"],
    ],
    [
      "slots that no entry owns against the config's schema",
      { extensions: { [SQLITE]: { instances: { "id:a": { max_rows: "5" } } } } },
      [`profile.extensions[${SQLITE}]: /instances/id:a/max_rows must be integer`],
    ],
    [
      "a key for slots that holds none",
      { extensions: { [SQLITE]: {} } },
      [`profile.extensions[${SQLITE}]: must have required property 'instances'`],
    ],
  ])("%s", (_, input, expected) => {
    expect(faults(input)).toEqual(expected);
  });

  test("an unknown middleware in the stored runtime when only extensions are sent", () => {
    const stored = aProfile({ runtime: { middlewares: [{ name: "gone" }] } });
    expect(faults({ extensions: {} }, stored)).toEqual([
      'runtime.middlewares[0].name: unknown middleware "gone"',
    ]);
  });

  test("a secret that comes back as <redacted> with nothing stored", () => {
    const input: ProfileInput = {
      runtime: {
        middlewares: [{ name: "vault", id: "a", config: { token: "<redacted>" } }],
        step_settings_patch: { openai: { api_key: "<redacted>" }, token: "<redacted>" },
      },
      extensions: { [VAULT]: { instances: { "id:b": { list: [{ token: "<redacted>" }] } } } },
    };
    expect(faults(input)).toEqual([
      "runtime.middlewares[0].config.token: no stored value to keep",
      "runtime.step_settings_patch.openai.api_key: no stored value to keep",
      "runtime.step_settings_patch.token: no stored value to keep",
      `profile.extensions[${VAULT}].instances.id:b.list[0].token: no stored value to keep`,
    ]);
  });
});

const manifold: ProfileInput = {
  runtime: {
    middlewares: [
      { name: "" },
      { name: "vault", id: "a" },
      { name: "gone", id: "a" },
      { name: "sqlite", config: { x: 1 } },
    ],
    tools: [""],
    step_settings_patch: { a: 1 },
  },
  policy: { allowed_override_keys: ["", "k"], denied_override_keys: ["", "K"] },
  extensions: { bad: 1, "webchat.starter_suggestions@v1": {} },
};

test("all problems of a document are found, in the order of the table", () => {
  expect(faults(manifold)).toEqual([
    "runtime.middlewares[0].name: must not be empty",
    'runtime.middlewares[2].name: unknown middleware "gone"',
    'runtime.middlewares[2].id: duplicate middleware instance id "a" (first seen at runtime.middlewares[1].id)',
    'runtime.middlewares[3].config: must NOT have additional properties: "x"',
    "runtime.tools[0]: must not be empty",
    "runtime.step_settings_patch.a: must be an object",
    "policy.allowed_override_keys[0]: must not be empty",
    "policy.denied_override_keys[0]: must not be empty",
    'policy.override_keys: key "k" appears in both allow and deny lists',
    'profile.extensions[bad]: extension key "bad" is invalid (expected namespace.feature@vN)',
    "profile.extensions[webchat.starter_suggestions@v1]: must have required property 'items'",
  ]);
});

test("the first problem leads the text", () => {
  expect(refusalOf(() => draft(manifold))).toMatchObject({
    code: "validation",
    message: "validation error (runtime.middlewares[0].name): must not be empty",
  });
});

test("a config that fails is reported once, at its entry and not at the extension again", () => {
  const extensions = { [SQLITE]: { instances: { "id:a": { max_rows: 0 } } } };
  expect(faults({ ...middlewares({ name: "sqlite", id: "a" }), extensions })).toEqual([
    "runtime.middlewares[0].config: /max_rows must be >= 1",
  ]);
});

test("raw input is quoted cut after 128 characters", () => {
  const long = "n".repeat(200);
  const cut = "n".repeat(128);
  expect(faults(middlewares({ name: long }))).toEqual([
    `runtime.middlewares[0].name: unknown middleware "${cut}"`,
  ]);
  expect(faults(patch({ [long]: 1 }))).toEqual([`runtime.step_settings_patch.${cut}: must be an object`]);
  expect(faults(patch({ [long]: { api_key: "<redacted>" } }))).toEqual([
    `runtime.step_settings_patch.${cut}.api_key: no stored value to keep`,
  ]);
});

describe("limits", () => {
  const long = (n: number) => "é".repeat(n / 2);

  test.each<[string, ProfileInput, Partial<Limits>, string]>([
    ["display_name", { display_name: long(1026) }, {}, "display_name: must not be longer than 1024 bytes"],
    ["a tag", { tags: ["a", long(1026)] }, {}, "metadata.tags[1]: must not be longer than 1024 bytes"],
    [
      "system_prompt",
      { runtime: { system_prompt: long(262_146) } },
      {},
      "runtime.system_prompt: must not be longer than 262144 bytes",
    ],
    [
      "middlewares",
      middlewares(...Array.from({ length: 101 }, () => ({ name: "vault" }))),
      {},
      "runtime.middlewares: must not have more than 100 items",
    ],
    [
      "a middleware's id",
      middlewares({ name: "vault", id: long(1026) }),
      {},
      "runtime.middlewares[0].id: must not be longer than 1024 bytes",
    ],
    [
      "tools",
      { runtime: { tools: Array.from({ length: 1001 }, () => "t") } },
      {},
      "runtime.tools: must not have more than 1000 items",
    ],
    [
      "a tool",
      { runtime: { tools: [long(1026)] } },
      {},
      "runtime.tools[0]: must not be longer than 1024 bytes",
    ],
    [
      "a section's name",
      patch({ abcd: {} }),
      { nameBytes: 3 },
      "runtime.step_settings_patch.abcd: must not be longer than 3 bytes",
    ],
    [
      "a field's name",
      patch({ a: { abcd: 1 } }),
      { nameBytes: 3 },
      "runtime.step_settings_patch.a.abcd: must not be longer than 3 bytes",
    ],
    [
      "an override key in a policy",
      { policy: { denied_override_keys: ["abcd"] } },
      { nameBytes: 3 },
      "policy.denied_override_keys[0]: must not be longer than 3 bytes",
    ],
    [
      "extensions",
      { extensions: Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`a.b${i}@v1`, 1])) },
      {},
      "profile.extensions: must not have more than 200 items",
    ],
  ])("hold for %s", (_, input, limits, violation) => {
    expect(faults(input, undefined, limits)).toEqual([violation]);
  });

  test("are reached by what just fits", () => {
    const input: ProfileInput = {
      display_name: long(1024),
      runtime: {
        system_prompt: long(262_144),
        tools: Array.from({ length: 1000 }, () => "t"),
        middlewares: Array.from({ length: 100 }, () => ({ name: "vault" })),
      },
      extensions: Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`a.b${i}@v1`, 1])),
    };
    expect(() => draft(input)).not.toThrow();
  });
});

describe("depth", () => {
  test("is 32 levels, counted from the root of the document", () => {
    // Root, `extensions`, and then the payload.
    expect(() => draft({ extensions: { "a.b@v1": nested(30) } })).not.toThrow();
    expect(faults({ extensions: { "a.b@v1": nested(31) } })).toEqual([
      "profile.extensions: must not nest deeper than 32 levels",
    ]);
  });

  test("counts the levels above a config", () => {
    // Root, `runtime`, `middlewares`, the entry, and then the config.
    expect(() => draft(middlewares({ name: "vault", config: nested(28) as { a: Json } }))).not.toThrow();
    expect(faults(middlewares({ name: "vault", config: nested(29) as { a: Json } }))).toEqual([
      "runtime: must not nest deeper than 32 levels",
    ]);
  });

  test("of anything is refused, however deep", () => {
    let value: Json = 1;
    for (let i = 0; i < 100_000; i++) value = [value];
    expect(faults({ extensions: { "a.b@v1": value } })).toHaveLength(1);
  });
});

describe("what is no JSON", () => {
  test.each<[ProfileInput, string]>([
    [{ extensions: { "a.b@v1": [Number.NaN] } }, "profile.extensions: must be a finite number"],
    [patch({ a: { b: Number.POSITIVE_INFINITY } }), "runtime: must be a finite number"],
    [{ display_name: "\ud800" }, "display_name: must not contain unpaired surrogates"],
    [{ description: "a\udc00" }, "description: must not contain unpaired surrogates"],
    [{ tags: ["\ud800"] }, "metadata.tags: must not contain unpaired surrogates"],
    [{ policy: { denied_override_keys: ["\ud800"] } }, "policy: must not contain unpaired surrogates"],
    [
      middlewares({ name: "vault", config: { "\ud800": 1 } }),
      "runtime: must not contain unpaired surrogates",
    ],
    [
      { extensions: { "a.b@v1": { unset: undefined as unknown as Json } } },
      "profile.extensions: must be a JSON value",
    ],
  ])("is refused: %o", (input, violation) => {
    expect(faults(input)).toEqual([violation]);
  });

  test("is found in every member", () => {
    expect(faults({ display_name: "\ud800", extensions: { "a.b@v1": Number.NaN } })).toEqual([
      "display_name: must not contain unpaired surrogates",
      "profile.extensions: must be a finite number",
    ]);
  });
});
