/** Modes at the start of a server, over whatever the store holds (spec 5.1, 5.5). */
import { join } from "node:path";
import { pino } from "pino";
import { expect, test } from "vitest";
import type { EnvironmentFlags } from "../../src/domain/processing.js";
import { createCatalog, createServices, type Services } from "../../src/index.js";
import type { Store } from "../../src/store/store.js";
import {
  createProfile,
  createRegistry,
  createRollout,
  deleteProfile,
  findRegistry,
  findRollout,
  updateRegistry,
  updateRollout,
  write,
} from "../store/documents.js";
import { makeFirstGeneration } from "../store/first-generation.js";
import { makeSchema2 } from "../store/schema-2.js";
import { openByHand, openStore, tempDirectory } from "../store/temp.js";
import { serverForTest } from "../support/server.js";

const catalog = createCatalog();
const MODES = { fast: { profiles: ["a"] }, deep: { profiles: ["a"] } };
const newPath = (): string => join(tempDirectory(), "profiles.db");

async function opened(path: string, environmentFlags: EnvironmentFlags = {}) {
  const store = await openStore(path, { busyTimeoutMs: 200 });
  let clock = 0;
  const services = createServices({
    store,
    catalog,
    defaultRegistry: "r",
    environmentFlags,
    // So that problems are looked for anew every time.
    clock: () => (clock += 10_000),
  });
  return { store, services };
}

/** What a start says. */
async function settled(services: Services): Promise<string[]> {
  const warnings: string[] = [];
  await services.modes.settle((line) => warnings.push(line));
  return warnings;
}

const rolloutsIn = async (store: Store, registry = "r"): Promise<string[]> =>
  (await store.read(registry, [])).rollouts.map(({ mode, version }) => `${mode} ${version}`);

const problem = (mode: string, what: string): string => `processing mode "${mode}" of registry "r": ${what}`;

/** A store of this schema, with the two modes and their rollouts. */
async function declared(environmentFlags?: EnvironmentFlags) {
  const path = newPath();
  const started = await opened(path, environmentFlags);
  await write(started.store, createRegistry("r", { processing_modes: MODES }), createProfile("r", "a"));
  await write(started.store, createRollout("r", "fast"), createRollout("r", "deep"));
  return { path, ...started };
}

test("modes of a store from before there were rollouts get theirs, in one commit, and what declares none is told", async () => {
  const path = newPath();
  makeSchema2(path);
  const { store, services } = await opened(path);
  const before = await findRegistry(store, "r");
  expect(await settled(services)).toEqual([
    problem("No Slug", "what is stored declares no mode, and counts as none"),
    problem("empty", "what is stored declares no mode, and counts as none"),
    problem("text", "what is stored declares no mode, and counts as none"),
    problem("deep", 'profile "gone" does not exist'),
  ]);
  expect(await rolloutsIn(store)).toEqual(["deep 1", "fast 1"]);
  expect(await findRegistry(store, "r")).toEqual(before);
  const log = await store.readLog({ after: 4, limit: 10 });
  expect(log).toMatchObject([
    { commitRevision: 6, operation: "create_rollout", mode: "deep", source: "auto", actor: "anonymous" },
    { commitRevision: 6, operation: "create_rollout", mode: "fast", source: "auto" },
  ]);
});

test("modes of a database of the first generation get theirs", async () => {
  const path = newPath();
  makeFirstGeneration(path, {
    registries: { r: { slug: "r", processing_modes: MODES, profiles: { a: { slug: "a" } } } },
  });
  const { store, services } = await opened(path);
  expect(await settled(services)).toEqual([]);
  expect(await rolloutsIn(store)).toEqual(["deep 1", "fast 1"]);
});

test("a start that finds all as it should be writes nothing and says nothing", async () => {
  const { store, services } = await declared();
  const revision = await store.revision();
  expect(await settled(services)).toEqual([]);
  expect(await store.revision()).toBe(revision);
  expect(await services.modes.problems()).toEqual([]);
});

test("the environment says how a rollout starts that never was, and of none that is made again", async () => {
  const on = { contract_enabled: true, runtime_enabled: true };
  const { path, store, services } = await declared({ fast: on, deep: { ...on, contract_enabled: false } });
  const hand = openByHand(path);
  hand.exec("DELETE FROM rollouts");
  await settled(services);
  expect(await findRollout(store, "r", "fast")).toMatchObject({ contract_enabled: false, version: 2 });
  hand.exec("DELETE FROM rollouts; DELETE FROM rollout_versions");
  await settled(services);
  expect(await findRollout(store, "r", "fast")).toMatchObject({ ...on, percentage: 0, version: 1 });
  // What a flag needs is not on.
  expect(await findRollout(store, "r", "deep")).toMatchObject({ runtime_enabled: false, version: 1 });
});

test("a rollout that cannot be read is told of, and left as it is for somebody to mend", async () => {
  const { path, store, services } = await declared();
  await write(store, updateRollout("r", "fast", { percentage: 5 }));
  const hand = openByHand(path);
  const sound = hand.prepare("SELECT payload_json FROM rollouts WHERE mode = 'fast'").pluck().get();
  hand.exec("UPDATE rollouts SET payload_json = '{' WHERE mode = 'fast'");
  expect(await settled(services)).toEqual([problem("fast", "its rollout cannot be read, and counts as off")]);
  expect(await rolloutsIn(store)).toEqual(["deep 1"]);
  hand.prepare("UPDATE rollouts SET payload_json = ? WHERE mode = 'fast'").run(sound);
  expect(await settled(services)).toEqual([]);
  expect(await findRollout(store, "r", "fast")).toMatchObject({ percentage: 5, version: 2 });
});

