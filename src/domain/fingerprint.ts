import { createHash } from "node:crypto";
import canonicalizeModule from "canonicalize";
import type { MiddlewareUse, StepSettings } from "./document.js";
import type { EffectiveRuntime } from "./layers.js";
import { oncePer } from "./once-per.js";
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
  const { system_prompt, tools, middlewares } = input.runtime;
  const stepSettings = omitSecrets(input.step_settings);
  const runtime = objectOf({
    middlewares: middlewares && middlewaresText(middlewares),
    system_prompt: textOf(system_prompt),
    tools: textOf(tools),
  });
  const text = objectOf({
    processing: textOf(input.processing),
    profile: textOf(input.profile),
    profile_version: textOf(input.profile_version),
    registry: textOf(input.registry),
    runtime: runtime === "{}" ? undefined : runtime,
    step_settings: Object.keys(stepSettings).length > 0 ? textOf(stepSettings) : undefined,
  });
  return `sha256:${createHash("sha256").update(text, "utf8").digest("hex")}`;
}

/** In RFC 8785 form, given its members in that form and in its order. */
function objectOf(members: Record<string, string | undefined>): string {
  let text = "";
  for (const name in members) {
    if (members[name] !== undefined) text += `${text === "" ? "" : ","}"${name}":${members[name]}`;
  }
  return `{${text}}`;
}

function textOf(value: unknown): string | undefined {
  return value === undefined ? undefined : canonicalize(value);
}

/** Most resolves run the middlewares of a stored profile, which are never changed in place. */
const middlewaresText = oncePer((middlewares: readonly MiddlewareUse[]) =>
  canonicalize(middlewares.map(withoutSecrets)),
);

/** Secrets go before what is empty goes: whether there is one at all does not show either. */
function withoutSecrets({ config, ...entry }: MiddlewareUse): MiddlewareUse {
  const shown = config && omitSecrets(config);
  return shown && Object.keys(shown).length > 0 ? { ...entry, config: shown } : entry;
}
