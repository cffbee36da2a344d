import { describe } from "vitest";
import { NOW, onBothEdges } from "./both-edges.js";
import { create, update } from "./operations.js";

/** Everything that a client may set. */
const FULL = {
  display_name: "  Everything ",
  description: " Two\nlines. ",
  runtime: {
    system_prompt: "  Verbatim.\n",
    step_settings_patch: { "ai-chat": { "ai-engine": "gpt-5", stop: ["</s>", null, { a: [] }], empty: {} } },
    middlewares: [{ name: "sqlite", id: " stock ", enabled: false, config: { max_rows: 5 } }],
    tools: [" calculator ", "a.b"],
  },
  policy: {
    allow_overrides: true,
    allowed_override_keys: ["systemPrompt"],
    denied_override_keys: ["tools"],
    read_only: true,
  },
  metadata: { tags: ["b", "a", ""] },
  extensions: { "Acme.Feature@v2": [1, { deep: null }], "acme.other@v1": "text" },
};

describe("creating a profile", () => {
  onBothEdges([
    {
      name: "stores all that it may hold: names trimmed, texts and lists verbatim",
      when: create(" Full ", FULL),
      gives: {
        document: {
          slug: "full",
          display_name: "Everything",
          description: "Two\nlines.",
          runtime: {
            system_prompt: "  Verbatim.\n",
            step_settings_patch: {
              "ai-chat": { "ai-engine": "gpt-5", stop: ["</s>", null, { a: [] }], empty: {} },
            },
            middlewares: [{ name: "sqlite", id: "stock", enabled: false }],
            tools: [" calculator ", "a.b"],
          },
          policy: FULL.policy,
          metadata: {
            version: 1,
            created_at_ms: NOW,
            updated_at_ms: NOW,
            created_by: "anonymous",
            updated_by: "anonymous",
            source: "edge",
            tags: ["b", "a", ""],
          },
          extensions: {
            "acme.feature@v2": [1, { deep: null }],
            "acme.other@v1": "text",
            "middleware.sqlite_config@v1": { instances: { "id:stock": { max_rows: 5 } } },
          },
          registry: "case-0",
          is_default: false,
          registry_version: 2,
        },
      },
    },
    {
      name: "of a name alone fills in policy, metadata and an empty runtime, and nothing else",
      when: create("bare"),
      gives: {
        document: { slug: "bare", runtime: {}, policy: { allow_overrides: false, read_only: false } },
        without: [
          "display_name",
          "description",
          "extensions",
          "runtime.tools",
          "policy.allowed_override_keys",
        ],
      },
    },
    {
      name: "takes empty parts for absent ones",
      when: create("empty", {
        runtime: { system_prompt: "", step_settings_patch: {}, middlewares: [], tools: [] },
        policy: { allowed_override_keys: [], denied_override_keys: [] },
        extensions: {},
        metadata: { tags: [] },
      }),
      gives: {
        document: { slug: "empty" },
        without: [
          "runtime.step_settings_patch",
          "runtime.middlewares",
          "policy.denied_override_keys",
          "extensions",
          "metadata.tags",
        ],
      },
    },
    {
      name: "keeps numbers as they are",
      when: create("numbers", {
        extensions: { "acme.numbers@v1": [0, -0.5, 1e21, 5e-324, 9007199254740992] },
      }),
      gives: { document: { extensions: { "acme.numbers@v1": [0, -0.5, 1e21, 5e-324, 9007199254740992] } } },
    },
    {
      name: "keeps any Unicode text",
      when: create("unicode", {
        display_name: "Größe 店 🛒",
        runtime: { system_prompt: "\u0000\u2028e\u0301\u{10FFFF}", tools: ["名前"] },
        metadata: { tags: ["é", "e\u0301"] },
      }),
      gives: {
        document: {
          display_name: "Größe 店 🛒",
          runtime: { system_prompt: "\u0000\u2028e\u0301\u{10FFFF}", tools: ["名前"] },
          metadata: { tags: ["é", "e\u0301"] },
        },
      },
    },
    {
      name: "refuses a name that is taken, and tells its version",
      given: [create("taken"), update("taken")],
      when: create("Taken"),
      gives: { error: "already_exists", message: 'profile "taken" already exists (version 2)' },
    },
    {
      name: "never makes its registry",
      when: create("a", {}, { registry: "ghost" }),
      gives: { error: "not_found", message: "registry not found" },
    },
  ]);
});
