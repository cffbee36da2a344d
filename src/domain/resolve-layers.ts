/** What the layers of a resolve are (spec 4.2), from documents, request and operator. */
import type { Profile, StepSettings } from "./document.js";
import { emptyObject, type Json, type JsonObject } from "./json.js";
import type { Layer, LayerName } from "./layers.js";
import { withStoredConfigs } from "./middleware-config.js";
import { DIRECT_NAMES, DIRECT_SECTION, type DirectOverride, type Overrides } from "./overrides.js";
import {
  holdsSecret,
  redact,
  redactMiddlewares,
  type SecretExemptions,
  type ShownSecrets,
} from "./secrets.js";

export interface LayerSettings {
  secretExempt: SecretExemptions;
  /** What the operator set for emergencies: wins over everything, is no matter of policy. */
  operator: { [name in DirectOverride]?: string | undefined };
}

/**
 * The layers, low to high, with secrets as the caller may see them. Redacting here and not in the merged answer keeps what the
 * caller sent apart from what was stored; the fingerprint does not change by it, since it leaves secrets out.
 */
export function buildLayers(
  profiles: readonly Profile[],
  base: JsonObject | undefined,
  overrides: Overrides,
  shown: ShownSecrets,
  { secretExempt, operator }: LayerSettings,
): Layer[] {
  const stored = <T extends JsonObject>(value: T): T =>
    shown === "all" ? value : redact(value, secretExempt);
  const own = <T extends JsonObject>(value: T): T => (shown === "none" ? redact(value, secretExempt) : value);
  const layers = profiles.map((profile, i) =>
    storedLayer(
      profile,
      i === 0 ? "profile" : "processing_profile",
      shown === "all" ? undefined : secretExempt,
    ),
  );
  if (base) layers.unshift({ name: "base_step_settings", step_settings: own(base) });
  const { system_prompt, tools, middlewares, step_settings_patch: patch, direct } = overrides;
  if (system_prompt !== undefined || tools || middlewares || patch || direct) {
    const layer: Layer = { name: "request_overrides" };
    if (system_prompt !== undefined) layer.system_prompt = system_prompt;
    if (tools) layer.tools = tools;
    if (middlewares) {
      layer.middlewares = middlewares.map(({ entry, borrowed }) =>
        entry.config ? { ...entry, config: (borrowed ? stored : own)(entry.config) } : entry,
      );
    }
    if (patch) layer.step_settings = own(patch);
    layers.push(layer);
  }
  // Above the patch of the same request, so that a trace shows the value that it beat.
  if (direct) layers.push({ name: "request_overrides", step_settings: direct });
  const forced = operatorSettings(operator);
  if (forced) layers.push({ name: "operator", step_settings: forced });
  return layers;
}

/** As redacted with these exemptions. A document is never changed in place. */
const storedLayers = new WeakMap<Profile, { exempt: SecretExemptions | undefined; layer: Layer }>();

/** What a profile sets; with its secrets where `exempt` is undefined. */
function storedLayer(profile: Profile, name: LayerName, exempt: SecretExemptions | undefined): Layer {
  const known = storedLayers.get(profile);
  if (known?.exempt === exempt && known?.layer.name === name) return known.layer;
  const { system_prompt, tools, middlewares, step_settings_patch } = profile.runtime;
  const configured = middlewares && withStoredConfigs(middlewares, profile.extensions);
  // Most have no secrets, and need no copy.
  const redacts = exempt && holdsSecret([configured ?? null, step_settings_patch ?? null] as Json);
  const layer: Layer = {
    name,
    ...(system_prompt === undefined ? {} : { system_prompt }),
    ...(tools ? { tools } : {}),
    ...(configured ? { middlewares: redacts ? redactMiddlewares(configured, exempt) : configured } : {}),
    ...(step_settings_patch
      ? { step_settings: redacts ? redact(step_settings_patch, exempt) : step_settings_patch }
      : {}),
  };
  storedLayers.set(profile, { exempt, layer });
  return layer;
}

function operatorSettings(operator: LayerSettings["operator"]): StepSettings | undefined {
  const forced = DIRECT_NAMES.filter(([name]) => operator[name] !== undefined);
  if (forced.length === 0) return undefined;
  const fields = emptyObject();
  for (const [name, field] of forced) fields[field] = operator[name]!;
  return { [DIRECT_SECTION]: fields };
}
