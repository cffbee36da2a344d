import { describe } from "vitest";
import type { JsonObject } from "../../src/index.js";
import { type Case, onBothEdges } from "./both-edges.js";
import { create, resolve } from "./operations.js";

const under = (policy: JsonObject) => [create("a", { policy: { allow_overrides: true, ...policy } })];
const denied = (name: string, policy: JsonObject, request: JsonObject, reason: string): Case => ({
  name,
  given: under(policy),
  when: resolve({ profile: "a", ...request }),
  gives: { error: "policy", message: `policy violation: ${reason}` },
});

describe("the policy of the profile", () => {
  const DISABLED = "request overrides are disabled for this profile";
  onBothEdges([
    denied(
      "refuses overrides where it does not allow them",
      { allow_overrides: false },
      { request_overrides: { nope: 1 } },
      DISABLED,
    ),
    denied("refuses ai_engine alike", { allow_overrides: false }, { ai_engine: "x" }, DISABLED),
    denied(
      "refuses denied keys, in any spelling",
      { denied_override_keys: ["SystemPrompt"] },
      { request_overrides: { "system-prompt": 1 } },
      'override key "system_prompt" is denied',
    ),
    denied(
      "refuses what its allow list has not",
      { allowed_override_keys: ["tools"] },
      { request_overrides: { tools: 1, middlewares: 1 } },
      'override key "middlewares" is not allowed',
    ),
    denied(
      "looks at keys in sorted order",
      { denied_override_keys: ["b", "a"] },
      { request_overrides: { b: 1, a: 1 } },
      'override key "a" is denied',
    ),
    denied(
      "refuses ai_engine where the settings' patch is denied",
      { denied_override_keys: ["step_settings_patch"] },
      { ai_engine: "x" },
      'override key "ai_engine" is denied',
    ),
    denied(
      "refuses ai_api_type where the allow list has neither",
      { allowed_override_keys: ["tools"] },
      { ai_api_type: "x" },
      'override key "ai_api_type" is not allowed',
    ),
    {
      name: "allows ai_engine where the settings' patch is allowed",
      given: under({ allowed_override_keys: ["stepSettingsPatch"] }),
      when: resolve({ profile: "a", ai_engine: "x" }),
      gives: { document: { step_settings: { "ai-chat": { "ai-engine": "x" } } } },
    },
  ]);
});
