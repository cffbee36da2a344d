import type { Json, JsonObject } from "../../src/domain/json.js";
import { newRollout, type Rollout } from "../../src/domain/rollout.js";
import { profile, type ResolveCase, registries, registry, type VectorSettings } from "./vector.js";

const SQLITE = "middleware.sqlite_config@v1";

const profiles = {
  assistant: profile("assistant", {
    runtime: {
      system_prompt: "You are an assistant",
      tools: ["search"],
      middlewares: [{ name: "sqlite", id: "db" }],
      step_settings_patch: { "ai-chat": { "ai-engine": "gpt-5", temperature: 0.7 } },
    },
    extensions: { [SQLITE]: { instances: { "id:db": { max_rows: 5 } } } },
    policy: { allow_overrides: true },
    metadata: { version: 12 },
  }),
  "fast-v1": profile("fast-v1", {
    runtime: {
      system_prompt: "Be quick",
      step_settings_patch: { "ai-chat": { "ai-engine": "gpt-5-nano" }, openai: { api_key: "stored" } },
    },
    metadata: { version: 3 },
  }),
  "voice-fast-v1": profile("voice-fast-v1", {
    runtime: { middlewares: [{ name: "gone" }], tools: ["speak"] },
  }),
};
const modes: Record<string, Json> = {
  fast: { profiles: ["fast-v1", "voice-fast-v1"], description: "Answers sooner" },
  thorough: { profiles: ["thorough-v1"] },
};
const base = { ...newRollout("default", "fast", 1767225600000), version: 2 };
const on = { contract_enabled: true, runtime_enabled: true };

interface Given {
  rollout?: Partial<Rollout>;
  /** Default: none of the mode `thorough`. */
  thorough?: Partial<Rollout>;
  /** Null: stored and not readable; undefined: none. */
  fast?: JsonObject | null | undefined;
  modes?: Record<string, Json>;
  settings?: VectorSettings;
}

const asking = (members: JsonObject = {}): JsonObject => ({ processing: { mode: "fast", ...members } });
/** In bucket 5,973 of the mode `fast`. */
const keyed: JsonObject = { ...asking(), targeting_key: "user-1" };
const enforced = { ...on, cloud_enforced: true, percentage: 100 };

