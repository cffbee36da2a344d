/** Documents as REST shows them (spec 2.5): never with a secret. */
import type { FastifyReply } from "fastify";
import type { Profile, Registry } from "../domain/document.js";
import { redactExtensions, redactProfile, type SecretExemptions } from "../domain/secrets.js";
import { isDefault, type ProfileAnswer } from "../service/profiles.js";

/** Of text that is JSON already. */
export const JSON_TYPE = "application/json; charset=utf-8";
export const REVISION_HEADER = "profile-registry-revision";

export function setRevision(reply: FastifyReply, revision: number): void {
  void reply.header(REVISION_HEADER, String(revision));
}

/** Of an answer that depends on the cookie. Keeps what others, such as CORS, have said that it varies by. */
export function keepPersonal(reply: FastifyReply): void {
  const others = reply.getHeader("vary");
  void reply
    .header("vary", others === undefined ? "Cookie" : `${String(others)}, Cookie`)
    .header("cache-control", "private, no-cache");
}

export function profileDocument(answer: ProfileAnswer, exempt: SecretExemptions) {
  return {
    ...redactProfile(answer.profile, exempt),
    registry: answer.registry.slug,
    is_default: isDefault(answer),
    registry_version: answer.registry.metadata.version,
  };
}

/** `"<version>.<registry_version>"`: a document shows both, and whether it is the default. */
export function profileTag({ profile, registry }: ProfileAnswer): string {
  return `"${profile.metadata.version}.${registry.metadata.version}"`;
}

export function registryTag(registry: Registry): string {
  return `"${registry.metadata.version}"`;
}

export function listItem(profile: Profile, registry: Registry, exempt: SecretExemptions) {
  const { slug, display_name, description, runtime, extensions, policy, metadata } = profile;
  return {
    slug,
    ...(display_name ? { display_name } : {}),
    ...(description ? { description } : {}),
    ...(runtime.system_prompt ? { default_prompt: runtime.system_prompt } : {}),
    ...(extensions ? { extensions: redactExtensions(extensions, exempt) } : {}),
    ...(isDefault({ profile, registry }) ? { is_default: true } : {}),
    version: metadata.version,
    registry: registry.slug,
    ...(policy.read_only ? { read_only: true } : {}),
    ...(metadata.tags ? { tags: metadata.tags } : {}),
  };
}

/** What a list of thousands shows: without prompts and extensions, with who wrote it last. */
export function summaryItem(profile: Profile, registry: Registry, exempt: SecretExemptions) {
  const { default_prompt: _, extensions: __, ...item } = listItem(profile, registry, exempt);
  const { updated_at_ms, updated_by } = profile.metadata;
  return { ...item, updated_at_ms, updated_by };
}
