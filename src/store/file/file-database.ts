/** The database in memory behind a YAML store: filled from the file, and written out as the file's next text. */
import type { Database } from "better-sqlite3";
import { stringify } from "yaml";
import type { Profile, Registry } from "../../domain/document.js";
import type { Json, JsonObject } from "../../domain/json.js";
import { fileProfile, fileRegistry } from "../../formats/file-documents.js";
import { YAML_LAYOUT } from "../../formats/file-layout.js";
import {
  digestOf,
  type FileState,
  type KeptDocuments,
  type KeptKey,
  type RolloutState,
} from "./file-state.js";

/** Must find the database empty. The log gets an entry for each document, so that its version can be told. */
export function fillDatabase(
  db: Database,
  { state, registries, edited, profiles, rollouts }: KeptDocuments,
): void {
  const log = db.prepare(
    `INSERT INTO log (revision, commit_revision, time_ms, actor, source, operation,
       registry_slug, profile_slug, version, registry_version, payload_json)
     VALUES (@revision, @revision, @timeMs, @actor, @source, @operation, @registry, @profile, @version, @registryVersion, @payload)`,
  );
  const counters = db.prepare("INSERT INTO last_versions VALUES (?, ?, ?)");
  const documents = registries.length + profiles.length;
  // Each has had a revision of its own, so there are as many at least.
  let revision = Math.max(state.revision, documents) - documents;
  const append = (
    registry: string,
    profile: string | null,
    { metadata }: Registry | Profile,
    payload: string,
    registryVersion: number,
  ): number => {
    revision += 1;
    const { version, updated_at_ms: timeMs, updated_by: actor, source } = metadata;
    const operation = profile === null ? "update_registry" : "update_profile";
    log.run({
      revision,
      timeMs,
      actor,
      source,
      operation,
      registry,
      profile,
      version,
      registryVersion,
      payload,
    });
    return revision;
  };
  const putRegistry = db.prepare("INSERT INTO profile_registries VALUES (?, ?, ?)");
  db.transaction(() => {
    for (const registry of registries) {
      const { slug, metadata } = registry;
      const payload = JSON.stringify(registry);
      putRegistry.run(slug, payload, metadata.updated_at_ms);
      append(slug, null, registry, payload, metadata.version);
    }
    // Never served, and no version of theirs: the edit is written over them.
    for (const registry of edited)
      putRegistry.run(registry.slug, JSON.stringify(registry), registry.metadata.updated_at_ms);
    const insert = db.prepare("INSERT INTO profiles VALUES (?, ?, ?, ?, ?, ?)");
    const versions = new Map(
      [...registries, ...edited].map(({ slug, metadata }) => [slug, metadata.version]),
    );
    for (const { registry, profile } of profiles) {
      const { version, updated_at_ms: timeMs } = profile.metadata;
      const payload = JSON.stringify(profile);
      const at = append(registry, profile.slug, profile, payload, versions.get(registry)!);
      insert.run(registry, profile.slug, version, at, payload, timeMs);
    }
    for (const [slug, registry] of Object.entries(state.registries)) {
      counters.run(slug, "", registry.version);
      for (const [name, { version }] of Object.entries(registry.profiles)) counters.run(slug, name, version);
    }
    const putRollout = db.prepare("INSERT INTO rollouts VALUES (?, ?, ?, ?, ?)");
    const rolloutCounters = db.prepare("INSERT INTO rollout_versions VALUES (?, ?, ?)");
    for (const { registry, mode, version, payload } of rollouts) {
      rolloutCounters.run(registry, mode, version);
      if (payload !== undefined && versions.has(registry))
        putRollout.run(registry, mode, version, payload, 0);
    }
    const keys = db.prepare("INSERT INTO idempotency_keys VALUES (?, ?, ?, ?)");
    for (const { key, request, time_ms, outcome } of state.idempotency_keys ?? []) {
      keys.run(key, request, time_ms, JSON.stringify(outcome));
    }
  })();
  const [gone] = Object.entries(state.registries);
  if (documents === 0 && gone !== undefined) {
    // The counter goes on where all documents are gone.
    const [registry, { version }] = gone;
    const at = {
      revision: state.revision,
      timeMs: 0,
      actor: "anonymous",
      source: "auto",
      version,
      registryVersion: version,
    };
    log.run({ ...at, operation: "delete_registry", registry, profile: null, payload: null });
  }
}

