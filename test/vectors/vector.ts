/** The shapes of the vector files; README.md tells them to those who read the files in other languages. */
import type { CatalogDefinition } from "../../src/catalog/definition.js";
import type { ErrorCode } from "../../src/domain/errors.js";
import type { FingerprintInput } from "../../src/domain/fingerprint.js";
import type { Json, JsonObject } from "../../src/domain/json.js";
import type { EnvironmentFlags } from "../../src/domain/processing.js";
import type { Resolution } from "../../src/domain/resolve.js";
import type { ShownSecrets } from "../../src/domain/secrets.js";

export interface VectorRequest {
  /** `/resolve/{path}` */
  path?: string;
  query?: { registry?: string; profile?: string; runtime?: string };
  /** The value of `chat_profile`. */
  cookie?: string;
  /** What is posted. */
  body?: JsonObject;
}

export interface VectorSettings {
  operator?: { ai_engine?: string; ai_api_type?: string };
  secret_exempt?: string[];
  /** Definitions beyond the built-in ones. */
  catalog?: CatalogDefinition[];
  /** Default: `none`, as over REST. */
  shown_secrets?: ShownSecrets;
  /** By mode, what the environment says of its flags. */
  environment_flags?: EnvironmentFlags;
}

export interface ResolveCase {
  name: string;
  documents: { registries: Record<string, JsonObject> };
  request: VectorRequest;
  settings?: VectorSettings;
}

export type Outcome = { answer: Resolution } | { error: { code: ErrorCode; message: string } };
export type ResolveVector = ResolveCase & Outcome;

export interface FingerprintCase {
  name: string;
  input: FingerprintInput;
}

export interface FingerprintVector extends FingerprintCase {
  canonical: string;
  fingerprint: string;
}

export interface BucketVector {
  salt: string;
  key: string;
  /** Of salt, a zero byte and key in UTF-8. */
  hash: number;
  bucket: number;
}

export interface KeyVector {
  raw: string;
  key: string;
}

/** A stored profile without what a case is not about. */
export function profile(slug: string, members: Record<string, Json> = {}): JsonObject {
  const { policy, metadata, ...rest } = members;
  return {
    slug,
    runtime: {},
    ...rest,
    policy: { allow_overrides: false, read_only: false, ...(policy as JsonObject) },
    metadata: { ...stamp, ...(metadata as JsonObject) },
  };
}

/** A stored registry with its profiles. */
export function registry(slug: string, members: Record<string, Json>, ...profiles: JsonObject[]): JsonObject {
  return {
    slug,
    ...members,
    metadata: stamp,
    profiles: Object.fromEntries(profiles.map((one) => [one.slug, one])),
  };
}

export function registries(...all: JsonObject[]): ResolveCase["documents"] {
  return { registries: Object.fromEntries(all.map((one) => [one.slug, one])) };
}

/** A store of one registry with one profile, its default. */
export function only(members: Record<string, Json> = {}): ResolveCase["documents"] {
  return registries(
    registry("default", { default_profile_slug: "assistant" }, profile("assistant", members)),
  );
}

const stamp: JsonObject = {
  version: 1,
  created_at_ms: 1767225600000,
  updated_at_ms: 1767225600000,
  created_by: "anonymous",
  updated_by: "anonymous",
  source: "rest",
};
