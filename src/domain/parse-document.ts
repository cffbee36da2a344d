/**
 * From JSON to the typed documents: member by member, each of the type that spec 1.2 and 1.3 give it. Throws `malformed`
 * naming the member. What the table of spec 1.4 reports (a config or a section that is no object) passes as it is.
 */
import {
  type Metadata,
  type MiddlewareInput,
  type Policy,
  type Profile,
  type ProfileInput,
  type Registry,
  type RegistryInput,
  type RuntimeInput,
  SOURCES,
  type Source,
} from "./document.js";
import { malformed } from "./errors.js";
import { isObject, type Json, type JsonObject, member } from "./json.js";

/** Reads members of one JSON object; `null` counts as absent (spec 2.5). */
export interface MemberReader {
  string(name: string): string | undefined;
  boolean(name: string): boolean | undefined;
  /** An integer of at least 0. */
  count(name: string): number | undefined;
  number(name: string): number | undefined;
  object(name: string): JsonObject | undefined;
  numbers(name: string): number[] | undefined;
  strings(name: string): string[] | undefined;
  objects(name: string): MemberReader[] | undefined;
  /** A member of any type. */
  any(name: string): Json | undefined;
  /** A reader of an object member. */
  inside(name: string): MemberReader | undefined;
}

/** A reader of `object`; `path` leads its members' names in messages. */
export function readMembers(object: JsonObject, path = ""): MemberReader {
  const at = (name: string): string => (path === "" ? name : `${path}.${name}`);
  const wrong = (name: string, type: string) => malformed(`${at(name)} must be ${type}`);
  const any = (name: string): Json | undefined => member(object, name) ?? undefined;
  const typed =
    <T extends Json>(type: string, fits: (value: Json) => value is T) =>
    (name: string): T | undefined => {
      const value = any(name);
      if (value === undefined || fits(value)) return value;
      throw wrong(name, type);
    };
  const array = typed("an array", (value): value is Json[] => Array.isArray(value));
  const objectMember = typed("an object", isObject);
  const items =
    <T extends Json>(type: string, fits: (value: Json) => value is T) =>
    (name: string): T[] | undefined =>
      array(name)?.map((item, i) => {
        if (!fits(item)) throw wrong(`${name}[${i}]`, type);
        return item;
      });
  const isString = (value: Json): value is string => typeof value === "string";
  const isNumber = (value: Json): value is number => typeof value === "number";
  return {
    any,
    string: typed("a string", isString),
    number: typed("a number", isNumber),
    boolean: typed("a boolean", (value) => typeof value === "boolean"),
    count: typed(
      "a non-negative integer",
      (value): value is number => Number.isSafeInteger(value) && Number(value) >= 0,
    ),
    object: objectMember,
    strings: items("a string", isString),
    numbers: items("a number", isNumber),
    objects: (name) =>
      array(name)?.map((item, i) => {
        if (!isObject(item)) throw wrong(`${name}[${i}]`, "an object");
        return readMembers(item, at(`${name}[${i}]`));
      }),
    inside(name) {
      const value = objectMember(name);
      return value && readMembers(value, at(name));
    },
  };
}

/** The writable members of a profile. Server-managed and unknown ones are ignored. */
export function parseProfileInput(body: MemberReader): ProfileInput {
  const runtime = body.inside("runtime");
  const policy = body.inside("policy");
  return defined({
    display_name: body.string("display_name"),
    description: body.string("description"),
    runtime: runtime && parseRuntime(runtime),
    policy: policy && parsePolicy(policy),
    extensions: body.object("extensions"),
    tags: body.inside("metadata")?.strings("tags"),
  });
}

/** The writable members of a registry. */
export function parseRegistryInput(body: MemberReader): RegistryInput {
  return defined({
    display_name: body.string("display_name"),
    description: body.string("description"),
    default_profile_slug: body.string("default_profile_slug"),
    tags: body.inside("metadata")?.strings("tags"),
    processing_modes: body.object("processing_modes"),
  });
}

export function parseMiddleware(entry: MemberReader): MiddlewareInput {
  return {
    name: entry.string("name") ?? "",
    ...defined({ id: entry.string("id"), enabled: entry.boolean("enabled"), config: entry.any("config") }),
  };
}

/** A profile as it is stored. */
export function parseStoredProfile(document: JsonObject): Profile {
  const body = readMembers(document);
  const { tags: _, ...content } = parseProfileInput(body);
  return {
    slug: body.string("slug") ?? "",
    ...content,
    runtime: (content.runtime ?? {}) as Profile["runtime"],
    policy: { allow_overrides: false, read_only: false, ...content.policy },
    metadata: parseMetadata(body),
  };
}

/** A registry as it is stored. */
export function parseStoredRegistry(document: JsonObject): Registry {
  const body = readMembers(document);
  const { tags: _, ...content } = parseRegistryInput(body);
  return {
    slug: body.string("slug") ?? "",
    ...content,
    metadata: parseMetadata(body),
  };
}

function parseRuntime(runtime: MemberReader): RuntimeInput {
  return defined({
    system_prompt: runtime.string("system_prompt"),
    step_settings_patch: runtime.any("step_settings_patch"),
    middlewares: runtime.objects("middlewares")?.map(parseMiddleware),
    tools: runtime.strings("tools"),
  });
}

function parsePolicy(policy: MemberReader): Partial<Policy> {
  return defined({
    allow_overrides: policy.boolean("allow_overrides"),
    allowed_override_keys: policy.strings("allowed_override_keys"),
    denied_override_keys: policy.strings("denied_override_keys"),
    read_only: policy.boolean("read_only"),
  });
}

function parseMetadata(body: MemberReader): Metadata {
  const metadata = body.inside("metadata");
  if (metadata === undefined) throw malformed("metadata must be an object");
  const source = metadata.string("source");
  if (!SOURCES.includes(source as Source))
    throw malformed(`metadata.source must be one of ${SOURCES.join(", ")}`);
  return {
    version: metadata.count("version") ?? 0,
    created_at_ms: metadata.count("created_at_ms") ?? 0,
    updated_at_ms: metadata.count("updated_at_ms") ?? 0,
    created_by: metadata.string("created_by") ?? "",
    updated_by: metadata.string("updated_by") ?? "",
    source: source as Source,
    ...defined({ tags: metadata.strings("tags") }),
  };
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** A copy without the members that are undefined. */
export function defined<T extends object>(members: T): Defined<T> {
  const copy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(members)) if (value !== undefined) copy[name] = value;
  return copy as Defined<T>;
}