test("rollouts of modes that nothing declares any more end", async () => {
  const { path, store, services } = await declared();
  openByHand(path).exec(
    "UPDATE profile_registries SET payload_json = json_remove(payload_json, '$.processing_modes')",
  );
  expect(await settled(services)).toEqual([]);
  expect(await rolloutsIn(store)).toEqual([]);
  expect(await store.readLog({ registry: "r", mode: "fast", newestFirst: true, limit: 1 })).toMatchObject([
    { operation: "delete_rollout", version: 1, source: "auto" },
  ]);
});

test("of servers that start together one makes the rollouts", async () => {
  const path = newPath();
  makeSchema2(path, MODES);
  const servers = await Promise.all(Array.from({ length: 5 }, () => opened(path)));
  const warnings = await Promise.all(servers.map(({ services }) => settled(services)));
  expect(warnings).toEqual([[], [], [], [], []]);
  for (const { store } of servers) expect(await rolloutsIn(store)).toEqual(["deep 1", "fast 1"]);
  expect(await servers[0]!.store.revision()).toBe(6);
});

test("a registry or profile that cannot be read stands in the way of no other", async () => {
  const path = newPath();
  makeSchema2(path, MODES);
  const { store, services } = await opened(path);
  await write(
    store,
    createRegistry("q", { processing_modes: MODES }),
    createRegistry("t", { processing_modes: MODES }),
  );
  const hand = openByHand(path);
  hand.exec("UPDATE profile_registries SET payload_json = '{' WHERE slug = 'q'");
  hand.exec("UPDATE profiles SET payload_json = '{' WHERE slug = 'a'");
  const other = (mode: string) => `processing mode "${mode}" of registry "t": profile "a" does not exist`;
  expect(await settled(services)).toEqual([
    problem("deep", 'profile "a" cannot be read'),
    problem("fast", 'profile "a" cannot be read'),
    other("deep"),
    other("fast"),
  ]);
  expect(await rolloutsIn(store, "t")).toEqual(["deep 1", "fast 1"]);
  expect(store.unreadable()).toContain("q");
});

test("a store that cannot be written is told of, and is no reason not to start", async () => {
  const path = newPath();
  makeSchema2(path, MODES);
  const { store, services } = await opened(path);
  const hand = openByHand(path);
  hand.exec("BEGIN IMMEDIATE");
  expect(await settled(services)).toEqual([
    'rollouts of registry "r" cannot be brought in line: store is busy',
    problem("deep", "its rollout is lost, and counts as off"),
    problem("fast", "its rollout is lost, and counts as off"),
  ]);
  hand.exec("ROLLBACK");
  expect(await settled(services)).toEqual([]);
  expect(await rolloutsIn(store)).toEqual(["deep 1", "fast 1"]);
});

test("problems are those that there are now", async () => {
  const { store, services } = await declared();
  expect(await services.modes.problems()).toEqual([]);
  await write(store, deleteProfile("r", "a"));
  expect(await services.modes.problems()).toEqual([
    problem("deep", 'profile "a" does not exist'),
    problem("fast", 'profile "a" does not exist'),
  ]);
  await write(store, updateRegistry("r", { processing_modes: { fast: MODES.fast } }));
  expect(await services.modes.problems()).toHaveLength(1);
  await write(store, createProfile("r", "a"));
  expect(await services.modes.problems()).toEqual([]);
});

test("problems are looked for once a second, however many ask", async () => {
  const store = await openStore(newPath());
  let [now, lists] = [1_000, 0];
  const counted: Store = {
    ...store,
    listRegistries: () => {
      lists++;
      return store.listRegistries();
    },
  };
  const { modes } = createServices({ store: counted, catalog, clock: () => now });
  await Promise.all([modes.problems(), modes.problems()]);
  await modes.problems();
  expect(lists).toBe(1);
  now += 1_000;
  await modes.problems();
  expect(lists).toBe(2);
});

test("a server over broken modes starts, warns of each once, is ready, and resolves", async () => {
  const path = newPath();
  makeSchema2(path, { fast: { profiles: ["gone"] }, junk: 5 });
  const lines: string[] = [];
  const logger = pino(
    { level: "warn" },
    { write: (line) => lines.push((JSON.parse(line) as { msg: string }).msg) },
  );
  const flags = { "profile-registry-db": path, "default-registry": "r" };
  const { url } = await serverForTest(flags, { logger });
  const expected = [
    problem("junk", "what is stored declares no mode, and counts as none"),
    problem("fast", 'profile "gone" does not exist'),
  ];
  for (let i = 0; i < 2; i++) {
    const ready = await fetch(`${url}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({ status: "ready", processing_modes: expected });
  }
  expect((await fetch(`${url}/api/chat/resolve`)).status).toBe(200);
  expect(lines.filter((line) => line.startsWith("processing mode"))).toEqual(expected);
});

test("a probe names a hundred problems, and how many more there are", async () => {
  const path = newPath();
  const names = Array.from({ length: 120 }, (_, i) => [`m${i}`, i]);
  makeSchema2(path, Object.fromEntries(names));
  const { url } = await serverForTest({ "profile-registry-db": path, "default-registry": "r" });
  const { processing_modes: told } = (await (await fetch(`${url}/readyz`)).json()) as {
    processing_modes: string[];
  };
  expect(told).toHaveLength(101);
  expect(told.at(-1)).toBe("and 20 more");
});
