/** What our code answers to a case, and what RFC 8785 makes of a fingerprint's input. */
import { createCatalog } from "../../src/catalog/catalog.js";
import type { Profile, Registry } from "../../src/domain/document.js";
import type { DocumentView } from "../../src/domain/document-view.js";
import { DomainError } from "../../src/domain/errors.js";
import type { FingerprintInput } from "../../src/domain/fingerprint.js";
import { type Json, type JsonObject, member } from "../../src/domain/json.js";
import { DEFAULT_LIMITS } from "../../src/domain/limits.js";
import { parseStoredProfile, parseStoredRegistry, readMembers } from "../../src/domain/parse-document.js";
import { parseStoredRollout } from "../../src/domain/parse-rollout.js";
import { resolve } from "../../src/domain/resolve.js";
import type { Rollout } from "../../src/domain/rollout.js";
import { omitSecrets, secretExemptions } from "../../src/domain/secrets.js";
import { canonicalText } from "../domain/rfc8785.js";
import type { Outcome, ResolveCase } from "./vector.js";

const builtIn = createCatalog();

export function run({ documents, request, settings = {} }: ResolveCase): Outcome {
  const body = readMembers(request.body ?? {});
  try {
    const answer = resolve(
      viewOf(documents),
      {
        selection: {
          registry: body.string("registry")?.trim() || request.query?.registry,
          path: request.path,
          body: body.string("profile"),
          query_profile: request.query?.profile,
          query_runtime: request.query?.runtime,
          cookie: request.cookie,
        },
        runtime_key: body.string("runtime_key"),
        base_step_settings: body.object("base_step_settings"),
        request_overrides: body.object("request_overrides"),
        ai_engine: body.string("ai_engine"),
        ai_api_type: body.string("ai_api_type"),
        processing: body.any("processing"),
        deployment: body.string("deployment"),
        conv_id: body.string("conv_id"),
        targeting_key: body.string("targeting_key"),
        explain: body.boolean("explain"),
      },
      settings.shown_secrets ?? "none",
      {
        defaultRegistry: "default",
        catalog: settings.catalog
          ? createCatalog(settings.catalog.map((definition) => ({ definition })))
          : builtIn,
        limits: DEFAULT_LIMITS,
        operator: settings.operator ?? {},
        secretExempt: secretExemptions(settings.secret_exempt ?? []),
        environmentFlags: settings.environment_flags ?? {},
      },
    );
    return { answer };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { error: { code: error.code, message: error.message } };
  }
}

interface Stored {
  registry: Registry;
  /** Null: it cannot be read. */
  profiles: Map<string, Profile | null>;
  rollouts: Rollout[];
}

function viewOf({ registries }: ResolveCase["documents"]): DocumentView {
  const all = new Map<string, Stored>();
  for (const [slug, document] of Object.entries(registries)) {
    const profiles = membersOf(document, "profiles");
    all.set(slug, {
      registry: parseStoredRegistry(document),
      profiles: new Map(profiles.map(([name, profile]) => [name, profile && parseStoredProfile(profile)])),
      rollouts: membersOf(document, "rollouts").flatMap(([, one]) => (one ? [parseStoredRollout(one)] : [])),
    });
  }
  return {
    revision: 1,
    registry: (slug) => all.get(slug)?.registry,
    profile(registry, slug) {
      const profile = all.get(registry)?.profiles.get(slug);
      if (profile === null) throw new DomainError("data_loss", `profile "${slug}" cannot be read`);
      return profile;
    },
    rollouts: (registry) => all.get(registry)?.rollouts ?? [],
  };
}

function membersOf(document: JsonObject, name: string): [string, JsonObject | null][] {
  return Object.entries((member(document, name) ?? {}) as Record<string, JsonObject | null>);
}

/** The text that is hashed, by hand (spec 4.4). */
export function canonicalOf({ runtime, step_settings, ...identity }: FingerprintInput): string {
  const middlewares = runtime.middlewares?.map(({ config, ...entry }) => ({
    ...entry,
    ...notEmpty("config", omitSecrets(config ?? {})),
  }));
  return canonicalText({
    ...identity,
    ...notEmpty("runtime", { ...runtime, ...(middlewares && { middlewares }) } as JsonObject),
    ...notEmpty("step_settings", omitSecrets(step_settings)),
  });
}

function notEmpty(name: string, value: JsonObject): Record<string, Json> {
  return Object.keys(value).length > 0 ? { [name]: value } : {};
}
