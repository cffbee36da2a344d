import { hash } from "node:crypto";
import { canonicalJson } from "./canonical-json.js";
import type { MiddlewareUse, StepSettings } from "./document.js";
import type { EffectiveRuntime } from "./layers.js";
import { keptWhenAskedAgain } from "./once-per.js";
import { holdsSecret, omitSecrets } from "./secrets.js";

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
  const { processing, profile, profile_version, registry } = input;
  const runtime = runtimeText(input.runtime);
  const settings = holdsSecret(input.step_settings) ? omitSecrets(input.step_settings) : input.step_settings;
  const settingsText = canonicalJson(settings);
  const text = [
    processing && `"processing":${canonicalJson(processing)}`,
    `"profile":${JSON.stringify(profile)}`,
    `"profile_version":${profile_version}`,
    `"registry":${JSON.stringify(registry)}`,
    runtime === "{}" ? undefined : `"runtime":${runtime}`,
    settingsText === "{}" ? undefined : `"step_settings":${settingsText}`,
  ];
  return `sha256:${hash("sha256", `{${text.filter((member) => member !== undefined).join(",")}}`, "hex")}`;
}

/** Requests that override settings alone share the runtime of the stored profile. */
const runtimeText = keptWhenAskedAgain(({ system_prompt, tools, middlewares }: EffectiveRuntime) =>
  // Joined, not added up: V8 keeps sums as trees, and would put what is kept together for each hash again.
  [
    "{",
    [
      middlewares && `"middlewares":${middlewaresText(middlewares)}`,
      system_prompt === undefined ? undefined : `"system_prompt":${JSON.stringify(system_prompt)}`,
      tools && `"tools":${canonicalJson(tools)}`,
    ]
      .filter((member) => member !== undefined)
      .join(","),
    "}",
  ].join(""),
);

/** Most resolves run the middlewares of a stored profile, which are never changed in place. */
const middlewaresText = keptWhenAskedAgain((middlewares: readonly MiddlewareUse[]) =>
  canonicalJson(middlewares.map(withoutSecrets)),
);

/** Secrets go before what is empty goes: whether there is one at all does not show either. */
function withoutSecrets({ config, ...entry }: MiddlewareUse): MiddlewareUse {
  const shown = config && omitSecrets(config);
  return shown && Object.keys(shown).length > 0 ? { ...entry, config: shown } : entry;
}
