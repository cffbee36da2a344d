import { createHash } from "node:crypto";
import canonicalizeModule from "canonicalize";
import type { MiddlewareUse, StepSettings } from "./document.js";
import type { EffectiveRuntime } from "./layers.js";
import { omitSecrets } from "./secrets.js";

// The package types its CommonJS export as an ES default.
const canonicalize = canonicalizeModule as unknown as (value: unknown) => string;

/** What decides whether a chat service must rebuild its runtime. */
export interface FingerprintInput {
  registry: string;
  profile: string;
  profile_version: number;
  runtime: EffectiveRuntime;
  step_settings: StepSettings;
  /** Only where a mode was applied. */
  processing?: { mode: string; profile: string; profile_version: number };
}

/**
 * `sha256:` + hex over the RFC 8785 form of the input, without empty members and without secrets (spec 4.4): the same in every
 * process and language. Members inside free-form JSON stay, empty or not.
 */
export function fingerprint(input: FingerprintInput): string {
  const { middlewares } = input.runtime;
  const runtime = {
    ...input.runtime,
    ...(middlewares ? { middlewares: middlewares.map(withoutSecrets) } : {}),
  };
  const stepSettings = omitSecrets(input.step_settings);
  const hashed: Record<string, unknown> = {
    registry: input.registry,
    profile: input.profile,
    profile_version: input.profile_version,
    ...(Object.keys(runtime).length > 0 ? { runtime } : {}),
    ...(Object.keys(stepSettings).length > 0 ? { step_settings: stepSettings } : {}),
    ...(input.processing ? { processing: input.processing } : {}),
  };
  return `sha256:${createHash("sha256").update(canonicalize(hashed), "utf8").digest("hex")}`;
}

/** Secrets go before what is empty goes: whether there is one at all does not show either. */
function withoutSecrets({ config, ...entry }: MiddlewareUse): MiddlewareUse {
  const shown = config && omitSecrets(config);
  return shown && Object.keys(shown).length > 0 ? { ...entry, config: shown } : entry;
}
