/** Stored documents, each on its own: readable, named as their rows, and as a write would accept them (spec 1.4). */
import type { Database } from "better-sqlite3";
import type { Profile, Registry } from "../../../domain/document.js";
import { DomainError } from "../../../domain/errors.js";
import { parseSlug, type SlugLabel } from "../../../domain/identifiers.js";
import { draftProfile, draftRegistry, type Rules } from "../../../domain/profile-draft.js";
import type { DocumentKey } from "../../store.js";
import { createPayloadReader } from "../stored-json.js";
import type { Report } from "./problem.js";

export function checkDocuments(db: Database, rules: Rules, report: Report): void {
  const payloads = createPayloadReader();
  const profileExists = db.prepare<[string, string]>(
    "SELECT 1 FROM profiles WHERE registry_slug = ? AND slug = ?",
  );
  const registries = db.prepare<[], { registry: string; payload: string }>(
    "SELECT slug AS registry, payload_json AS payload FROM profile_registries ORDER BY slug",
  );
  for (const { registry, payload } of registries.iterate()) {
    const key = { registry };
    checkSlug(key, registry, "registry slug", report);
    const document = readable(key, report, () => payloads.registry(registry, payload));
    if (document === undefined) continue;
    reportViolations(key, report, () => draftRegistry(registry, undefined, inputOf(document), rules.limits));
    const { default_profile_slug: chosen } = document;
    if (chosen !== undefined && profileExists.get(registry, chosen) === undefined)
      report({ ...key, problem: `its default profile "${chosen}" does not exist` });
  }

  const registryExists = db.prepare<[string]>("SELECT 1 FROM profile_registries WHERE slug = ?");
  const profiles = db.prepare<[], { registry: string; profile: string; version: number; payload: string }>(
    `SELECT registry_slug AS registry, slug AS profile, version, payload_json AS payload
     FROM profiles ORDER BY registry_slug, slug`,
  );
  for (const { registry, profile, version, payload } of profiles.iterate()) {
    const key = { registry, profile };
    checkSlug(key, profile, "profile slug", report);
    if (registryExists.get(registry) === undefined)
      report({ ...key, problem: "its registry does not exist" });
    const document = readable(key, report, () => payloads.profile(registry, profile, payload));
    if (document === undefined) continue;
    if (document.metadata.version !== version)
      report({
        ...key,
        problem: `its row has version ${version}, its document ${document.metadata.version}`,
      });
    reportViolations(key, report, () => draftProfile(profile, undefined, inputOf(document), rules));
  }
}

/** A stored document as the input of a write: nothing is redacted in it, and configs are in their slots. */
function inputOf<T extends Profile | Registry>(document: T): T & { tags?: string[] } {
  const { tags } = document.metadata;
  return { ...document, ...(tags === undefined ? {} : { tags }) };
}

export function checkSlug(key: DocumentKey, slug: string, label: SlugLabel, report: Report): void {
  const parsed = parseSlug(slug, label);
  if (!parsed.ok) report({ ...key, problem: parsed.reason });
  else if (parsed.value !== slug) report({ ...key, problem: `${label} "${slug}" is not normalized` });
}

export function readable<T>(key: DocumentKey, report: Report, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    // The parser quotes what it has read, and that may be a secret.
    const reason = error.cause instanceof SyntaxError ? "it is no JSON" : (error.cause as Error).message;
    report({ ...key, problem: `the stored document cannot be read: ${reason}` });
    return undefined;
  }
}

function reportViolations(key: DocumentKey, report: Report, draft: () => unknown): void {
  try {
    draft();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    for (const { field, reason } of error.violations) report({ ...key, problem: `${field}: ${reason}` });
  }
}
