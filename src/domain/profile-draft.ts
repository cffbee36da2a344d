/** What a create or an update would store: the request laid over what is stored, checked as a whole (spec 1.4, 1.5, 2.5). */
import type { Catalog } from "./catalog.js";
import type {
  Extensions,
  MiddlewareInput,
  Policy,
  Profile,
  ProfileInput,
  Registry,
  RegistryInput,
  Runtime,
  RuntimeInput,
} from "./document.js";
import { addViolations, quoteCut, type Violation, validationError } from "./errors.js";
import { isBlank, isMiddlewareConfigKey, parseExtensionKey, parseSlug } from "./identifiers.js";
import { copyJson, emptyObject, isObject, type JsonObject, member } from "./json.js";
import type { Limits } from "./limits.js";
import { projectConfigs } from "./middleware-config.js";
import { draftModes } from "./processing-modes.js";
import { keepStoredSecrets } from "./secrets.js";
import {
  checkCount,
  checkJson,
  checkMiddlewareIds,
  checkMiddlewareNames,
  checkName,
  checkNames,
  checkPolicy,
  checkStepSettings,
  checkSystemPrompt,
  checkTools,
} from "./validate.js";

export interface Rules {
  catalog: Catalog;
  limits: Limits;
}

/** A profile without what the server manages. */
export type ProfileContent = Omit<Profile, "metadata"> & { tags?: string[] };

/** A registry without what the server manages. */
export type RegistryContent = Omit<Registry, "metadata"> & { tags?: string[] };

/**
 * The content of a profile after a write. `slug` is normalised already; `stored` is absent for a create.
 * Throws `validation` with all problems, in the order of the table of spec 1.4.
 */
export function draftProfile(
  slug: string,
  stored: Profile | undefined,
  input: ProfileInput,
  { catalog, limits }: Rules,
): ProfileContent {
  const unreadable = checkJson(
    {
      display_name: input.display_name,
      description: input.description,
      runtime: input.runtime,
      policy: input.policy,
      "profile.extensions": input.extensions,
      "metadata.tags": input.tags,
    },
    limits,
  );
  if (unreadable.length > 0) throw validationError(unreadable);

  const displayName = input.display_name?.trim() ?? stored?.display_name ?? "";
  const description = input.description?.trim() ?? stored?.description ?? "";
  const tags = input.tags ?? stored?.metadata.tags ?? [];
  const policy = input.policy ? normalizePolicy(input.policy) : (stored?.policy ?? normalizePolicy({}));
  const sentRuntime = input.runtime ? normalizeRuntime(input.runtime) : undefined;
  const runtime = sentRuntime ?? stored?.runtime ?? {};
  const entries: MiddlewareInput[] = runtime.middlewares ?? [];
  const extensionFaults: Violation[] = [];
  const sentExtensions = input.extensions
    ? restoreSecrets(normalizeKeys(input.extensions, extensionFaults), stored?.extensions, extensionFaults)
    : undefined;

  const violations: Violation[] = [
    ...checkName("display_name", displayName, limits),
    ...checkNames("metadata.tags", tags, limits),
    ...checkSystemPrompt("runtime.system_prompt", runtime.system_prompt, limits),
  ];
  let middlewares = stored?.runtime.middlewares ?? [];
  let extensions: Extensions = stored?.extensions ?? emptyObject();
  if (sentRuntime !== undefined || sentExtensions !== undefined) {
    addViolations(
      violations,
      checkMiddlewareNames("runtime.middlewares", entries, catalog, limits),
      checkMiddlewareIds("runtime.middlewares", entries, limits),
    );
    const projection = projectConfigs(
      entries,
      sentExtensions,
      stored && { middlewares: stored.runtime.middlewares ?? [], extensions: stored.extensions },
      catalog,
    );
    ({ middlewares, extensions } = projection);
    addViolations(violations, projection.violations);
  }
  addViolations(violations, checkTools("runtime.tools", runtime.tools ?? [], limits));
  const patchField = "runtime.step_settings_patch";
  const sentPatch = runtime.step_settings_patch;
  const keptFaults: Violation[] = [];
  // Before the check: a whole section may be a secret, and comes back as text.
  const patch = isObject(sentPatch)
    ? keepStoredSecrets(sentPatch, stored?.runtime.step_settings_patch, patchField, keptFaults)
    : emptyObject();
  addViolations(
    violations,
    checkStepSettings(patchField, isObject(sentPatch) ? patch : sentPatch, limits),
    keptFaults,
    checkPolicy(policy, limits),
    extensionFaults,
  );
  if (sentRuntime !== undefined || sentExtensions !== undefined) {
    addViolations(violations, checkExtensions(extensions, catalog, limits));
  }
  if (violations.length > 0) throw validationError(violations);

  return {
    slug,
    ...(displayName === "" ? {} : { display_name: displayName }),
    ...(description === "" ? {} : { description }),
    runtime: storedRuntime(runtime, patch, middlewares),
    policy,
    ...(Object.keys(extensions).length === 0 ? {} : { extensions }),
    ...(tags.length === 0 ? {} : { tags }),
  };
}

