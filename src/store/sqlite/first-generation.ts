/**
 * Upgrading a database of the first generation: one table, a row per registry, its profiles inside (spec 6.2). All in one
 * transaction, so that a process that is killed leaves the old database, and of several that start together one upgrades.
 */
import { rmSync } from "node:fs";
import type { Database } from "better-sqlite3";
import type { Catalog } from "../../domain/catalog.js";
import type { Registry } from "../../domain/document.js";
import type { DocumentKey } from "../store.js";
import { copyBeside } from "./first-generation-backup.js";
import {
  type UpgradedProfile,
  type UpgradedRegistry,
  upgradeRegistry,
} from "./first-generation-documents.js";
import { applyMigrations, isFirstGeneration } from "./migrations.js";

export interface UpgradeOptions {
  /** Absolute. */
  path: string;
  /** The path, for messages. */
  name: string;
  /** Judges configs; without one they are moved as they are. */
  catalog: Catalog | undefined;
  nowMs: number;
}

export interface Upgrade {
  /** For the operator, a line each: where the database is kept as it was, and what needs a look. */
  lines: string[];
  /** Kept as they were. */
  unreadable: DocumentKey[];
}

const OLD_TABLE = "first_generation";

/** Undefined where another process has done it. Throws SqliteError, also for a lock that another process holds. */
export function upgradeFirstGeneration(db: Database, options: UpgradeOptions): Upgrade | undefined {
  let backup: string | undefined;
  try {
    return db
      .transaction(() => {
        if (!isFirstGeneration(db)) return undefined;
        backup = copyBeside(options.path, options.nowMs);
        return upgrade(db, options, backup);
      })
      .immediate();
  } catch (error) {
    // The next try makes its own: a disk that is full is not to be filled with copies.
    if (backup !== undefined && isUnchanged(db)) rmSync(backup, { force: true });
    throw error;
  }
}

/** Not where a failing disk leaves it open. */
function isUnchanged(db: Database): boolean {
  try {
    return isFirstGeneration(db);
  } catch {
    return false;
  }
}

interface OldRow {
  slug: string;
  payload_json: string | Buffer;
  updated_at_ms: number;
}

function upgrade(db: Database, { name, catalog, nowMs }: UpgradeOptions, backup: string): Upgrade {
  db.exec(`ALTER TABLE profile_registries RENAME TO ${OLD_TABLE}`);
  applyMigrations(db, 0, nowMs);
  const writer = createWriter(db, nowMs);
  const lines = [`${name} was upgraded from the first generation; as it was it is kept in ${backup}`];
  const unreadable: DocumentKey[] = [];
  const keep = (key: DocumentKey, reason: string): void => {
    unreadable.push(key);
    lines.push(`${name}: ${describe(key)} cannot be read, and is kept as it is: ${reason}`);
  };
  const nameless = db
    .prepare(
      `INSERT INTO profile_registries SELECT slug, payload_json, updated_at_ms FROM ${OLD_TABLE} WHERE typeof(slug) <> 'text'`,
    )
    .run().changes;
  if (nameless > 0) lines.push(`${name}: ${nameless} rows without a slug are kept as they are`);
  const slugs = db
    .prepare<[], { slug: string }>(`SELECT slug FROM ${OLD_TABLE} WHERE typeof(slug) = 'text' ORDER BY slug`)
    .all();
  // One at a time: a row may hold very many profiles.
  const find = db.prepare<[string], OldRow>(`SELECT * FROM ${OLD_TABLE} WHERE slug = ?`);
  for (const { slug: registry } of slugs) {
    const row = find.get(registry)!;
    const upgraded = readRow(row, catalog, nowMs);
    if ("reason" in upgraded) {
      writer.keepRegistry(row);
      keep({ registry }, upgraded.reason);
      continue;
    }
    writer.registry(upgraded.registry);
    for (const note of upgraded.notes) lines.push(`${name}: ${describe({ registry })}: ${note}`);
    for (const found of upgraded.profiles) {
      const key = { registry, profile: found.slug };
      writer.profile(upgraded.registry, found);
      if ("reason" in found) keep(key, found.reason);
      else for (const note of found.notes) lines.push(`${name}: ${describe(key)}: ${note}`);
    }
  }
  writer.end();
  db.exec(`DROP TABLE ${OLD_TABLE}`);
  return { lines, unreadable };
}

