import type { FingerprintInput } from "../../src/domain/fingerprint.js";
import { names, numbers, texts } from "./value-cases.js";
import type { FingerprintCase } from "./vector.js";

const bare: FingerprintInput = {
  registry: "default",
  profile: "assistant",
  profile_version: 1,
  runtime: {},
  step_settings: {},
};
const full: FingerprintInput = {
  registry: "default",
  profile: "assistant",
  profile_version: 12,
  runtime: {
    system_prompt: "You are an assistant",
    middlewares: [
      { name: "agentmode", id: "default", config: { default_mode: "financial_analyst" } },
      { name: "sqlite", enabled: false },
    ],
    tools: ["search", "calc"],
  },
  step_settings: { "ai-chat": { "ai-engine": "gpt-4o", temperature: 0.7 } },
};

export const fingerprintCases: FingerprintCase[] = [
  { name: "an empty runtime and empty settings are left out", input: bare },
  { name: "everything", input: full },
  {
    name: "a mode that was applied",
    input: { ...full, processing: { mode: "fast", profile: "fast-v1", profile_version: 3 } },
  },
  {
    name: "a mode that was applied and changed nothing",
    input: { ...bare, processing: { mode: "fast", profile: "assistant", profile_version: 1 } },
  },
  { name: "another version", input: { ...full, profile_version: 13 } },
  { name: "another registry", input: { ...full, registry: "other" } },
  { name: "a runtime of one part", input: { ...bare, runtime: { tools: ["a"] } } },
  { name: "the order of tools counts", input: { ...bare, runtime: { tools: ["b", "a"] } } },
  {
    name: "enabled counts as it is stored",
    input: { ...bare, runtime: { middlewares: [{ name: "sqlite", enabled: true }] } },
  },
  {
    name: "empty sections and values stay",
    input: { ...bare, step_settings: { a: {}, b: { c: {}, d: [], e: "", f: null } } },
  },
  { name: "numbers", input: { ...bare, step_settings: { a: numbers } } },
  { name: "text", input: { ...bare, step_settings: { a: texts } } },
  { name: "names are sorted by UTF-16 units", input: { ...bare, step_settings: { a: names } } },
  {
    name: "secrets are left out at any depth, in any spelling, exempt or not",
    input: {
      ...bare,
      runtime: {
        middlewares: [{ name: "vault", id: "a", config: { apiKey: 1, list: [{ "x-secret": 1, keep: 2 }] } }],
      },
      step_settings: { openai: { api_key: "s", eos_token: "</s>", max_tokens: 5 }, password: { a: 1 } },
    },
  },
  {
    name: "what holds only secrets is left out with them, but for sections and what is inside",
    input: {
      ...bare,
      runtime: { middlewares: [{ name: "vault", config: { token: "s" } }] },
      step_settings: { openai: { api_key: "s" } },
    },
  },
  { name: "settings of secrets alone are left out", input: { ...bare, step_settings: { token: { a: 1 } } } },
];
