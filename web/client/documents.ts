/** What REST answers (spec 2.5), made from the documents of the domain. */
import type {
  Extensions,
  Metadata,
  MiddlewareInput,
  Policy,
  Profile,
  ProfileInput,
  Registry,
  RegistryInput,
  Source,
} from "../../src/domain/document.js";
import type { JsonObject } from "../../src/domain/json.js";
import type { Resolution } from "../../src/domain/resolve.js";

/** A profile, and what its registry says of it. */
export interface ProfileDocument extends Profile {
  registry: string;
  is_default: boolean;
  registry_version: number;
}

/** A profile as lists show it. */
export interface ProfileItem {
  slug: string;
  display_name?: string;
  description?: string;
  /** The system prompt. */
  default_prompt?: string;
  extensions?: Extensions;
  is_default?: true;
  version: number;
  registry: string;
  read_only?: true;
  tags?: string[];
  /** Of a summary, as is `updated_by`. Unix milliseconds. */
  updated_at_ms?: number;
  updated_by?: string;
}

/**
 * What was read of a profile before it is written: the document, or an item of the list. Its version is sent, so that a write
 * that came between is not overwritten but refused with `version_conflict`; 0 means no check.
 */
export type ProfileAsRead =
  | Pick<ProfileItem, "slug" | "registry" | "version">
  | { slug: string; registry: string; metadata: Pick<Metadata, "version"> };

/** Absent members keep what is stored, present ones replace it whole; blank texts clear. */
export interface ProfileChanges extends Omit<ProfileInput, "tags"> {
  metadata?: { tags?: string[] };
  /** Also makes it the default of its registry. */
  set_default?: boolean;
}

export interface NewProfile extends ProfileChanges {
  slug: string;
}

/** Absent members keep what is stored, present ones replace it whole; blank texts clear. */
export interface RegistryChanges extends Omit<RegistryInput, "tags"> {
  metadata?: { tags?: string[] };
}

export interface NewRegistry extends RegistryChanges {
  slug: string;
}

/** What the browser's cookie names, or else the default. */
export interface CurrentProfile {
  slug: string;
  registry: string;
  source: "cookie" | "default";
}

interface Written {
  revision: number;
  time_ms: number;
  actor: string;
  source: Source;
  /** Such as `update_profile`. */
  operation: string;
  registry_version: number;
}

export interface ProfileVersion extends Written {
  version: number;
  /** RFC 6901 pointers to what differs from the version before. */
  changed_paths: string[];
}

export interface LogItem extends Written {
  commit_revision: number;
  registry: string;
  /** The profile, or the mode whose rollout was written; neither where it was the registry itself. */
  profile?: string;
  mode?: string;
  version: number;
  /** Of the rollback of a rollout: what it was done for, and the figures then. */
  details?: JsonObject;
}

/** The body of a chat turn, as far as the resolver reads it (spec 4.1). */
export interface ResolveBody {
  profile?: string;
  registry?: string;
  conv_id?: string;
  targeting_key?: string;
  deployment?: "local" | "cloud";
  processing?: { mode?: string; profile?: string; reason?: string };
  request_overrides?: object;
  base_step_settings?: object;
  runtime_key?: string;
  explain?: boolean;
}

export interface Resolved extends Resolution {
  conv_id: string;
}

export interface ServerInfo {
  version: string;
  commit: string;
  schema_version: number;
  capabilities: string[];
  revision: number;
  catalog_digest: string;
}

export type { Extensions, Metadata, MiddlewareInput, Policy, Profile, Registry, Source };
