import { describe } from "vitest";
import { invalid, onBothEdges } from "./both-edges.js";
import { create, resolve, updateRegistry } from "./operations.js";

const PROFILE = {
  runtime: {
    system_prompt: "Prompt",
    step_settings_patch: { chat: { engine: "profile", stop: ["a"] }, other: { x: 1 } },
    tools: ["t"],
  },
};

describe("a resolve", () => {
  onBothEdges([
    {
      name: "answers the effective runtime, and which documents it is of",
      given: [create("a", PROFILE)],
      when: resolve({ profile: " A " }),
      gives: {
        document: {
          registry: "case-0",
          profile: "a",
          profile_version: 1,
          runtime_key: "a",
          runtime: { system_prompt: "Prompt", tools: ["t"] },
          step_settings: PROFILE.runtime.step_settings_patch,
          warnings: [],
          selection: { source: "body" },
          processing: { requested_mode: "default", applied_mode: "default", outcome: "not_requested" },
          metadata: {
            "profile.registry": "case-0",
            "profile.slug": "a",
            "profile.version": 1,
            "profile.source": "edge",
          },
        },
        without: ["trace", ["runtime", "step_settings_patch"]],
      },
    },
    {
      name: "of an empty profile answers an empty runtime",
      given: [create("a")],
      when: resolve({ profile: "a" }),
      gives: { document: { runtime: {}, step_settings: {} } },
    },
    {
      name: "lays settings over the caller's per section and field, values whole",
      given: [create("a", PROFILE)],
      when: resolve({
        profile: "a",
        base_step_settings: { chat: { engine: "base", stop: ["b", "c"], temperature: 1 }, base: { y: 2 } },
      }),
      gives: {
        document: {
          step_settings: {
            chat: { engine: "profile", stop: ["a"], temperature: 1 },
            other: { x: 1 },
            base: { y: 2 },
          },
        },
      },
    },
    {
      name: "echoes a runtime key, as the name that it is",
      given: [create("a")],
      when: resolve({ profile: "a", runtime_key: " My-Key " }),
      gives: { document: { runtime_key: "my-key" } },
    },
    {
      name: "refuses a runtime key that is no name",
      given: [create("a")],
      when: resolve({ profile: "a", runtime_key: "no key" }),
      gives: invalid(["runtime_key", 'runtime key "no key" is invalid']),
    },
    {
      name: "ignores a processing mode where the registry declares none",
      given: [create("a")],
      when: resolve({ profile: "a", processing: { mode: "fast" } }),
      gives: { document: { profile: "a", processing: { outcome: "contract_disabled" } } },
    },
    {
      name: "traces every merge unit: its value, who won, who lost",
      given: [create("a", PROFILE)],
      when: resolve({ profile: "a", explain: true, base_step_settings: { chat: { engine: "base" } } }),
      gives: {
        document: {
          trace: [
            { pointer: "/runtime/system_prompt", value: "Prompt", layer: "profile", lost: [] },
            { pointer: "/runtime/tools", value: ["t"], layer: "profile" },
            {
              pointer: "/step_settings/chat/engine",
              value: "profile",
              layer: "profile",
              lost: [{ layer: "base_step_settings", value: "base" }],
            },
            { pointer: "/step_settings/chat/stop" },
            { pointer: "/step_settings/other/x", value: 1 },
          ],
        },
      },
    },
  ]);
});

describe("settings that the caller brings", () => {
  const given = [create("a")];
  onBothEdges([
    {
      name: "must be sections of fields",
      given,
      when: resolve({ profile: "a", base_step_settings: { chat: 1, " ": {} } }),
      gives: invalid(
        ["base_step_settings.chat", "must be an object"],
        ["base_step_settings", "section names must not be empty"],
      ),
    },
    {
      name: "are checked before overrides are",
      given,
      when: resolve({ profile: "a", base_step_settings: { chat: 1 }, request_overrides: { tools: [] } }),
      gives: invalid(["base_step_settings.chat", "must be an object"]),
    },
  ]);
});

describe("settings that the operator forces", () => {
  onBothEdges(
    [
      {
        name: "win over everything, whatever the policy, and are warned of",
        given: [
          create("a", {
            runtime: { step_settings_patch: { "ai-chat": { "ai-engine": "profile" } } },
            policy: { allow_overrides: true },
          }),
          updateRegistry({ default_profile_slug: "a" }),
        ],
        when: resolve({ ai_engine: "request" }),
        gives: {
          document: {
            step_settings: { "ai-chat": { "ai-engine": "forced" } },
            warnings: [
              "ai_engine is deprecated: select a profile that sets step_settings_patch.ai-chat.ai-engine",
              'the operator of this server sets step_settings.ai-chat.ai-engine to "forced"',
            ],
          },
        },
      },
    ],
    { "ai-engine": "forced" },
  );
});
