import type { Profile, Registry } from "../../src/domain/document.js";
import type { JsonObject } from "../../src/domain/json.js";
import { DEFAULT_LIMITS } from "../../src/domain/limits.js";
import {
  type Resolution,
  type ResolveRequest,
  type ResolveSettings,
  resolve,
} from "../../src/domain/resolve.js";
import type { ShownSecrets } from "../../src/domain/secrets.js";
import { secretExemptions } from "../../src/domain/secrets.js";
import { aProfile, aRegistry, catalog, viewOf } from "./documents.js";

export const settings: ResolveSettings = {
  defaultRegistry: "default",
  catalog,
  limits: DEFAULT_LIMITS,
  secretExempt: secretExemptions([]),
  operator: {},
};

export interface Given {
  profile?: Partial<Profile>;
  registry?: Partial<Registry>;
  request?: Partial<ResolveRequest>;
  shown?: ShownSecrets;
  settings?: Partial<ResolveSettings>;
}

/** The answer for the one profile of the default registry. */
export function answer({
  profile,
  registry,
  request,
  shown = "all",
  settings: more,
}: Given = {}): Resolution {
  const only = aProfile({ slug: "p", ...profile });
  const view = viewOf([
    { registry: aRegistry({ default_profile_slug: only.slug, ...registry }), profiles: [only] },
  ]);
  return resolve(view, { selection: {}, ...request }, shown, { ...settings, ...more });
}

/** The same as plain JSON, as it would be sent. */
export function sent(given: Given = {}): Resolution & { step_settings: JsonObject } {
  return JSON.parse(JSON.stringify(answer(given)));
}
