/** Files of the schema before rollouts, and programs of it beside this one (spec 6.2). */
import { join } from "node:path";
import { expect, test } from "vitest";
import { createDocumentCache } from "../../src/store/document-cache.js";
import { SCHEMA_VERSION } from "../../src/store/sqlite/migrations.js";
import {
  createRegistry,
  createRollout,
  findProfile,
  findRegistry,
  findRollout,
  updateProfile,
  updateRollout,
  write,
} from "./documents.js";
import { MODES_OF_SCHEMA_2, makeSchema2, openWithSchema2 } from "./schema-2.js";
import { openByHand, openStore, tempDirectory } from "./temp.js";

function oldFile(): string {
  const path = join(tempDirectory(), "profiles.db");
  makeSchema2(path);
  return path;
}

test("a file of schema 2 is opened with all that it holds, its modes as they are, and no rollouts", async () => {
  const store = await openStore(oldFile());
  expect(store.schemaVersion).toBe(SCHEMA_VERSION);
  const found = await store.read("r", ["a", "b"]);
  expect(found).toMatchObject({
    revision: 4,
    registry: { processing_modes: MODES_OF_SCHEMA_2, metadata: { version: 3 } },
    profiles: [{ slug: "a" }, { slug: "b" }],
    rollouts: [],
  });
  const log = await store.readLog({ after: 0, documents: true, limit: 10 });
  expect(log.map(({ operation }) => operation)).toEqual([
    "create_registry",
    "create_profile",
    "create_profile",
    "create_registry",
  ]);
  for (const entry of log) {
    expect(entry).not.toHaveProperty("mode");
    expect(entry.document).toBeDefined();
  }
  expect(await write(store, createRollout("r", "fast"))).toMatchObject({ revision: 5, versions: [1] });
  expect(store.unreadable()).toEqual([]);
});

test("connections that open it at the same time upgrade it once", async () => {
  const path = oldFile();
  const stores = await Promise.all(Array.from({ length: 6 }, () => openStore(path)));
  await write(stores[0]!, createRollout("r", "fast"));
  for (const store of stores) expect((await findRollout(store, "r", "fast"))?.version).toBe(1);
  expect(openByHand(path).prepare("SELECT version FROM schema_migrations").pluck().all()).toEqual([1, 2, 3]);
});

test("a program of schema 2 that has the file open works on through the upgrade", async () => {
  const path = oldFile();
  const before = openWithSchema2(path);
  before.writeProfile("r", "a");
  const store = await openStore(path);
  before.writeProfile("r", "a", { display_name: "by the old one" });
  expect((await findProfile(store, "r", "a"))?.display_name).toBe("by the old one");
  await write(store, createRollout("r", "fast"), updateProfile("r", "a"));
  before.writeProfile("r", "a", { display_name: "again" });
  expect(before.neededSchema()).toBeLessThanOrEqual(2);
  expect((await findProfile(store, "r", "a"))?.metadata.version).toBe(5);
  // A write to a rollout had a revision, and moved no registry.
  expect(await store.revision()).toBe(9);
  expect((await findRegistry(store, "r"))?.metadata.version).toBe(7);
  before.close();
});

test("what a program of schema 2 writes is named exactly", async () => {
  const path = oldFile();
  const store = await openStore(path);
  const before = openWithSchema2(path);
  const { revision } = await store.changesSince(-1);
  before.writeProfile("r", "b");
  expect((await store.changesSince(revision)).changed).toEqual([
    { registry: "r" },
    { registry: "r", profile: "b" },
  ]);
  before.close();
});

for (const foreignKeys of [true, false]) {
  test(`a registry that a program of schema 2 deletes, foreign keys ${foreignKeys ? "on" : "off"}, takes its rollouts along for good`, async () => {
    const path = oldFile();
    const store = await openStore(path);
    const documents = createDocumentCache(store);
    const modes = () => documents.decide((view) => view.rollouts("r").map(({ mode }) => mode));
    await write(store, createRollout("r", "fast", { contract_enabled: true }));
    await write(store, updateRollout("r", "fast", { contract_enabled: true }));
    expect(await modes()).toEqual(["fast"]);
    const before = openWithSchema2(path, foreignKeys);
    before.deleteRegistry("r");
    expect(await modes()).toEqual([]);
    before.close();
    await write(store, createRegistry("r"), {
      ...createRollout("r", "fast"),
      onFirst: { contract_enabled: true },
    });
    // Declared again it is all off, and goes on counting.
    expect(await findRollout(store, "r", "fast")).toMatchObject({ contract_enabled: false, version: 3 });
  });
}