const cases: [string, JsonObject, Given?][] = [
  ["none was asked for", {}, { rollout: { ...on, percentage: 100 } }],
  ["null counts as absent", { processing: null }, { rollout: { ...on, percentage: 100 } }],
  ["default was asked for", { processing: { mode: " Default " } }, { rollout: on }],
  ["a blank mode is default", { processing: { mode: "", reason: "none" } }, { rollout: on }],
  ["a registry without modes ignores it", keyed, { modes: {} }],
  ["no contract: it is ignored", keyed],
  ["no contract: whatever it holds is ignored", { processing: ["fast", 5] }],
  ["no contract: an undeclared mode is ignored", { processing: { mode: "slow" } }],
  [
    "no contract: the runtime flag counts as off",
    keyed,
    { rollout: { runtime_enabled: true, percentage: 100 } },
  ],
  [
    "the process caps the contract off",
    keyed,
    {
      rollout: { ...on, percentage: 100 },
      settings: { environment_flags: { fast: { contract_enabled: false } } },
    },
  ],
  ["a rollout that is lost is all off", { processing: { mode: "thorough" } }, { rollout: on }],
  ["no object", { processing: "fast" }, { rollout: on }],
  ["a mode that is no string", { processing: { mode: 1 } }, { rollout: on }],
  ["a profile that is no string", asking({ profile: [] }), { rollout: on }],
  ["a reason that is no string", asking({ reason: {} }), { rollout: on }],
  ["unknown members are ignored", { ...keyed, processing: { mode: "fast", mood: 1 } }, { rollout: on }],
  ["an undeclared mode", { processing: { mode: "slow" } }, { rollout: on }],
  ["a profile outside the mode's list", asking({ profile: "assistant" }), { rollout: on }],
  [
    "a mode whose own contract is off is ignored, with any profile",
    { processing: { mode: "thorough", profile: "assistant" } },
    { rollout: on, thorough: {} },
  ],
  ["the runtime is off", keyed, { rollout: { contract_enabled: true, percentage: 100 } }],
  [
    "the process caps the runtime off",
    keyed,
    {
      rollout: { ...on, percentage: 100 },
      settings: { environment_flags: { fast: { runtime_enabled: false, ui_enabled: true } } },
    },
  ],
  ["outside the rollout, by one bucket", keyed, { rollout: { ...on, percentage: 59.73 } }],
  ["inside the rollout, by one bucket", keyed, { rollout: { ...on, percentage: 59.74 } }],
  [
    "the targeting key beats the conversation",
    { ...asking(), targeting_key: "user-1", conv_id: "c-1" },
    { rollout: { ...on, percentage: 100 } },
  ],
  [
    "a blank targeting key gives way to the conversation",
    { ...asking(), targeting_key: " ", conv_id: "c-1" },
    { rollout: { ...on, percentage: 100 } },
  ],
  ["without a key a request is outside of 99.99 %", asking(), { rollout: { ...on, percentage: 99.99 } }],
  ["without a key a request is inside of 100 %", asking(), { rollout: { ...on, percentage: 100 } }],
  ["the cohort is always in", keyed, { rollout: { ...on, cohort: ["user-1"] } }],
  [
    "the cohort is always in, by conversation too",
    { ...keyed, conv_id: "c-1" },
    { rollout: { ...on, cohort: ["c-1"] } },
  ],
  ["another salt, another bucket", keyed, { rollout: { ...on, percentage: 100, salt: "another" } }],
  [
    "a profile of the list that is not the first",
    asking({ profile: " Voice-Fast-V1 " }),
    { rollout: { ...on, percentage: 100 } },
  ],
  ["every layer, traced", { ...layered(), explain: true }, { rollout: { ...on, percentage: 100 } }],
  ["the mode's profile is missing", keyed, { rollout: { ...on, percentage: 100 }, fast: undefined }],
  ["the mode's profile cannot be read", keyed, { rollout: { ...on, percentage: 100 }, fast: null }],
  [
    "enforced for cloud: a local turn falls back",
    { ...keyed, deployment: "local" },
    { rollout: enforced, fast: undefined },
  ],
  [
    "enforced for cloud: a cloud turn fails without the profile",
    { ...keyed, deployment: "cloud" },
    { rollout: enforced, fast: undefined },
  ],
  [
    "enforced for cloud: a cloud turn fails with one that cannot be read",
    { ...keyed, deployment: " Cloud " },
    { rollout: enforced, fast: null },
  ],
  [
    "enforced for cloud: a cloud turn outside the rollout falls back",
    { ...keyed, deployment: "cloud" },
    { rollout: { ...enforced, percentage: 0 }, fast: undefined },
  ],
  [
    "enforced for cloud, without the runtime flag, which it needs",
    { ...keyed, deployment: "cloud" },
    { rollout: { ...enforced, runtime_enabled: false }, fast: undefined },
  ],
  ["a deployment that is none", { deployment: "edge" }, { rollout: on }],
];

function layered(): JsonObject {
  return {
    ...asking(),
    base_step_settings: { "ai-chat": { "ai-engine": "base", stream: true } },
    request_overrides: { step_settings_patch: { "ai-chat": { temperature: 0 } } },
  };
}

export const processingCases: ResolveCase[] = cases.map(([name, body, given = {}]) => {
  const { "fast-v1": stored, ...others } = profiles;
  const fast = "fast" in given ? given.fast : stored;
  const documents = registries(
    registry(
      "default",
      { default_profile_slug: "assistant", processing_modes: given.modes ?? modes },
      ...Object.values(others),
    ),
  );
  const only = documents.registries.default!;
  if (fast !== undefined) (only.profiles as JsonObject)["fast-v1"] = fast;
  only.rollouts = {
    fast: { ...base, ...given.rollout } as unknown as Json,
    ...(given.thorough && {
      thorough: {
        ...newRollout("default", "thorough", 1767225600000),
        version: 1,
        ...given.thorough,
      } as unknown as Json,
    }),
  };
  return {
    name: `processing: ${name}`,
    documents,
    request: { body },
    ...(given.settings && { settings: given.settings }),
  };
});