function readRow(
  { slug, payload_json, updated_at_ms: writtenAt }: OldRow,
  catalog: Catalog | undefined,
  nowMs: number,
): UpgradedRegistry | { reason: string } {
  try {
    const timeMs = Number.isSafeInteger(writtenAt) && writtenAt > 0 ? writtenAt : nowMs;
    const upgraded = upgradeRegistry(slug, payload_json.toString(), { catalog, timeMs });
    const { metadata } = upgraded.registry;
    // The row's time moved with the profiles too, as the registry's own does now.
    metadata.updated_at_ms = Math.max(metadata.updated_at_ms, timeMs);
    return upgraded;
  } catch (error) {
    return { reason: (error as Error).message };
  }
}

/** Rows, last versions and log entries, also of what cannot be read, so that nothing takes its place unseen. */
function createWriter(db: Database, nowMs: number) {
  const putRegistry = db.prepare("INSERT INTO profile_registries VALUES (?, ?, ?)");
  const putProfile = db.prepare(
    `INSERT INTO profiles (registry_slug, slug, version, revision, payload_json, updated_at_ms)
     VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const putVersion = db.prepare("INSERT INTO last_versions VALUES (?, ?, ?)");
  const putLog = db.prepare(
    `INSERT INTO log (revision, commit_revision, time_ms, actor, source, operation,
       registry_slug, profile_slug, version, registry_version, payload_json)
     VALUES (@revision, 0, ${nowMs}, 'anonymous', 'upgrade', @operation,
       @registry, @profile, @version, @registryVersion, @payload)`,
  );
  let revision = 0;
  const log = (
    registry: string,
    profile: string | null,
    version: number,
    registryVersion: number,
    payload: string,
  ) => {
    revision += 1;
    const operation = profile === null ? "create_registry" : "create_profile";
    putLog.run({ revision, operation, registry, profile, version, registryVersion, payload });
    // A profile without a name, which no write can mean, would stand for the registry itself.
    if (profile !== "") putVersion.run(registry, profile ?? "", version);
  };
  return {
    registry(registry: Registry): void {
      const { slug, metadata } = registry;
      const payload = JSON.stringify(registry);
      putRegistry.run(slug, payload, metadata.updated_at_ms);
      log(slug, null, metadata.version, metadata.version, payload);
    },
    keepRegistry({ slug, payload_json, updated_at_ms }: OldRow): void {
      putRegistry.run(slug, payload_json, updated_at_ms);
      const version = keptVersion(payload_json.toString());
      log(slug, null, version, version, payload_json.toString());
    },
    profile({ slug: registry, metadata }: Registry, found: UpgradedProfile): void {
      const payload = "payload" in found ? found.payload : JSON.stringify(found.profile);
      const { version, updated_at_ms: at } =
        "payload" in found
          ? { version: keptVersion(found.payload), updated_at_ms: metadata.updated_at_ms }
          : found.profile.metadata;
      putProfile.run(registry, found.slug, version, revision + 1, payload, at);
      log(registry, found.slug, version, metadata.version, payload);
    },
    /** All are of one commit. */
    end(): void {
      db.prepare("UPDATE log SET commit_revision = ?").run(revision);
    },
  };
}

/** Of what cannot be read as a document: its version if it says one, else 1. */
function keptVersion(payload: string): number {
  try {
    const { metadata } = JSON.parse(payload) as { metadata: { version: unknown } };
    return Number.isSafeInteger(metadata.version) && Number(metadata.version) > 0
      ? Number(metadata.version)
      : 1;
  } catch {
    return 1;
  }
}

function describe({ registry, profile }: DocumentKey): string {
  return profile === undefined ? `registry "${registry}"` : `profile "${profile}" of registry "${registry}"`;
}
