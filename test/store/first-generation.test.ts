import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.js";
import type { Store } from "../../src/store/store.js";
import { catalog } from "../domain/documents.js";
import {
  commitOf,
  createProfile,
  findProfile,
  findRegistry,
  slugsOf,
  updateProfile,
  write,
} from "./documents.js";
import { type FirstGeneration, makeFirstGeneration, UPDATED_AT, WORN } from "./first-generation.js";
import { openByHand, openStore, tempDirectory } from "./temp.js";

/** A file of the first generation. */
function oldDatabase(content: FirstGeneration = { registries: WORN }): string {
  const path = join(tempDirectory(), "profiles.db");
  makeFirstGeneration(path, content);
  return path;
}

async function upgraded(path: string): Promise<{ store: Store; warnings: string[] }> {
  const warnings: string[] = [];
  const store = await openSqliteStore({
    path,
    catalog,
    busyTimeoutMs: 500,
    warn: (line) => warnings.push(line.replaceAll(path, "DB")),
  });
  onTestFinished(() => store.close());
  return { store, warnings };
}

const backupsOf = (path: string): string[] =>
  readdirSync(join(path, "..")).filter((name) => name.includes(".bak"));

const rowsOf = (path: string): unknown[] => {
  const db = new Database(path, { readonly: true });
  try {
    return db.prepare("SELECT * FROM profile_registries ORDER BY slug").all();
  } finally {
    db.close();
  }
};

test("registries and profiles are served, with their versions and metadata", async () => {
  const { store } = await upgraded(oldDatabase());
  expect(await findRegistry(store, "default")).toEqual({
    slug: "default",
    display_name: "Web chat",
    default_profile_slug: "agent",
    metadata: {
      version: 7,
      created_at_ms: 1_600_000_000_000,
      updated_at_ms: UPDATED_AT,
      created_by: "ann",
      updated_by: "bob",
      source: "upgrade",
      tags: ["web"],
    },
  });
  expect((await findProfile(store, "default", "agent"))?.metadata).toEqual({
    version: 1,
    created_at_ms: 1_600_000_000_000,
    updated_at_ms: 1_700_000_000_000,
    created_by: "ann",
    updated_by: "bob",
    source: "rest",
    tags: ["x"],
  });
  expect((await store.listRegistries()).registries.map(({ slug }) => slug)).toEqual(["default", "empty"]);
  expect(await slugsOf(store, "default")).toEqual(["agent", "plain"]);
});

test("inline configs move to their slots, resolved where the catalogue takes them, else as they are", async () => {
  const { store } = await upgraded(oldDatabase());
  expect(await findProfile(store, "default", "agent")).toMatchObject({
    display_name: "Agent",
    runtime: {
      system_prompt: "You are an agent.",
      step_settings_patch: { "openai-chat": { "openai-api-key": "sk-secret" } },
      middlewares: [
        { name: "agentmode", id: "default" },
        { name: "sqlite", enabled: false },
        { name: "sqlite" },
        { name: "gone", id: "g" },
      ],
    },
    policy: { allow_overrides: true, read_only: false },
    extensions: {
      "webchat.starter_suggestions@v1": { items: ["Hi"] },
      "middleware.agentmode_config@v1": {
        instances: { "id:default": { default_mode: "financial_analyst" } },
      },
      "middleware.sqlite_config@v1": {
        instances: { "index:1": { dsn: "file:x.db", max_rows: 20 }, "index:2": { dsn: "5" } },
      },
      "middleware.gone_config@v1": { instances: { "id:g": { token: "t" } } },
    },
  });
});

test("a config that no longer fits is moved as it is, and reported", async () => {
  const profiles = {
    p: { runtime: { middlewares: [{ name: "sqlite", config: { max_rows: 0, more: true } }] } },
  };
  const { store, warnings } = await upgraded(oldDatabase({ registries: { r: { profiles } } }));
  expect((await findProfile(store, "r", "p"))?.extensions).toEqual({
    "middleware.sqlite_config@v1": { instances: { "index:0": { max_rows: 0, more: true } } },
  });
  expect(warnings[1]).toMatch(
    /^DB: profile "p" of registry "r": the config of middleware "sqlite" is kept as it is, but would be refused: /,
  );
  expect(store.unreadable()).toEqual([]);
});