/** The content of a registry after a write; whether its default profile exists is for the caller to see. */
export function draftRegistry(
  slug: string,
  stored: Registry | undefined,
  input: RegistryInput,
  limits: Limits,
): RegistryContent {
  const unreadable = checkJson(
    {
      display_name: input.display_name,
      description: input.description,
      default_profile_slug: input.default_profile_slug,
      "metadata.tags": input.tags,
      processing_modes: input.processing_modes,
    },
    limits,
  );
  if (unreadable.length > 0) throw validationError(unreadable);
  const displayName = input.display_name?.trim() ?? stored?.display_name ?? "";
  const description = input.description?.trim() ?? stored?.description ?? "";
  const tags = input.tags ?? stored?.metadata.tags ?? [];
  const violations = [
    ...checkName("display_name", displayName, limits),
    ...checkNames("metadata.tags", tags, limits),
  ];
  let defaultSlug = stored?.default_profile_slug;
  if (input.default_profile_slug !== undefined) {
    const parsed = parseSlug(input.default_profile_slug, "profile slug");
    if (isBlank(input.default_profile_slug)) defaultSlug = undefined;
    else if (parsed.ok) defaultSlug = parsed.value;
    else violations.push({ field: "registry.default_profile_slug", reason: parsed.reason });
  }
  const modes = input.processing_modes
    ? draftModes(input.processing_modes, limits, violations)
    : stored?.processing_modes;
  if (violations.length > 0) throw validationError(violations);
  return {
    slug,
    ...(displayName === "" ? {} : { display_name: displayName }),
    ...(description === "" ? {} : { description }),
    ...(defaultSlug === undefined ? {} : { default_profile_slug: defaultSlug }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(modes === undefined || Object.keys(modes).length === 0 ? {} : { processing_modes: modes }),
  };
}

function normalizePolicy(policy: Partial<Policy>): Policy {
  return {
    allow_overrides: policy.allow_overrides ?? false,
    ...(policy.allowed_override_keys?.length ? { allowed_override_keys: policy.allowed_override_keys } : {}),
    ...(policy.denied_override_keys?.length ? { denied_override_keys: policy.denied_override_keys } : {}),
    read_only: policy.read_only ?? false,
  };
}

function normalizeRuntime(runtime: RuntimeInput): RuntimeInput {
  return runtime.middlewares === undefined
    ? runtime
    : { ...runtime, middlewares: runtime.middlewares.map(normalizeMiddleware) };
}

/** Names and ids are trimmed; a blank id counts as none (spec 1.2). */
export function normalizeMiddleware({ id, ...entry }: MiddlewareInput): MiddlewareInput {
  const name = entry.name.trim();
  return isBlank(id) ? { ...entry, name } : { ...entry, name, id: id.trim() };
}

function storedRuntime(
  runtime: RuntimeInput,
  patch: JsonObject,
  middlewares: Runtime["middlewares"],
): Runtime {
  return {
    ...(runtime.system_prompt ? { system_prompt: runtime.system_prompt } : {}),
    ...(Object.keys(patch).length > 0 ? { step_settings_patch: patch } : {}),
    ...(middlewares?.length ? { middlewares } : {}),
    ...(runtime.tools?.length ? { tools: runtime.tools } : {}),
  };
}

function normalizeKeys(extensions: Extensions, violations: Violation[]): Extensions {
  const normalized = emptyObject();
  for (const [raw, payload] of Object.entries(extensions)) {
    const key = parseExtensionKey(raw);
    const field = `profile.extensions[${quoteCut(key.ok ? key.value : raw)}]`;
    if (!key.ok) violations.push({ field, reason: key.reason });
    else if (key.value in normalized)
      violations.push({ field, reason: "duplicate extension key after normalization" });
    else normalized[key.value] = payload;
  }
  return normalized;
}

function restoreSecrets(
  sent: Extensions,
  stored: Extensions | undefined,
  violations: Violation[],
): Extensions {
  const restored = copyJson(sent);
  for (const [key, payload] of Object.entries(sent)) {
    if (!isMiddlewareConfigKey(key) || !isObject(payload)) continue;
    restored[key] = keepStoredSecrets(payload, member(stored, key), `profile.extensions[${key}]`, violations);
  }
  return restored;
}

function checkExtensions(extensions: Extensions, catalog: Catalog, limits: Limits): Violation[] {
  return [
    ...checkCount("profile.extensions", Object.keys(extensions).length, limits.extensions),
    ...Object.entries(extensions).flatMap(([key, payload]) =>
      catalog.checkExtension(key, payload).map((reason) => ({ field: `profile.extensions[${key}]`, reason })),
    ),
  ];
}
