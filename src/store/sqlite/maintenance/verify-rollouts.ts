/** Rollouts: each on its own, against the declarations of its registry, and against the log (spec 5.5). */
import type { Database } from "better-sqlite3";
import type { Registry } from "../../../domain/document.js";
import type { Violation } from "../../../domain/errors.js";
import { modesOf } from "../../../domain/processing-modes.js";
import type { Rollout } from "../../../domain/rollout.js";
import { draftRollout } from "../../../domain/rollout-draft.js";
import { createPayloadReader, orUnreadable } from "../stored-json.js";
import type { Report } from "./problem.js";
import { checkSlug, readable } from "./verify-documents.js";

interface Row {
  registry: string;
  mode: string;
  version: number;
  payload: string;
}

const ROWS = `SELECT registry_slug AS registry, mode, version, payload_json AS payload
  FROM rollouts ORDER BY registry_slug, mode`;

export function checkRollouts(db: Database, report: Report): void {
  const payloads = createPayloadReader();
  const registryRow = db.prepare<[string], { payload: string }>(
    "SELECT payload_json AS payload FROM profile_registries WHERE slug = ?",
  );
  const exists = db.prepare<[string, string]>("SELECT 1 FROM rollouts WHERE registry_slug = ? AND mode = ?");
  for (const { registry, mode, version, payload } of db.prepare<[], Row>(ROWS).iterate()) {
    const key = { registry, mode };
    checkSlug(key, mode, "processing mode", report);
    const owner = registryRow.get(registry);
    if (owner === undefined) report({ ...key, problem: "its registry does not exist" });
    else if (declares(owner.payload, registry, mode) === false)
      report({ ...key, problem: "its registry does not declare the mode" });
    const rollout = readable(key, report, () => payloads.rollout(registry, mode, payload));
    if (rollout === undefined) continue;
    if (rollout.version !== version)
      report({ ...key, problem: `its row has version ${version}, its document ${rollout.version}` });
    for (const { field, reason } of violationsOf(rollout)) report({ ...key, problem: `${field}: ${reason}` });
  }
  const registries = db.prepare<[], { registry: string; payload: string }>(
    "SELECT slug AS registry, payload_json AS payload FROM profile_registries ORDER BY slug",
  );
  for (const { registry, payload } of registries.iterate()) {
    const declaring = readRegistry(registry, payload);
    for (const mode of declaring === undefined ? [] : modesOf(declaring).keys()) {
      if (exists.get(registry, mode) === undefined)
        report({ registry, mode, problem: "the mode is declared and has no rollout: it counts as off" });
    }
  }

  /** Undefined where the registry cannot be read, which is reported where documents are. */
  function declares(payload: string, registry: string, mode: string): boolean | undefined {
    const declaring = readRegistry(registry, payload);
    return declaring && modesOf(declaring).has(mode);
  }

  function readRegistry(registry: string, payload: string): Registry | undefined {
    return orUnreadable(() => payloads.registry(registry, payload));
  }
}

/** What a write of the same content would be refused for. */
function violationsOf(rollout: Rollout): Violation[] {
  const violations: Violation[] = [];
  draftRollout(rollout, rollout, rollout.stage_since_ms, violations);
  return violations;
}

interface Entry {
  registry: string;
  mode: string;
  revision: number;
  version: number;
  payload: string | null;
  /** Whether all of it that is JSON can be read as such. */
  valid: 0 | 1;
}

/** In the order of the index: rollout by rollout, each from its first entry to its last. */
export const ENTRIES_BY_ROLLOUT = `
  SELECT registry_slug AS registry, mode, revision, version, payload_json AS payload,
    coalesce(json_valid(payload_json), 1) AND coalesce(json_valid(details_json), 1) AS valid
  FROM log WHERE mode IS NOT NULL ORDER BY registry_slug, mode, revision`;

export function checkRolloutLog(db: Database, report: Report): void {
  const againstRow = createRowCheck(db, report);
  const earlier = db.prepare<[Entry]>(
    `SELECT 1 FROM log WHERE registry_slug = @registry AND mode = @mode AND version = @version
       AND revision < @revision AND payload_json <> @payload LIMIT 1`,
  );
  let last: Entry | undefined;
  let highest = 0;
  for (const entry of db.prepare<[], Entry>(ENTRIES_BY_ROLLOUT).iterate()) {
    const { registry, mode, revision, version } = entry;
    if (last !== undefined && (registry !== last.registry || mode !== last.mode)) {
      againstRow(last, highest);
      highest = 0;
    }
    const key = { registry, mode };
    if (!entry.valid) report({ ...key, problem: `the log entry of revision ${revision} is no JSON` });
    // A version comes again with a delete, and with a restore, which brings the same rollout.
    if (entry.payload !== null && version <= highest && earlier.get(entry) !== undefined)
      report({ ...key, problem: `the log has two documents of version ${version}` });
    highest = Math.max(highest, version);
    last = entry;
  }
  if (last !== undefined) againstRow(last, highest);

  const unlogged = db.prepare<[], { registry: string; mode: string }>(
    `SELECT registry_slug AS registry, mode FROM rollouts
     WHERE NOT EXISTS (SELECT 1 FROM log WHERE registry_slug = rollouts.registry_slug AND log.mode = rollouts.mode)`,
  );
  for (const key of unlogged.iterate())
    report({ ...key, problem: "it is stored, and the log has no entry of it" });
}

function createRowCheck(db: Database, report: Report): (last: Entry, highest: number) => void {
  const rowOf = db.prepare<[Entry], { version: number; payload: string }>(
    "SELECT version, payload_json AS payload FROM rollouts WHERE registry_slug = @registry AND mode = @mode",
  );
  const counterOf = db.prepare<[Entry], { version: number }>(
    "SELECT version FROM rollout_versions WHERE registry_slug = @registry AND mode = @mode",
  );
  // A program from before rollouts deletes a registry, and says nothing of what goes with it.
  const endedWithRegistry = db.prepare<[Entry]>(
    `SELECT 1 FROM log WHERE registry_slug = @registry AND profile_slug IS NULL AND mode IS NULL
       AND payload_json IS NULL AND revision > @revision LIMIT 1`,
  );
  return (last, highest) => {
    const { registry, mode, revision, version, payload } = last;
    const tell = (problem: string): void => report({ registry, mode, problem });
    const counter = counterOf.get(last)?.version ?? 0;
    if (counter < highest) tell(`version ${highest} was given, but the last version is kept as ${counter}`);
    const row = rowOf.get(last);
    if (row === undefined) {
      if (payload !== null && endedWithRegistry.get(last) === undefined)
        tell(`it is not stored, but the log says nothing of a delete (revision ${revision})`);
    } else if (payload === null) {
      tell(`it is stored, but deleted in the log (revision ${revision})`);
    } else if (row.version !== version) {
      tell(`it is stored with version ${row.version}; the log ends with ${version} (revision ${revision})`);
    } else if (row.payload !== payload) {
      tell(`it is stored otherwise than the log says (revision ${revision})`);
    }
  };
}
