/** Whether a file holds together: its documents, its versions and its log, without a word from any client (spec 2.1, 6.2). */
import { isDeepStrictEqual } from "node:util";
import type { Database } from "better-sqlite3";

interface LogRow {
  revision: number;
  commit_revision: number;
  time_ms: number;
  actor: string;
  source: string;
  registry_slug: string;
  profile_slug: string | null;
  operation: string;
  version: number;
  registry_version: number;
  payload_json: string | null;
}

interface RegistryDocument {
  slug: string;
  default_profile_slug?: string;
  metadata: { version: number; updated_at_ms: number; updated_by: string };
}

interface ProfileRow {
  registry_slug: string;
  slug: string;
  version: number;
  revision: number;
  payload_json: string;
}

/** Must run in a transaction. Nothing where all is well. */
export function faultsIn(db: Database): string[] {
  const log = db.prepare<[], LogRow>("SELECT * FROM log ORDER BY revision").all();
  return [...pageFaults(db), ...commitFaults(log), ...versionFaults(log), ...documentFaults(db, log)];
}

function pageFaults(db: Database): string[] {
  const integrity = db.pragma("integrity_check") as { integrity_check: string }[];
  const foreignKeys = db.pragma("foreign_key_check") as object[];
  return [
    ...integrity.map((row) => row.integrity_check).filter((text) => text !== "ok"),
    ...foreignKeys.map((row) => `foreign key: ${JSON.stringify(row)}`),
  ];
}

/** Revisions without gaps, commits whole and of one request. */
function commitFaults(log: readonly LogRow[]): string[] {
  const faults: string[] = [];
  for (const [i, row] of log.entries()) {
    const next = log[i + 1];
    if (row.revision !== i + 1) faults.push(`revision ${row.revision} at place ${i + 1}`);
    if (row.commit_revision < row.revision) faults.push(`revision ${row.revision} is of an earlier commit`);
    if (next === undefined || next.commit_revision !== row.commit_revision) {
      if (row.commit_revision !== row.revision) faults.push(`commit ${row.commit_revision} is half there`);
    } else if (!isDeepStrictEqual(requestOf(row), requestOf(next))) {
      faults.push(`commit ${row.commit_revision} is of two requests`);
    }
  }
  return faults;
}

function requestOf({ time_ms, actor, source }: LogRow): object {
  return { time_ms, actor, source };
}

/** Every document counts up by one with every request that changes it, a registry also with its profiles; deletes do not count. */
function versionFaults(log: readonly LogRow[]): string[] {
  const faults: string[] = [];
  const deletes = new Set(
    log
      .filter((row) => row.profile_slug === null && row.payload_json === null)
      .map((row) => `${row.commit_revision} ${row.registry_slug}`),
  );
  const profiles = new Map<string, number>();
  const registries = new Map<string, { version: number; commit: number }>();
  for (const row of log) {
    const {
      revision,
      registry_slug: registry,
      profile_slug: profile,
      version,
      commit_revision: commit,
    } = row;
    const before = registries.get(registry) ?? { version: 0, commit: 0 };
    const stays = before.commit === commit || deletes.has(`${commit} ${registry}`);
    const moved = stays ? before.version : before.version + 1;
    if (row.registry_version !== moved)
      faults.push(`revision ${revision}: registry version ${row.registry_version} instead of ${moved}`);
    registries.set(registry, { version: row.registry_version, commit });
    const key = `${registry}/${profile}`;
    const last = profiles.get(key) ?? 0;
    const expected = profile === null ? moved : row.payload_json === null ? last : last + 1;
    if (version !== expected) faults.push(`revision ${revision}: version ${version} instead of ${expected}`);
    profiles.set(key, version);
  }
  return faults;
}

/** What is stored is what the log says last. */
function documentFaults(db: Database, log: readonly LogRow[]): string[] {
  const faults: string[] = [];
  const lastOf = new Map<string, LogRow>();
  const lastOfRegistry = new Map<string, LogRow>();
  for (const row of log) {
    lastOf.set(`${row.registry_slug}/${row.profile_slug ?? ""}`, row);
    lastOfRegistry.set(row.registry_slug, row);
  }

  const profiles = db.prepare<[], ProfileRow>("SELECT * FROM profiles").all();
  const registries = db
    .prepare<[], { slug: string; payload_json: string; updated_at_ms: number }>(
      "SELECT * FROM profile_registries",
    )
    .all();
  const stored = new Set<string>();
  for (const { registry_slug, slug, version, revision, payload_json } of profiles) {
    const key = `${registry_slug}/${slug}`;
    stored.add(key);
    const logged = lastOf.get(key);
    if (logged?.payload_json !== payload_json || logged.version !== version || logged.revision !== revision)
      faults.push(`profile ${key} is not as the log says: ${payload_json}, ${JSON.stringify(logged)}`);
  }
  for (const { slug, payload_json, updated_at_ms } of registries) {
    stored.add(`${slug}/`);
    const now = JSON.parse(payload_json) as RegistryDocument;
    const logged = JSON.parse(lastOf.get(`${slug}/`)?.payload_json ?? "null") as RegistryDocument | null;
    if (!isDeepStrictEqual(contentOf(now), logged && contentOf(logged)))
      faults.push(`registry ${slug} is not as the log says: ${payload_json}, ${JSON.stringify(logged)}`);
    if (now.metadata.version !== lastOfRegistry.get(slug)?.registry_version)
      faults.push(`registry ${slug} has version ${now.metadata.version}, which the log does not end with`);
    if (now.metadata.updated_at_ms !== updated_at_ms)
      faults.push(`registry ${slug} has two times of its last write`);
    const chosen = now.default_profile_slug;
    if (chosen !== undefined && !profiles.some((row) => row.registry_slug === slug && row.slug === chosen))
      faults.push(`registry ${slug} has no profile "${chosen}", its default`);
  }
  for (const [key, { payload_json }] of lastOf)
    if ((payload_json !== null) !== stored.has(key))
      faults.push(`${key} is ${payload_json === null ? "deleted" : "written"} in the log alone`);
  return [...faults, ...counterFaults(db, lastOf, lastOfRegistry)];
}

/** A profile's write moves its registry without an entry of the registry's own, so these change too. */
function contentOf({ metadata, ...document }: RegistryDocument): object {
  const { version: _, updated_at_ms: __, updated_by: ___, ...kept } = metadata;
  return { ...document, metadata: kept };
}

function counterFaults(
  db: Database,
  lastOf: ReadonlyMap<string, LogRow>,
  lastOfRegistry: ReadonlyMap<string, LogRow>,
): string[] {
  const counters = db
    .prepare<[], { registry_slug: string; profile_slug: string; version: number }>(
      "SELECT registry_slug, profile_slug, version FROM last_versions",
    )
    .all();
  return counters.flatMap(({ registry_slug: registry, profile_slug: profile, version }) => {
    const logged =
      profile === ""
        ? lastOfRegistry.get(registry)?.registry_version
        : lastOf.get(`${registry}/${profile}`)?.version;
    return logged === version ? [] : [`the counter of ${registry}/${profile} is ${version}, not ${logged}`];
  });
}
