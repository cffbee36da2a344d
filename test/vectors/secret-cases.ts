import type { CatalogDefinition } from "../../src/catalog/definition.js";
import type { Json, JsonObject } from "../../src/domain/json.js";
import { only, type ResolveCase, type VectorSettings } from "./vector.js";

const SQLITE = "middleware.sqlite_config@v1";

const storing = (secret: Json): Record<string, Json> => ({
  policy: { allow_overrides: true },
  runtime: {
    step_settings_patch: {
      openai: { api_key: secret, eos_token: "</s>", model: "m" },
      deep: { list: [{ apiKey: secret }] },
    },
    middlewares: [{ name: "sqlite", id: "db" }],
  },
  extensions: {
    [SQLITE]: { instances: { "id:db": { dsn: "file:a.db", nested: { "db-password": secret } } } },
  },
});

const own: JsonObject = {
  base_step_settings: { own: { client_secret: "own" }, openai: { bot_token: "own" } },
  request_overrides: { step_settings_patch: { openai: { api_key: "own" } } },
};

const vault: CatalogDefinition = {
  kind: "middleware",
  name: "vault",
  version: 1,
  display_name: "Vault",
  description: "Takes any config.",
  schema: { type: "object", additionalProperties: true },
};
const withVault: Record<string, Json> = {
  policy: { allow_overrides: true },
  runtime: { middlewares: [{ name: "vault", id: "a" }] },
  extensions: { "middleware.vault_config@v1": { instances: { "id:a": { password: "stored", level: 1 } } } },
};
const overridingVault = (members: JsonObject): JsonObject => ({
  request_overrides: { middlewares: [{ name: "vault", id: "a", ...members }] },
});

const cases: [string, Record<string, Json>, JsonObject, VectorSettings?][] = [
  ["stored ones are redacted at any depth", storing("s1"), {}],
  ["another value gives the same fingerprint", storing(["another"]), {}],
  ["stored ones are shown where all are", storing("s1"), {}, { shown_secrets: "all" }],
  [
    "an exempt name is shown, and is no part of the fingerprint all the same",
    storing("s1"),
    {},
    { secret_exempt: ["eos-token"] },
  ],
  ["the caller's own are redacted where none are shown", storing("s1"), { ...own, explain: true }],
  [
    "the caller's own come back where those are shown",
    storing("s1"),
    { ...own, explain: true },
    { shown_secrets: "own" },
  ],
  [
    "a config borrowed from the profile is not the caller's own",
    withVault,
    overridingVault({}),
    { shown_secrets: "own", catalog: [vault] },
  ],
  [
    "a config that is sent with an override is the caller's own",
    withVault,
    overridingVault({ config: { password: "own" } }),
    { shown_secrets: "own", catalog: [vault] },
  ],
  [
    "a config borrowed from the profile is shown where all are",
    withVault,
    overridingVault({}),
    { shown_secrets: "all", catalog: [vault] },
  ],
  [
    "a section that is one is redacted whole",
    { runtime: { step_settings_patch: { bot_token: { value: "s" }, max_tokens: { value: 1 } } } },
    { base_step_settings: { bot_token: { mine: 1 } } },
    { shown_secrets: "own" },
  ],
  [
    "settings that hold nothing else have the fingerprint of none",
    { runtime: { step_settings_patch: { token: { a: 1 } } } },
    {},
  ],
  [
    "a config that holds nothing else has the fingerprint of none",
    {
      runtime: { middlewares: [{ name: "sqlite", id: "db" }] },
      extensions: { [SQLITE]: { instances: { "id:db": { password: "s" } } } },
    },
    {},
  ],
  [
    "<redacted> in base settings",
    storing("s1"),
    { base_step_settings: { openai: { api_key: "<redacted>", model: "<redacted>" } } },
  ],
  [
    "<redacted> in overriding settings",
    storing("s1"),
    { request_overrides: { step_settings_patch: { openai: { api_key: "<redacted>" } } } },
  ],
  [
    "<redacted> in the config of an override",
    storing("s1"),
    {
      request_overrides: { middlewares: [{ name: "sqlite", id: "db", config: { password: "<redacted>" } }] },
    },
  ],
];

export const secretCases: ResolveCase[] = cases.map(([name, members, body, settings]) => ({
  name: `secrets: ${name}`,
  documents: only(members),
  request: { body },
  ...(settings && { settings }),
}));