test("an entry without id finds what stood in a slot named default", async () => {
  const profile = {
    runtime: { middlewares: [{ name: "agentmode" }] },
    extensions: { "middleware.agentmode_config@v1": { instances: { default: { default_mode: "calm" } } } },
  };
  const { store } = await upgraded(oldDatabase({ registries: { r: { profiles: { p: profile } } } }));
  expect((await findProfile(store, "r", "p"))?.extensions).toEqual({
    "middleware.agentmode_config@v1": {
      instances: { default: { default_mode: "calm" }, "index:0": { default_mode: "calm" } },
    },
  });
});

test("what cannot be read is kept as it is, named at the start and by the store, and stops nothing else", async () => {
  const path = oldDatabase();
  const before = rowsOf(path) as { slug: string }[];
  const { store, warnings } = await upgraded(path);
  expect(warnings).toEqual([
    expect.stringMatching(
      /^DB was upgraded from the first generation; as it was it is kept in DB\.bak\.\d{8}-\d{6}$/,
    ),
    'DB: registry "alias" cannot be read, and is kept as it is: it is named "team", and stands as "alias"',
    'DB: profile "agent" of registry "default": the config of middleware "gone" is kept as it is, but would be refused: unknown middleware',
    'DB: profile "broken" of registry "default" cannot be read, and is kept as it is: runtime must be an object',
    'DB: profile "contrary" of registry "default" cannot be read, and is kept as it is: it is named "other", and stands as "contrary"',
    'DB: profile "no slug" of registry "default" cannot be read, and is kept as it is: profile slug "no slug" is invalid',
    'DB: profile "unplaced" of registry "default" cannot be read, and is kept as it is: runtime.middlewares[0].config must be an object',
    'DB: registry "listed" cannot be read, and is kept as it is: profiles must be an object',
    'DB: registry "torn" cannot be read, and is kept as it is: broken JSON',
  ]);
  const unreadable = ["broken", "contrary", "no slug", "unplaced"].map((slug) => `default/${slug}`);
  expect(store.unreadable()).toEqual(["alias", ...unreadable, "listed", "torn"]);
  const kept = ["alias", "listed", "torn"];
  const keptOf = (rows: unknown[]) => (rows as { slug: string }[]).filter(({ slug }) => kept.includes(slug));
  expect(keptOf(rowsOf(path))).toEqual(keptOf(before));
  const payload = openByHand(path)
    .prepare("SELECT payload_json FROM profiles WHERE slug = 'contrary'")
    .pluck()
    .get();
  expect(payload).toBe('{"slug":"other","runtime":{}}');
});

test("what cannot be read is named again when it is met after a restart", async () => {
  const path = oldDatabase();
  await (await openStore(path)).close();
  const store = await openStore(path);
  await store.listRegistries();
  await store.listProfiles("default", { at: await store.revision(), limit: 100 });
  expect(store.unreadable()).toHaveLength(7);
});

test("no create takes the place of a registry that cannot be read, and a write mends a profile that cannot", async () => {
  const { store } = await upgraded(oldDatabase());
  const expectNone = { registry: "torn", version: 0 };
  expect(
    await store.commit(commitOf([createProfile("default", "x")], { expect: [expectNone] })),
  ).toMatchObject({ committed: false, actual: 1 });
  await write(store, updateProfile("default", "broken", { display_name: "mended" }));
  expect((await findProfile(store, "default", "broken"))?.metadata.version).toBe(2);
});

test("versions go on from those that were kept", async () => {
  const { store } = await upgraded(oldDatabase());
  const outcome = await write(store, updateProfile("default", "agent"), updateProfile("default", "plain"));
  expect(outcome.versions).toEqual([2, 2]);
  expect(outcome.registries[0]?.metadata.version).toBe(8);
});

