/** Profiles of a registry as they were at a revision, in steps that cost the same in a registry of any size (spec 6.2). */
import type { Database } from "better-sqlite3";
import type { ChangeDetector } from "./changes.js";

export interface ProfileStep {
  slug: string;
  /** Null where nothing is to be listed: it was deleted then, or is not what was asked for. */
  payload_json: string | null;
}

interface Step {
  registry: string;
  at: number;
  after: string;
  tag: string | null;
  text: string | null;
  /** How many names to look at. */
  scan: number;
}

/** Null where the document has not the tag or not the text. One that is no JSON has neither, but for its slug. */
const ifAskedFor = `CASE
  WHEN @tag IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM json_each(CASE WHEN json_valid(payload_json) THEN payload_json END, '$.metadata.tags')
    WHERE value = @tag) THEN NULL
  WHEN @text IS NOT NULL AND instr(lower(slug), @text) = 0 AND NOT (json_valid(payload_json) AND (
    instr(lower(coalesce(payload_json ->> '$.display_name', '')), @text) > 0
    OR instr(lower(coalesce(payload_json ->> '$.description', '')), @text) > 0)) THEN NULL
  ELSE payload_json END AS payload_json`;

/** The rows as they are: for a registry in which nothing was written since. */
export const PROFILES_NOW = `
  SELECT slug, ${ifAskedFor} FROM profiles
  WHERE registry_slug = @registry AND slug > @after ORDER BY slug LIMIT @scan`;

/** Two seeks, however many versions the log has of a name. */
const nextName = (after: string): string => `(
  SELECT min(slug) FROM (
    SELECT min(slug) AS slug FROM profiles WHERE registry_slug = @registry AND slug > ${after}
    UNION ALL SELECT min(profile_slug) FROM log WHERE registry_slug = @registry AND profile_slug > ${after}))`;

/** Rows written since are replaced by what the log says they were; each name leads to the next. */
export const PROFILES_THEN = `
  WITH RECURSIVE names (slug) AS (
    SELECT ${nextName("@after")}
    UNION ALL SELECT ${nextName("names.slug")} FROM names WHERE names.slug IS NOT NULL
    LIMIT @scan
  ),
  documents AS MATERIALIZED (
    SELECT names.slug, CASE
      WHEN profiles.revision <= @at THEN profiles.payload_json
      WHEN (SELECT max(revision) FROM log WHERE registry_slug = @registry AND profile_slug = names.slug) > @at THEN (
        SELECT log.payload_json FROM log
        WHERE log.registry_slug = @registry AND log.profile_slug = names.slug AND log.revision <= @at
        ORDER BY log.revision DESC LIMIT 1) END AS payload_json
    FROM names LEFT JOIN profiles ON profiles.registry_slug = @registry AND profiles.slug = names.slug
    WHERE names.slug IS NOT NULL
  )
  SELECT slug, ${ifAskedFor} FROM documents ORDER BY slug`;

/** Returns a function for one step: the next `scan` names, or fewer at the end. It must run in a transaction. */
export function createProfileSteps(db: Database, changes: ChangeDetector): (step: Step) => ProfileStep[] {
  const now = db.prepare<[Step], ProfileStep>(PROFILES_NOW);
  const then = db.prepare<[Step], ProfileStep>(PROFILES_THEN);
  return (step) => (changes.revision() <= step.at ? now : then).all(step);
}
