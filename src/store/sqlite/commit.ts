/** Applying a commit inside a write transaction: expectations, documents, versions, log (spec 2.1, 6.2). */
import type { Database } from "better-sqlite3";
import type { Metadata, Registry } from "../../domain/document.js";
import type { Change, Commit, Committed, Conflict, DocumentKey, Expectation } from "../store.js";
import type { IdempotencyKeys } from "./idempotency-keys.js";
import type { Sequence } from "./packed.js";
import type { RolloutRows } from "./rollout-rows.js";
import type { PayloadReader } from "./stored-json.js";

/** The `profile_slug` under which `last_versions` keeps a registry's own version: no profile can be named so. */
const REGISTRY_ITSELF = "";

export type AppliedCommit = Omit<Commit, "expect" | "changes"> & {
  expect: Sequence<Expectation>;
  changes: Sequence<Change>;
};

/**
 * Returns a function that applies a commit, whole or, where an expectation does not hold, not at all: in a transaction, or,
 * inside of one, in a savepoint. `tried` is called at the end of a dry run, when the database shows for a moment what it
 * would be.
 */
export function createCommitter(
  db: Database,
  payloads: PayloadReader,
  keys: IdempotencyKeys,
  rollouts: RolloutRows,
  tried?: () => void,
): (commit: AppliedCommit) => Committed | Conflict {
  const sql = prepareStatements(db);

  const versionOf = ({ registry, profile, mode }: DocumentKey): number => {
    if (mode !== undefined) return rollouts.versionOf(registry, mode);
    if (profile !== undefined) return sql.profileVersion.get(registry, profile) ?? 0;
    const row = sql.registryVersion.get(registry);
    // Of a document that cannot be read, what is remembered.
    return row === undefined ? 0 : (row.version ?? lastVersion(registry, REGISTRY_ITSELF));
  };
  const lastVersion = (registry: string, profile: string): number =>
    sql.lastVersion.get(registry, profile) ?? 0;
  const holds = ({ version }: Expectation, actual: number): boolean =>
    version === "exists" ? actual > 0 : actual === version;

  const apply = db.transaction((commit: AppliedCommit): Committed | Conflict => {
    const first = sql.lastRevision.get()! + 1;
    if (commit.remember !== undefined && keys.recall(commit.remember.key, commit.timeMs) !== undefined) {
      return { committed: false };
    }
    for (const expectation of commit.expect) {
      const actual = versionOf(expectation);
      if (!holds(expectation, actual)) return { committed: false, expectation, actual };
    }
    const commitRevision = first + commit.changes.length - 1;
    const registries = new Map<string, Registry>();
    const moved = moveRegistries(commit, registries);
    const versions: number[] = [];
    for (const change of commit.changes) {
      const registryVersion = moved.get(registryOf(change)) ?? unmovedVersion(registryOf(change));
      const revision = first + versions.length;
      const written = applyChange(change, commit.timeMs, revision, registryVersion, registries);
      sql.appendLog.run({
        revision,
        commitRevision,
        timeMs: commit.timeMs,
        actor: commit.actor,
        source: commit.source,
        operation: change.operation,
        registryVersion,
        mode: null,
        details: null,
        ...written,
      });
      versions.push(written.version);
    }
    const committed: Committed = {
      committed: true,
      revision: commitRevision,
      versions,
      registries: [...registries.values()],
    };
    if (commit.remember !== undefined) keys.remember({ ...commit.remember, committed }, commit.timeMs);
    if (commit.dryRun) {
      tried?.();
      throw new DryRun({ ...committed, revision: first - 1 });
    }
    return committed;
  });

  /** Of a registry that the commit changes nothing of but rollouts. */
  const unmovedVersion = (registry: string): number => {
    const version = versionOf({ registry });
    if (version === 0)
      throw new TypeError(`a commit changes rollouts of registry "${registry}", which does not exist`);
    return version;
  };

  /** Every registry with a change moves by one version; those that no change writes themselves are written here. */
  const moveRegistries = (commit: AppliedCommit, registries: Map<string, Registry>): Map<string, number> => {
    const [touched, written, deleted] = [new Set<string>(), new Set<string>(), new Set<string>()];
    for (const change of commit.changes) {
      const registry = registryOf(change);
      if ("deleteRegistry" in change) deleted.add(registry);
      else if (!isInsideRegistry(change)) written.add(registry);
      if (!isRolloutChange(change)) touched.add(registry);
    }
    const moved = new Map<string, number>();
    for (const registry of touched) {
      const last = lastVersion(registry, REGISTRY_ITSELF);
      // A delete gives no version, of a registry neither; one that the same commit writes moves all the same.
      if (deleted.has(registry) && !written.has(registry)) {
        moved.set(registry, last);
        continue;
      }
      moved.set(registry, last + 1);
      sql.setLastVersion.run(registry, REGISTRY_ITSELF, last + 1);
      if (!written.has(registry)) registries.set(registry, touchRegistry(registry, last + 1, commit));
    }
    return moved;
  };

  const touchRegistry = (slug: string, version: number, { timeMs, actor }: AppliedCommit): Registry => {
    const row = sql.registryRow.get(slug);
    if (row === undefined)
      throw new TypeError(`a commit changes profiles of registry "${slug}", which does not exist`);
    const stored = payloads.registry(slug, row.payload_json);
    return putRegistry({
      ...stored,
      metadata: { ...stored.metadata, version, updated_at_ms: timeMs, updated_by: actor },
    });
  };

  /** Operators watch the time move (spec 6.2): two writes within a millisecond must show. */
  const putRegistry = (registry: Registry): Registry => {
    const before = sql.registryRow.get(registry.slug)?.updated_at_ms ?? 0;
    const at = Math.max(registry.metadata.updated_at_ms, before + 1);
    const written = { ...registry, metadata: { ...registry.metadata, updated_at_ms: at } };
    sql.putRegistry.run(registry.slug, JSON.stringify(written), at);
    return written;
  };

  const applyChange = (
    change: Change,
    timeMs: number,
    revision: number,
    registryVersion: number,
    registries: Map<string, Registry>,
  ): LoggedDocument => {
    if ("profile" in change) {
      const { registry, profile } = change;
      const version = lastVersion(registry, profile.slug) + 1;
      const payload = JSON.stringify({ ...profile, metadata: stamped(profile.metadata, version) });
      sql.setLastVersion.run(registry, profile.slug, version);
      sql.putProfile.run({ registry, slug: profile.slug, version, revision, payload, timeMs });
      return { registry, profile: profile.slug, version, payload };
    }
    if ("deleteProfile" in change) {
      const { registry, deleteProfile: slug } = change;
      sql.deleteProfile.run(registry, slug);
      return { registry, profile: slug, version: lastVersion(registry, slug), payload: null };
    }
    if ("rollout" in change) {
      const { registry, rollout, onFirst, details } = change;
      const isFirst = rollouts.lastVersion(registry, rollout.mode) === 0;
      const { version, payload } = rollouts.put(isFirst ? { ...rollout, ...onFirst } : rollout, timeMs);
      return {
        registry,
        profile: null,
        version,
        payload,
        mode: rollout.mode,
        ...(details ? { details: JSON.stringify(details) } : {}),
      };
    }
    if ("deleteRollout" in change) {
      const { registry, deleteRollout: mode } = change;
      rollouts.delete(registry, mode);
      return {
        registry,
        profile: null,
        version: rollouts.lastVersion(registry, mode),
        payload: null,
        mode,
      };
    }
    if ("deleteRegistry" in change) {
      // Whatever the commit has not named: no registry that comes to be later may find it.
      rollouts.deleteAll(change.deleteRegistry);
      sql.deleteRegistry.run(change.deleteRegistry);
      registries.delete(change.deleteRegistry);
      return { registry: change.deleteRegistry, profile: null, version: registryVersion, payload: null };
    }
    const written = putRegistry({
      ...change.registry,
      metadata: stamped(change.registry.metadata, registryVersion),
    });
    registries.set(written.slug, written);
    return {
      registry: written.slug,
      profile: null,
      version: registryVersion,
      payload: JSON.stringify(written),
    };
  };

  return (commit) => {
    try {
      return apply.immediate(commit);
    } catch (thrown) {
      if (thrown instanceof DryRun) return thrown.outcome;
      throw thrown;
    }
  };
}

