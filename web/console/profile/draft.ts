/**
 * A profile as it is edited: every member there, each middleware with its config at hand. Stored documents keep configs in
 * slots under `extensions` (spec 1.5); a write with inline configs puts them there, so that the two forms are one document.
 */
import type { ProfileChanges, ProfileDocument } from "../../client/index.js";
import { fromEntries, isObject, type Json, type JsonObject, member, withMember } from "../json/json.js";

export interface MiddlewareDraft {
  name: string;
  id?: string;
  /** Absent means enabled. */
  enabled?: boolean;
  config: JsonObject;
}

export interface Draft {
  display_name: string;
  description: string;
  metadata: { tags: string[] };
  runtime: {
    system_prompt: string;
    middlewares: MiddlewareDraft[];
    tools: string[];
    step_settings_patch: JsonObject;
  };
  policy: {
    allow_overrides: boolean;
    allowed_override_keys: string[];
    denied_override_keys: string[];
    read_only: boolean;
  };
  extensions: JsonObject;
}

/** What the document may have, as REST shows it: also an older version of it, or one that was only checked. */
export type DraftSource = Partial<Pick<ProfileDocument, "display_name" | "description" | "extensions">> &
  Pick<ProfileDocument, "runtime" | "policy"> & { metadata: { tags?: string[] } };

export function emptyDraft(): Draft {
  return draftOf({ runtime: {}, policy: { allow_overrides: false, read_only: false }, metadata: {} });
}

export function draftOf(document: DraftSource): Draft {
  const { display_name = "", description = "", runtime, policy, metadata } = document;
  const stored = (document.extensions ?? {}) as JsonObject;
  let extensions = stored;
  const middlewares = (runtime.middlewares ?? []).map((entry, i): MiddlewareDraft => {
    const { name, id, enabled } = entry;
    const slot = slotOf(stored, name, id, i);
    if (slot !== undefined) extensions = withoutSlot(extensions, name, slot);
    const config = slot === undefined ? {} : member(instancesOf(stored, name), slot);
    return {
      name,
      ...(id === undefined ? {} : { id }),
      ...(enabled === undefined ? {} : { enabled }),
      config: isObject(config) ? config : {},
    };
  });
  return {
    display_name,
    description,
    metadata: { tags: metadata.tags ?? [] },
    runtime: {
      system_prompt: runtime.system_prompt ?? "",
      middlewares,
      tools: runtime.tools ?? [],
      step_settings_patch: (runtime.step_settings_patch ?? {}) as JsonObject,
    },
    policy: {
      allow_overrides: policy.allow_overrides,
      allowed_override_keys: policy.allowed_override_keys ?? [],
      denied_override_keys: policy.denied_override_keys ?? [],
      read_only: policy.read_only,
    },
    extensions,
  };
}

/** Of a create or an update: all of it, since what is present is replaced whole. */
export function changesOf(draft: Draft): ProfileChanges {
  return draft as ProfileChanges;
}

/** The draft without what is empty, as people want to read and write it. */
export function shownDraft({
  display_name,
  description,
  metadata,
  runtime,
  policy,
  extensions,
}: Draft): JsonObject {
  const { allowed_override_keys, denied_override_keys, allow_overrides, read_only } = policy;
  const { system_prompt, middlewares, tools, step_settings_patch } = runtime;
  return withoutEmpty({
    display_name,
    description,
    metadata: withoutEmpty({ tags: metadata.tags }),
    runtime: withoutEmpty({
      system_prompt,
      middlewares: middlewares.map(({ config, ...entry }) => ({ ...entry, ...withoutEmpty({ config }) })),
      tools,
      step_settings_patch,
    }),
    policy: { allow_overrides, read_only, ...withoutEmpty({ allowed_override_keys, denied_override_keys }) },
    extensions,
  });
}

function withoutEmpty(object: { [name: string]: Json }): JsonObject {
  return fromEntries(
    Object.entries(object).filter(([, value]) => {
      if (Array.isArray(value)) return value.length > 0;
      return isObject(value) ? Object.keys(value).length > 0 : value !== "";
    }),
  );
}

export function configKey(middleware: string): string {
  return `middleware.${middleware}_config@v1`;
}

function instancesOf(extensions: JsonObject, middleware: string): Json | undefined {
  return member(member(extensions, configKey(middleware)), "instances");
}

/** The slot that holds its config; an entry without id may take the one named `default`. */
function slotOf(extensions: JsonObject, name: string, id: string | undefined, i: number): string | undefined {
  const instances = instancesOf(extensions, name);
  const own = id === undefined ? [`index:${i}`, "default"] : [`id:${id}`];
  return own.find((slot) => member(instances, slot) !== undefined);
}

/** What stays under `extensions` belongs to no entry, or is no middleware's. */
function withoutSlot(extensions: JsonObject, name: string, slot: string): JsonObject {
  const payload = member(extensions, configKey(name));
  const instances = instancesOf(extensions, name);
  if (!isObject(payload) || !isObject(instances)) return extensions;
  const rest = withMember(instances, slot, undefined);
  const empty = Object.keys(rest).length === 0 && Object.keys(payload).length === 1;
  return withMember(extensions, configKey(name), empty ? undefined : withMember(payload, "instances", rest));
}
