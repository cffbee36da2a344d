/** Rollouts as rows: read with their registry, written in the transaction of a commit (spec 5.5). */
import type { Database } from "better-sqlite3";
import type { Rollout } from "../../domain/rollout.js";
import { orUnreadable, type PayloadReader } from "./stored-json.js";

export interface RolloutRows {
  /** By mode; those that cannot be read are reported, and left out. */
  ofRegistry(registry: string): Rollout[];
  /** Throws `data_loss`. */
  one(registry: string, mode: string): Rollout | undefined;
  /** 0 where there is none, and of one that cannot be read: it is written anew. */
  versionOf(registry: string, mode: string): number;
  /** The last one ever; 0 where there never was one. */
  lastVersion(registry: string, mode: string): number;
  /** Gives it its version, which is returned with the payload. */
  put(rollout: Omit<Rollout, "version">, timeMs: number): { version: number; payload: string };
  delete(registry: string, mode: string): void;
  deleteAll(registry: string): void;
}

export function createRolloutRows(db: Database, payloads: PayloadReader): RolloutRows {
  const ofRegistry = db.prepare<[string], { mode: string; payload_json: string }>(
    "SELECT mode, payload_json FROM rollouts WHERE registry_slug = ? ORDER BY mode",
  );
  const find = db.prepare<[string, string], { payload_json: string }>(
    "SELECT payload_json FROM rollouts WHERE registry_slug = ? AND mode = ?",
  );
  const lastVersion = db.prepare<[string, string], { version: number }>(
    "SELECT version FROM rollout_versions WHERE registry_slug = ? AND mode = ?",
  );
  const setLastVersion = db.prepare<[string, string, number]>(
    `INSERT INTO rollout_versions (registry_slug, mode, version) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET version = excluded.version`,
  );
  const put = db.prepare<[string, string, number, string, number]>(
    `INSERT INTO rollouts (registry_slug, mode, version, payload_json, updated_at_ms) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET version = excluded.version, payload_json = excluded.payload_json,
       updated_at_ms = excluded.updated_at_ms`,
  );
  const remove = db.prepare<[string, string]>("DELETE FROM rollouts WHERE registry_slug = ? AND mode = ?");
  const removeAll = db.prepare<[string]>("DELETE FROM rollouts WHERE registry_slug = ?");
  const one = (registry: string, mode: string): Rollout | undefined => {
    const row = find.get(registry, mode);
    return row && payloads.rollout(registry, mode, row.payload_json);
  };
  const lastVersionOf = (registry: string, mode: string): number =>
    lastVersion.get(registry, mode)?.version ?? 0;
  return {
    ofRegistry: (registry) =>
      ofRegistry.all(registry).flatMap(({ mode, payload_json: payload }) => {
        const rollout = orUnreadable(() => payloads.rollout(registry, mode, payload));
        return rollout === undefined ? [] : [rollout];
      }),
    one,
    versionOf: (registry, mode) => orUnreadable(() => one(registry, mode))?.version ?? 0,
    lastVersion: lastVersionOf,
    put(rollout, timeMs) {
      const { registry, mode } = rollout;
      const version = lastVersionOf(registry, mode) + 1;
      const payload = JSON.stringify({ ...rollout, version });
      setLastVersion.run(registry, mode, version);
      put.run(registry, mode, version, payload, timeMs);
      return { version, payload };
    },
    delete: (registry, mode) => {
      remove.run(registry, mode);
    },
    deleteAll: (registry) => {
      removeAll.run(registry);
    },
  };
}