/** Thrown out of the transaction, which is rolled back for it. */
class DryRun {
  constructor(readonly outcome: Committed) {}
}

/** Whole stored documents pass as unversioned ones: the version that they bring along does not count. */
function stamped(metadata: Omit<Metadata, "version">, version: number): Metadata {
  return Object.assign({ version }, metadata, { version });
}

interface LoggedDocument {
  registry: string;
  profile: string | null;
  version: number;
  payload: string | null;
  mode?: string;
  details?: string;
}

function isRolloutChange(change: Change): boolean {
  return "rollout" in change || "deleteRollout" in change;
}

/** Whether it changes something of a registry and not the registry itself. */
function isInsideRegistry(change: Change): boolean {
  return "profile" in change || "deleteProfile" in change || isRolloutChange(change);
}

export function registryOf(change: Change): string {
  if ("deleteRegistry" in change) return change.deleteRegistry;
  return typeof change.registry === "string" ? change.registry : change.registry.slug;
}

function prepareStatements(db: Database) {
  return {
    lastRevision: db.prepare("SELECT coalesce(max(revision), 0) FROM log").pluck() as Plucked<[], number>,
    profileVersion: db
      .prepare<[string, string], number>("SELECT version FROM profiles WHERE registry_slug = ? AND slug = ?")
      .pluck() as Plucked<[string, string], number>,
    // Not the last version: a restore may have brought an earlier one back.
    registryVersion: db.prepare<[string], { version: number | null }>(
      `SELECT CASE WHEN json_valid(payload_json) THEN payload_json ->> '$.metadata.version' END AS version
       FROM profile_registries WHERE slug = ?`,
    ),
    registryRow: db.prepare<[string], { payload_json: string; updated_at_ms: number }>(
      "SELECT payload_json, updated_at_ms FROM profile_registries WHERE slug = ?",
    ),
    lastVersion: db
      .prepare("SELECT version FROM last_versions WHERE registry_slug = ? AND profile_slug = ?")
      .pluck() as Plucked<[string, string], number>,
    setLastVersion: db.prepare<[string, string, number]>(
      `INSERT INTO last_versions (registry_slug, profile_slug, version) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET version = excluded.version`,
    ),
    putRegistry: db.prepare<[string, string, number]>(
      `INSERT INTO profile_registries (slug, payload_json, updated_at_ms) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET payload_json = excluded.payload_json, updated_at_ms = excluded.updated_at_ms`,
    ),
    deleteRegistry: db.prepare<[string]>("DELETE FROM profile_registries WHERE slug = ?"),
    putProfile: db.prepare(
      `INSERT INTO profiles (registry_slug, slug, version, revision, payload_json, updated_at_ms)
       VALUES (@registry, @slug, @version, @revision, @payload, @timeMs)
       ON CONFLICT DO UPDATE SET version = excluded.version, revision = excluded.revision,
         payload_json = excluded.payload_json, updated_at_ms = excluded.updated_at_ms`,
    ),
    deleteProfile: db.prepare<[string, string]>("DELETE FROM profiles WHERE registry_slug = ? AND slug = ?"),
    appendLog: db.prepare(
      `INSERT INTO log (revision, commit_revision, time_ms, actor, source, operation,
         registry_slug, profile_slug, mode, version, registry_version, payload_json, details_json)
       VALUES (@revision, @commitRevision, @timeMs, @actor, @source, @operation,
         @registry, @profile, @mode, @version, @registryVersion, @payload, @details)`,
    ),
  };
}

/** A statement that returns the first column; the typings of `pluck()` keep the row's type instead. */
interface Plucked<Parameters extends unknown[], Value> {
  get(...parameters: Parameters): Value | undefined;
}
