/** Documents as files hold them: without what is empty, in one order of members (spec 1.2, 6.3). */
import type { MiddlewareInput, ProfileInput, RegistryInput } from "../domain/document.js";
import { emptyObject, isObject, type Json, type JsonObject } from "../domain/json.js";

/** What files hold of a registry; a stored Registry is one. */
export type WritableRegistry = Omit<RegistryInput, "tags"> & Tagged & { slug: string };
/** What files hold of a profile; a stored Profile is one. It is written as given: what must not leave is redacted before. */
export type WritableProfile = Omit<ProfileInput, "tags"> & Tagged & { slug: string };

interface Tagged {
  metadata?: { tags?: string[] };
}

export interface FileDocument {
  slug: string;
  content: JsonObject;
}

export function fileRegistry(registry: WritableRegistry): FileDocument {
  const { slug, display_name, description, default_profile_slug, processing_modes, metadata } = registry;
  return {
    slug,
    content: nonEmpty({
      slug,
      display_name,
      description,
      default_profile_slug,
      processing_modes: sorted(processing_modes),
      metadata: tags(metadata),
    }),
  };
}

export function fileProfile(profile: WritableProfile): FileDocument {
  const { slug, display_name, description, runtime = {}, policy = {}, extensions, metadata } = profile;
  return {
    slug,
    content: nonEmpty({
      slug,
      display_name,
      description,
      runtime: nonEmpty({
        system_prompt: runtime.system_prompt,
        step_settings_patch: sorted(runtime.step_settings_patch),
        middlewares: runtime.middlewares?.map(fileMiddleware),
        tools: runtime.tools,
      }),
      policy: nonEmpty({
        allow_overrides: policy.allow_overrides || undefined,
        allowed_override_keys: policy.allowed_override_keys,
        denied_override_keys: policy.denied_override_keys,
        read_only: policy.read_only || undefined,
      }),
      extensions: sorted(extensions),
      metadata: tags(metadata),
    }),
  };
}

/** `enabled: false` is kept, and an empty config too: it empties a slot. */
function fileMiddleware({ name, id, enabled, config }: MiddlewareInput): JsonObject {
  return {
    name,
    ...(id === undefined ? {} : { id }),
    ...(enabled === undefined ? {} : { enabled }),
    ...(config === undefined ? {} : { config: sorted(config) as Json }),
  };
}

function tags(metadata: WritableProfile["metadata"]): JsonObject {
  return nonEmpty({ tags: metadata?.tags });
}

function nonEmpty(members: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined && !isEmpty(value)),
  ) as JsonObject;
}

function isEmpty(value: Json | undefined): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return value === "" || value === null;
}

/** A copy whose objects have their members sorted by name. Inside free-form JSON nothing is left out (spec 1.2). */
function sorted(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => sorted(item) as Json);
  if (!isObject(value)) return value;
  const copy = emptyObject();
  for (const name of Object.keys(value).sort()) copy[name] = sorted(value[name]) as Json;
  return copy;
}