interface Written {
  version: number;
  text: string;
  digest: string;
}

/** Returns a function that gives the file's text for what the database holds now. What has not changed is not made again. */
export function createFileText(db: Database): () => string {
  const registryRows = db.prepare<[], { slug: string; payload_json: string }>(
    "SELECT slug, payload_json FROM profile_registries ORDER BY slug",
  );
  const profileRows = db.prepare<[string], { slug: string; version: number; payload_json: string }>(
    "SELECT slug, version, payload_json FROM profiles WHERE registry_slug = ? ORDER BY slug",
  );
  const versions = db.prepare<[], { registry_slug: string; profile_slug: string; version: number }>(
    "SELECT * FROM last_versions ORDER BY registry_slug, profile_slug",
  );
  const rollouts = db.prepare<
    [],
    { registry: string; mode: string; version: number; payload: string | null }
  >(
    `SELECT registry_slug AS registry, mode, last.version, payload_json AS payload
     FROM rollout_versions AS last LEFT JOIN rollouts USING (registry_slug, mode)
     ORDER BY registry_slug, mode`,
  );
  const revision = db.prepare("SELECT coalesce(max(revision), 0) FROM log").pluck();
  const keys = db.prepare<[], { key: string; request: string; time_ms: number; outcome_json: string }>(
    "SELECT * FROM idempotency_keys ORDER BY key",
  );
  let before = new Map<string, Written>();

  return () => {
    const now = new Map<string, Written>();
    const write = (name: string, version: number, make: () => Omit<Written, "version">): Written => {
      const known = before.get(name);
      const written = known?.version === version ? known : { version, ...make() };
      now.set(name, written);
      return written;
    };
    let text = "";
    let registries = 0;
    const digests = new Map<string, string>();
    for (const { slug, payload_json } of registryRows.all()) {
      const registry = JSON.parse(payload_json) as Registry;
      const form = fileRegistry(registry);
      digests.set(`${slug}/`, digestOf(form));
      text += YAML_LAYOUT.registry({ slug, content: withMetadata(form.content, registry) }, registries);
      let profiles = 0;
      for (const row of profileRows.iterate(slug)) {
        const { text: part, digest } = write(`${slug}/${row.slug}`, row.version, () => {
          const profile = JSON.parse(row.payload_json) as Profile;
          const written = fileProfile(profile);
          // The layout begins the list of profiles before the first of them.
          const content = withMetadata(written.content, profile);
          return { text: YAML_LAYOUT.profile({ slug: row.slug, content }, 1), digest: digestOf(written) };
        });
        if (profiles === 0) text += "    profiles:\n";
        text += part;
        digests.set(`${slug}/${row.slug}`, digest);
        profiles += 1;
      }
      registries += 1;
    }
    text += YAML_LAYOUT.end(registries);
    before = now;
    return text + stringify({ state: stateOf(digests) }, { lineWidth: 0, aliasDuplicateObjects: false });
  };

  function stateOf(digests: ReadonlyMap<string, string>): FileState {
    const state: FileState = { revision: revision.get() as number, registries: {} };
    for (const { registry_slug: registry, profile_slug: profile, version } of versions.iterate()) {
      const digest = digests.get(`${registry}/${profile}`);
      const counter = { version, ...(digest === undefined ? {} : { digest }) };
      // A registry's own row has an empty name, and so comes first.
      if (profile === "") state.registries[registry] = { ...counter, profiles: {} };
      else state.registries[registry]!.profiles[profile] = counter;
    }
    const modes = rolloutStates();
    if (modes.size > 0) state.rollouts = Object.fromEntries(modes);
    const kept = keys
      .all()
      .map(({ outcome_json, ...key }): KeptKey => ({ ...key, outcome: JSON.parse(outcome_json) as Json }));
    return kept.length === 0 ? state : { ...state, idempotency_keys: kept };
  }

  function rolloutStates(): Map<string, Record<string, RolloutState>> {
    const states = new Map<string, Record<string, RolloutState>>();
    for (const { registry, mode, version, payload } of rollouts.iterate()) {
      const modes = states.get(registry) ?? {};
      modes[mode] = { version, ...(payload === null ? {} : { document: JSON.parse(payload) as Json }) };
      states.set(registry, modes);
    }
    return states;
  }
}

function withMetadata(content: JsonObject, { metadata }: Registry | Profile): JsonObject {
  return { ...content, metadata: metadata as unknown as JsonObject };
}
