/** Profiles and registries exactly as the JSON documents of spec 1 (snake_case). */
import type { Json, JsonObject } from "./json.js";

/** Where a write came from (spec 1.2). */
export type Source = "rest" | "rpc" | "cli" | "import" | "seed" | "upgrade" | "auto";
export const SOURCES: readonly Source[] = ["rest", "rpc", "cli", "import", "seed", "upgrade", "auto"];

/** One middleware of a runtime. Stored entries hold no `config`: it lives in a slot under `extensions` (spec 1.5). */
export interface MiddlewareUse {
  name: string;
  id?: string;
  /** Absent means enabled; `false` is kept. */
  enabled?: boolean;
  config?: JsonObject;
}

/** section → field → value. Typed as JSON because a section that is no object is a finding of validation (spec 1.4). */
export type StepSettings = JsonObject;

export interface Runtime {
  system_prompt?: string;
  step_settings_patch?: StepSettings;
  middlewares?: MiddlewareUse[];
  tools?: string[];
}

export interface Policy {
  allow_overrides: boolean;
  allowed_override_keys?: string[];
  denied_override_keys?: string[];
  read_only: boolean;
}

/** All server-managed except `tags`. */
export interface Metadata {
  /** Counts from 1, +1 with every accepted write (spec 2.1). */
  version: number;
  /** Unix milliseconds. */
  created_at_ms: number;
  updated_at_ms: number;
  created_by: string;
  updated_by: string;
  source: Source;
  tags?: string[];
}

/** Extension key (`namespace.feature@vN`) → any JSON. */
export type Extensions = JsonObject;

export interface Profile {
  slug: string;
  display_name?: string;
  description?: string;
  runtime: Runtime;
  policy: Policy;
  metadata: Metadata;
  extensions?: Extensions;
}

export interface Registry {
  slug: string;
  display_name?: string;
  description?: string;
  default_profile_slug?: string;
  metadata: Metadata;
  /** Mode → declaration (spec 5.1). Typed as JSON: stores from before modes were served hold what nobody checked; `modesOf` reads it. */
  processing_modes?: JsonObject;
}

/** A middleware of a write: `config` is still whatever was sent, since a config that is no object is a finding of validation. */
export interface MiddlewareInput {
  name: string;
  id?: string;
  enabled?: boolean;
  config?: Json;
}

export interface RuntimeInput {
  system_prompt?: string;
  step_settings_patch?: Json;
  middlewares?: MiddlewareInput[];
  tools?: string[];
}

/** What a create or an update may set. Absent members keep what is stored; present ones replace it whole (spec 2.5). */
export interface ProfileInput {
  display_name?: string;
  description?: string;
  runtime?: RuntimeInput;
  policy?: Partial<Policy>;
  extensions?: JsonObject;
  tags?: string[];
}

export interface RegistryInput {
  display_name?: string;
  description?: string;
  /** Blank clears it. */
  default_profile_slug?: string;
  tags?: string[];
  /** Replaced whole; empty: none. */
  processing_modes?: JsonObject;
}