test("the log has one entry per document, of one commit, with the document", async () => {
  const { store } = await upgraded(oldDatabase({ registries: { b: { profiles: { q: {}, p: {} } }, a: {} } }));
  const log = await store.readLog({ limit: 10, documents: true });
  expect(log.map(({ registry, profile, operation }) => [registry, profile, operation])).toEqual([
    ["a", undefined, "create_registry"],
    ["b", undefined, "create_registry"],
    ["b", "p", "create_profile"],
    ["b", "q", "create_profile"],
  ]);
  expect(log.map(({ revision, commitRevision, source }) => [revision, commitRevision, source])).toEqual(
    [1, 2, 3, 4].map((revision) => [revision, 4, "upgrade"]),
  );
  expect(log[2]).toMatchObject({ version: 1, registryVersion: 1, document: { slug: "p" } });
  expect(await store.revision()).toBe(4);
});

for (const journalMode of ["DELETE", "WAL"] as const) {
  test(`a backup of the old rows lies beside, for the owner alone, from journal mode ${journalMode}`, async () => {
    const path = oldDatabase({ registries: WORN, journalMode });
    const before = rowsOf(path);
    await upgraded(path);
    const [backup = "", ...others] = backupsOf(path);
    expect([backup, others]).toEqual([expect.stringMatching(/^profiles\.db\.bak\.\d{8}-\d{6}$/), []]);
    const copy = join(path, "..", backup);
    expect((statSync(copy).mode & 0o777).toString(8)).toBe("600");
    expect(rowsOf(copy)).toEqual(before);
    expect(openByHand(path).pragma("journal_mode", { simple: true })).toBe("wal");
    expect(openByHand(path).pragma("foreign_key_check")).toEqual([]);
  });
}

test("an upgraded database is opened like any other, without another backup", async () => {
  const path = oldDatabase();
  await (await openStore(path)).close();
  const { store, warnings } = await upgraded(path);
  expect(warnings).toEqual([]);
  expect(backupsOf(path)).toHaveLength(1);
  expect(store.schemaVersion).toBeGreaterThan(0);
});

test("what a killed upgrade left of its backup is written over", async () => {
  const path = oldDatabase();
  makeFirstGeneration(`${path}.bak.unfinished`, { registries: {} });
  await upgraded(path);
  expect(backupsOf(path)).toEqual([expect.stringMatching(/\.bak\.\d{8}-\d{6}$/)]);
});

test("who only looks changes nothing and is told what to do", async () => {
  const path = oldDatabase();
  const before = readFileSync(path);
  await expect(openSqliteStore({ path, create: false })).rejects.toThrow(
    `${path} holds a first-generation database, which is upgraded when a server starts on it`,
  );
  expect(readFileSync(path).equals(before)).toBe(true);
  expect(readdirSync(join(path, ".."))).toEqual(["profiles.db"]);
});

test.each(["BEGIN IMMEDIATE", "BEGIN; SELECT * FROM profile_registries"])(
  "a database that somebody else holds is left as it is, without backups: %s",
  async (hold) => {
    const path = oldDatabase();
    const holder = openByHand(path);
    const before = readFileSync(path);
    for (const statement of hold.split("; ")) {
      if (statement.startsWith("SELECT")) holder.prepare(statement).all();
      else holder.exec(statement);
    }
    await expect(openSqliteStore({ path, busyTimeoutMs: 100 })).rejects.toThrow("store is busy");
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(backupsOf(path)).toEqual([]);
    holder.exec("ROLLBACK");
    await upgraded(path);
    expect(backupsOf(path)).toHaveLength(1);
  },
);

test("a database without rows becomes an empty store", async () => {
  const { store } = await upgraded(oldDatabase({ registries: {} }));
  expect(await store.revision()).toBe(0);
  expect((await store.listRegistries()).registries).toEqual([]);
});

test("a default profile that does not exist is reported", async () => {
  const registries = { r: { default_profile_slug: " Nope ", profiles: {} } };
  const { store, warnings } = await upgraded(oldDatabase({ registries }));
  expect(warnings[1]).toBe('DB: registry "r": its default profile "nope" does not exist');
  expect((await findRegistry(store, "r"))?.default_profile_slug).toBe("nope");
});
