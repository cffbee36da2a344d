/**
 * What a durable write costs: `node bench/writes.mjs`. Prints a table of commits per second: better-sqlite3 alone, with the rows
 * of a commit and a transaction for each; the store with one writer; the store with many at once. They take turns over ROUNDS
 * rounds (default 5) of MS milliseconds each (default 1,000), and the medians count. WRITERS is how many write at once (default
 * 64).
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { openSqliteStore } from "../dist/src/store/sqlite/sqlite-store.js";

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const MS = Number(process.env.MS ?? 1_000);
const WRITERS = Number(process.env.WRITERS ?? 64);
const PROFILES = 100;

const metadata = {
  created_at_ms: 1,
  updated_at_ms: 1,
  created_by: "bench",
  updated_by: "bench",
  source: "rest",
};
const profileOf = (i, text) => ({
  slug: `p-${i % PROFILES}`,
  runtime: { system_prompt: `${text} `.padEnd(800, "x"), tools: ["search", "calculator"] },
  policy: { allow_overrides: true, read_only: false },
  metadata,
});
const write = (store, changes) =>
  store.commit({ timeMs: Date.now(), actor: "bench", source: "rest", expect: [], changes });
const putProfile = (i, text) => ({
  operation: "update_profile",
  registry: "r",
  profile: profileOf(i, text),
});

const directory = await mkdtemp(join(tmpdir(), "bench-writes-"));
try {
  const bare = await seeded(join(directory, "bare.db"));
  await bare.close();
  const rows = bareRows(join(directory, "bare.db"));
  const store = await seeded(join(directory, "store.db"));

  const ways = [
    ["better-sqlite3, a transaction each", () => timed(1, async (i) => rows.write(i))],
    ["store, 1 writer", () => timed(1, (i) => write(store, [putProfile(i, `text ${i}`)]))],
    [`store, ${WRITERS} writers`, () => timed(WRITERS, (i) => write(store, [putProfile(i, `text ${i}`)]))],
  ].map(([name, run]) => ({ name, run, rates: [] }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const { run, rates } of ways) rates.push(await run());
  }
  const medians = ways.map(({ rates }) => rates.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]);
  console.log("| durable commits | per second | beside better-sqlite3 alone |");
  console.log("| --- | ---: | ---: |");
  for (const [i, { name }] of ways.entries())
    console.log(`| ${name} | ${Math.round(medians[i])} | ${(medians[i] / medians[0]).toFixed(2)} |`);
  rows.close();
  await store.close();
} finally {
  await rm(directory, { recursive: true });
}

/** Commits per second of so many that each go on with the next when one is acknowledged. */
async function timed(writers, commit) {
  const start = performance.now();
  let made = 0;
  const writer = async () => {
    while (performance.now() - start < MS) {
      await commit(made++);
    }
  };
  await Promise.all(Array.from({ length: writers }, writer));
  return (made * 1_000) / (performance.now() - start);
}

async function seeded(path) {
  const store = await openSqliteStore({ path });
  await write(store, [{ operation: "create_registry", registry: { slug: "r", metadata } }]);
  const all = Array.from({ length: PROFILES }, (_, i) => putProfile(i, ""));
  await write(store, all);
  return store;
}

/** The same rows as a commit of the store writes. */
function bareRows(path) {
  const db = new Database(path);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.pragma("foreign_keys = ON");
  const sql = {
    version: db
      .prepare("SELECT version FROM last_versions WHERE registry_slug = ? AND profile_slug = ?")
      .pluck(),
    registry: db.prepare("SELECT payload_json FROM profile_registries WHERE slug = ?").pluck(),
    setVersion: db.prepare(
      "UPDATE last_versions SET version = ? WHERE registry_slug = ? AND profile_slug = ?",
    ),
    putRegistry: db.prepare(
      "UPDATE profile_registries SET payload_json = ?, updated_at_ms = ? WHERE slug = ?",
    ),
    putProfile: db.prepare(
      `INSERT INTO profiles (registry_slug, slug, version, revision, payload_json, updated_at_ms) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET version = excluded.version, revision = excluded.revision,
         payload_json = excluded.payload_json, updated_at_ms = excluded.updated_at_ms`,
    ),
    log: db.prepare(
      `INSERT INTO log (revision, commit_revision, time_ms, actor, source, operation,
         registry_slug, profile_slug, version, registry_version, payload_json)
       VALUES (?, ?, ?, 'bench', 'rest', 'update_profile', 'r', ?, ?, ?, ?)`,
    ),
  };
  let revision = db.prepare("SELECT max(revision) FROM log").pluck().get();
  const commit = db.transaction((i) => {
    const profile = profileOf(i, `text ${i}`);
    const now = Date.now();
    const version = sql.version.get("r", profile.slug) + 1;
    const registryVersion = sql.version.get("r", "") + 1;
    const registry = JSON.parse(sql.registry.get("r"));
    registry.metadata = { ...registry.metadata, version: registryVersion, updated_at_ms: now };
    const payload = JSON.stringify({ ...profile, metadata: { ...metadata, version } });
    revision++;
    sql.setVersion.run(registryVersion, "r", "");
    sql.putRegistry.run(JSON.stringify(registry), now, "r");
    sql.setVersion.run(version, "r", profile.slug);
    sql.putProfile.run("r", profile.slug, version, revision, payload, now);
    sql.log.run(revision, revision, now, profile.slug, version, registryVersion, payload);
  });
  return { write: (i) => commit.immediate(i), close: () => db.close() };
}
