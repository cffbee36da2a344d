/** Rollouts come to be with the write that declares their mode, whichever it is, and end with it (spec 5.5). */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { parse, stringify } from "yaml";
import { openCore } from "../../src/app.js";
import { type Environment, readConfig } from "../../src/config.js";
import type { JsonObject } from "../../src/domain/json.js";
import type { Services } from "../../src/index.js";
import type { Store } from "../../src/store/store.js";
import { updateRollout, write } from "../store/documents.js";
import { temporaryDirectory } from "../support/files.js";
import { CALLER, emptyTarget, targetWith } from "./importing.js";

const MODES = "{fast: {profiles: [a]}, deep: {profiles: [a]}}";
const WITH_MODES = `registries: {team: {processing_modes: ${MODES}, profiles: {a: {}}}}`;

const rolloutsIn = async (store: Store, registry = "team"): Promise<string[]> =>
  (await store.read(registry, [])).rollouts.map(
    ({ mode, version, percentage }) => `${mode} ${version} ${percentage}`,
  );
const operations = async (store: Store): Promise<string[]> =>
  (await store.readLog({ after: 0, limit: 100 })).map(({ operation, mode }) =>
    `${operation} ${mode ?? ""}`.trim(),
  );

/** As a server opens it. */
async function opened(flags: Record<string, string>, env: Environment = {}) {
  const logger = pino({ level: "silent" });
  const core = await openCore(readConfig({ "default-registry": "team", ...flags }, env), { logger });
  onTestFinished(() => core.close());
  return core;
}

async function declare(services: Services, modes: JsonObject): Promise<void> {
  await services.registries.updateRegistry({ registry: "team", input: { processing_modes: modes } }, CALLER);
}

test("an import that declares modes makes their rollouts, in the same commit", async () => {
  const { store } = await targetWith(WITH_MODES);
  expect(await rolloutsIn(store)).toEqual(["deep 1 0", "fast 1 0"]);
  expect(await operations(store)).toEqual([
    "create_registry",
    "create_rollout deep",
    "create_rollout fast",
    "create_profile",
  ]);
  const log = await store.readLog({ after: 0, limit: 10 });
  expect(new Set(log.map(({ commitRevision }) => commitRevision))).toEqual(new Set([4]));
});

test("an import leaves rollouts alone whose modes it names again", async () => {
  const target = await targetWith(WITH_MODES);
  await write(target.store, updateRollout("team", "fast", { percentage: 5 }));
  expect(await target.outcome(WITH_MODES)).toEqual(["0 0 2 0"]);
  await target.apply(WITH_MODES.replace("processing_modes", "description: new, processing_modes"));
  await target.apply("registries: {team: {description: newer, profiles: {a: {}}}}");
  expect(await rolloutsIn(target.store)).toEqual(["deep 1 0", "fast 2 5"]);
});

test("an import that takes modes away ends their rollouts, and one that brings them back starts them anew", async () => {
  const target = await targetWith(WITH_MODES);
  await write(target.store, updateRollout("team", "fast", { percentage: 5, contract_enabled: true }));
  await target.apply("registries: {team: {profiles: {a: {}}}}", { replace: true });
  expect(await rolloutsIn(target.store)).toEqual([]);
  await target.apply(WITH_MODES);
  expect(await rolloutsIn(target.store)).toEqual(["deep 2 0", "fast 3 0"]);
  expect((await target.store.read("team", [])).rollouts[1]?.contract_enabled).toBe(false);
});

test("an import that only is planned makes no rollout", async () => {
  const target = await emptyTarget();
  await target.plan(WITH_MODES);
  expect(await target.store.revision()).toBe(0);
});

test("an export has the modes and leaves the rollouts out, and is the same whatever they are", async () => {
  const target = await targetWith(WITH_MODES);
  const exported = async (): Promise<string> => {
    let text = "";
    const { text: parts } = await target.services.exports.exportDocuments({
      format: "yaml",
      withSecrets: true,
    });
    for await (const part of parts) text += part;
    return text;
  };
  const before = await exported();
  expect(parse(before)).toEqual({
    registries: {
      team: {
        slug: "team",
        processing_modes: { deep: { profiles: ["a"] }, fast: { profiles: ["a"] } },
        profiles: { a: { slug: "a" } },
      },
    },
  });
  await write(target.store, updateRollout("team", "fast", { percentage: 5 }));
  expect(await exported()).toBe(before);
  const other = await targetWith(before);
  expect(await rolloutsIn(other.store)).toEqual(["deep 1 0", "fast 1 0"]);
});

test("an export from before there were modes loads unchanged, and touches no rollout", async () => {
  const old = "registries: {team: {default_profile_slug: a, profiles: {a: {runtime: {system_prompt: hi}}}}}";
  const target = await targetWith(old);
  expect(await rolloutsIn(target.store)).toEqual([]);
  expect(await target.outcome(old)).toEqual(["0 0 2 0"]);
  await declare(target.services, { fast: { profiles: ["a"] } });
  expect(await target.outcome(old)).toEqual(["0 0 2 0"]);
  expect(await rolloutsIn(target.store)).toEqual(["fast 1 0"]);
});

test("a seed file's modes have rollouts, as the environment says they start", async () => {
  const file = join(temporaryDirectory(), "seed.yaml");
  writeFileSync(file, WITH_MODES);
  const { store } = await opened(
    { "seed-file": file },
    { FAST_MODE_CONTRACT_ENABLED: "true", FAST_MODE_RUNTIME_ENABLED: "true", FAST_MODE_UI_ENABLED: "false" },
  );
  expect((await store.read("team", [])).rollouts).toMatchObject([
    { mode: "deep", contract_enabled: false, runtime_enabled: false },
    { mode: "fast", contract_enabled: true, runtime_enabled: true, ui_enabled: false, percentage: 0 },
  ]);
  expect(await store.readLog({ registry: "team", mode: "fast", limit: 2 })).toMatchObject([
    { source: "seed" },
  ]);
});

