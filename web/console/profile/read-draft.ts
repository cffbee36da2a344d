/** From JSON that a person has written to a draft: only its shape is looked at, all else is for the server to say. */
import { isObject, type Json, type JsonObject, member } from "../json/json.js";
import { type Draft, emptyDraft, type MiddlewareDraft } from "./draft.js";

/** Not of the shape of a profile; says where. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
}

const MEMBERS = ["display_name", "description", "metadata", "runtime", "policy", "extensions"];
/** What whole documents hold besides, and the server manages. */
const IGNORED = ["slug", "registry", "is_default", "registry_version"];

/** Throws ShapeError or SyntaxError. */
export function readDraft(source: string): Draft {
  const json: Json = JSON.parse(source);
  if (!isObject(json)) throw new ShapeError("a profile is an object");
  const unknown = Object.keys(json).find((name) => !MEMBERS.includes(name) && !IGNORED.includes(name));
  if (unknown !== undefined) throw new ShapeError(`a profile has no member "${unknown}"`);
  const runtime = object(json, "runtime");
  const policy = object(json, "policy");
  const empty = emptyDraft();
  return {
    display_name: text(json, "display_name"),
    description: text(json, "description"),
    metadata: { tags: texts(object(json, "metadata"), "tags", "metadata.tags") },
    runtime: {
      system_prompt: text(runtime, "system_prompt", "runtime.system_prompt"),
      middlewares: middlewares(member(runtime, "middlewares")),
      tools: texts(runtime, "tools", "runtime.tools"),
      step_settings_patch: object(runtime, "step_settings_patch", "runtime.step_settings_patch"),
    },
    policy: {
      ...empty.policy,
      allow_overrides: boolean(policy, "allow_overrides"),
      read_only: boolean(policy, "read_only"),
      allowed_override_keys: texts(policy, "allowed_override_keys", "policy.allowed_override_keys"),
      denied_override_keys: texts(policy, "denied_override_keys", "policy.denied_override_keys"),
    },
    extensions: object(json, "extensions"),
  };
}

function object(from: JsonObject, name: string, path = name): JsonObject {
  const value = member(from, name) ?? {};
  if (!isObject(value)) throw new ShapeError(`${path} must be an object`);
  return value;
}

function text(from: JsonObject, name: string, path = name): string {
  const value = member(from, name) ?? "";
  if (typeof value !== "string") throw new ShapeError(`${path} must be a string`);
  return value;
}

function boolean(from: JsonObject, name: string): boolean {
  const value = member(from, name) ?? false;
  if (typeof value !== "boolean") throw new ShapeError(`policy.${name} must be true or false`);
  return value;
}

function texts(from: JsonObject, name: string, path: string): string[] {
  const value = member(from, name) ?? [];
  if (!Array.isArray(value) || !value.every((item) => typeof item === "string")) {
    throw new ShapeError(`${path} must be an array of strings`);
  }
  return value;
}

function middlewares(value: Json = []): MiddlewareDraft[] {
  if (!Array.isArray(value)) throw new ShapeError("runtime.middlewares must be an array");
  return value.map((entry, i) => {
    const at = `runtime.middlewares[${i}]`;
    if (!isObject(entry)) throw new ShapeError(`${at} must be an object`);
    const id = member(entry, "id");
    const enabled = member(entry, "enabled");
    if (id !== undefined && typeof id !== "string") throw new ShapeError(`${at}.id must be a string`);
    if (enabled !== undefined && typeof enabled !== "boolean") {
      throw new ShapeError(`${at}.enabled must be true or false`);
    }
    return {
      name: text(entry, "name", `${at}.name`),
      ...(id === undefined ? {} : { id }),
      ...(enabled === undefined ? {} : { enabled }),
      config: object(entry, "config", `${at}.config`),
    };
  });
}