test("a registry's update makes and ends rollouts, and one that keeps the modes keeps them", async () => {
  const { store, services } = await targetWith("registries: {team: {profiles: {a: {}}}}");
  await declare(services, { fast: { profiles: ["a"] }, deep: { profiles: ["a"] } });
  await write(store, updateRollout("team", "fast", { percentage: 5 }));
  await declare(services, { fast: { profiles: ["a", "b"], description: "changed" } });
  expect(await rolloutsIn(store)).toEqual(["fast 2 5"]);
  await services.registries.updateRegistry({ registry: "team", input: { display_name: "Team" } }, CALLER);
  expect(await rolloutsIn(store)).toEqual(["fast 2 5"]);
});

test("a registry's delete ends its rollouts, and its return starts them anew", async () => {
  const { store, services } = await targetWith(
    "registries: {team: {profiles: {a: {}}}, other: {profiles: {}}}",
  );
  const input = { processing_modes: { fast: { profiles: ["a"] } } };
  await services.registries.updateRegistry({ registry: "other", input }, CALLER);
  await services.registries.deleteRegistry({ registry: "other", force: false }, CALLER);
  expect((await operations(store)).slice(-2)).toEqual(["delete_rollout fast", "delete_registry"]);
  await services.registries.createRegistry({ slug: "other", input }, CALLER);
  expect(await rolloutsIn(store, "other")).toEqual(["fast 2 0"]);
});

/** The store of a YAML file that is served, and what people do to the file. */
async function servedFile(text = WITH_MODES) {
  const file = join(temporaryDirectory(), "profiles.yaml");
  writeFileSync(file, text);
  const flags = { "profile-registry-file": file };
  const edit = (change: (team: JsonObject, root: JsonObject) => void): void => {
    const root = parse(readFileSync(file, "utf8")) as { registries: { team: JsonObject } };
    change(root.registries.team, root as unknown as JsonObject);
    writeFileSync(file, stringify(root));
  };
  return { open: () => opened(flags), edit };
}

test("an edit by hand of a file that is served makes and ends rollouts, and keeps the others", async () => {
  const { open, edit } = await servedFile();
  const { store } = await open();
  await write(store, updateRollout("team", "fast", { percentage: 5 }));
  edit((team) => {
    team.processing_modes = { fast: { profiles: ["a"] }, voice: { profiles: ["a"] } };
  });
  await expect.poll(() => rolloutsIn(store), { timeout: 3_000 }).toEqual(["fast 2 5", "voice 1 0"]);
  edit((team) => {
    team.processing_modes = { deep: { profiles: ["a"] }, fast: { profiles: ["a"] } };
  });
  await expect.poll(() => rolloutsIn(store), { timeout: 3_000 }).toEqual(["deep 2 0", "fast 2 5"]);
});

test("an edit by hand while no server runs does the same at the next start", async () => {
  const { open, edit } = await servedFile();
  const first = await open();
  await write(first.store, updateRollout("team", "fast", { percentage: 5 }));
  await first.close();
  edit((team) => {
    team.description = "edited";
    team.processing_modes = { fast: { profiles: ["a"], description: "quick" }, voice: { profiles: ["a"] } };
  });
  const { store } = await open();
  expect(await rolloutsIn(store)).toEqual(["fast 2 5", "voice 1 0"]);
  expect((await store.read("team", ["a"])).registry).toMatchObject({
    description: "edited",
    metadata: { version: 2 },
  });
  expect((await store.read("team", ["a"])).profiles[0]?.metadata.version).toBe(1);
});

test("an edit that takes all but the modes out of a registry is a write, and keeps the rollouts", async () => {
  const { open, edit } = await servedFile(
    WITH_MODES.replace("processing_modes", "description: d, processing_modes"),
  );
  const first = await open();
  await write(first.store, updateRollout("team", "fast", { percentage: 5 }));
  await first.close();
  edit((team) => {
    delete team.description;
    delete team.metadata;
  });
  const { store } = await open();
  expect((await store.read("team", [])).registry?.metadata.version).toBe(2);
  expect(await rolloutsIn(store)).toEqual(["deep 1 0", "fast 2 5"]);
});

test("a file of a store from before there were rollouts gets them at the start", async () => {
  const { open, edit } = await servedFile();
  await (await open()).close();
  edit((_, { state }) => {
    delete (state as JsonObject).rollouts;
  });
  const { store } = await open();
  expect(await rolloutsIn(store)).toEqual(["deep 1 0", "fast 1 0"]);
});

test("a rollout in the file that is broken by hand is off and told of, and stops nothing", async () => {
  const { open, edit } = await servedFile();
  const first = await open();
  await write(first.store, updateRollout("team", "fast", { percentage: 5 }));
  await first.close();
  edit((_, { state }) => {
    const { team } = (state as { rollouts: { team: { fast: { document: JsonObject } } } }).rollouts;
    team.fast.document.percentage = "five";
  });
  const { store, services } = await open();
  expect(await rolloutsIn(store)).toEqual(["deep 1 0"]);
  expect(await services.modes.problems()).toEqual([
    'processing mode "fast" of registry "team": its rollout cannot be read, and counts as off',
  ]);
});
