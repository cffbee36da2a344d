/** Rollouts in the file of a YAML store: nobody writes them by hand, and nothing that people do write loses them (spec 6.1). */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parse, stringify } from "yaml";
import type { JsonObject } from "../../src/domain/json.js";
import { type FileStore, openFileStore } from "../../src/store/file/file-store.js";
import {
  cell,
  createProfile,
  createRegistry,
  createRollout,
  deleteRollout,
  findRollout,
  updateRollout,
  write,
} from "./documents.js";
import { tempDirectory } from "./temp.js";

const MODES = { fast: { profiles: ["a"] }, deep: { profiles: ["a"] } };

async function open(path: string, warnings: string[] = []): Promise<FileStore> {
  const store = await openFileStore({ path, warn: (message) => warnings.push(message) });
  onTestFinished(() => store.close());
  return store;
}

/** A file with rollouts of two modes, one written twice and one that has ended. */
async function makeFile(): Promise<string> {
  const path = join(tempDirectory(), "profiles.yaml");
  const store = await open(path);
  await write(store, createRegistry("r", { processing_modes: MODES }), createProfile("r", "a"));
  await write(store, createRollout("r", "fast"), createRollout("r", "gone"));
  await write(
    store,
    updateRollout("r", "fast", { percentage: 12.5, cohort: ["1", "true", "ünïcode: x", " "] }),
  );
  await write(store, deleteRollout("r", "gone"), createRollout("r", "deep"));
  await store.close();
  return path;
}

/** What somebody does to the file while no process runs. */
function edit(path: string, change: (root: JsonObject) => void): void {
  const root = parse(readFileSync(path, "utf8")) as JsonObject;
  change(root);
  writeFileSync(path, stringify(root));
}

const rolloutsIn = (root: JsonObject) =>
  (root.state as JsonObject).rollouts as { r: Record<string, JsonObject> };

test("rollouts, and the versions of those that have ended, outlive the process", async () => {
  const path = await makeFile();
  const before = readFileSync(path, "utf8");
  const store = await open(path);
  expect((await store.read("r", [])).rollouts).toMatchObject([
    { mode: "deep", version: 1 },
    { mode: "fast", version: 2, percentage: 12.5, cohort: ["1", "true", "ünïcode: x", " "] },
  ]);
  expect((await write(store, createRollout("r", "gone"))).versions).toEqual([2]);
  expect((await write(store, updateRollout("r", "fast"))).versions).toEqual([3]);
  expect(readFileSync(path, "utf8")).not.toBe(before);
});

test("a write to a rollout leaves the documents in the file as they are", async () => {
  const path = await makeFile();
  const documents = () => readFileSync(path, "utf8").split("\nstate:")[0];
  const before = documents();
  const store = await open(path);
  await write(store, updateRollout("r", "fast", { percentage: 50 }));
  expect(documents()).toBe(before);
  expect(readFileSync(path, "utf8")).toContain("percentage: 50");
});

test("a file whose rollouts only have changed is taken as it was written", async () => {
  const store = await open(await makeFile());
  await store.follow(async () => {
    throw new Error("handed over");
  });
});

test("a file from before there were rollouts has none, and gets them", async () => {
  const path = await makeFile();
  edit(path, (root) => {
    delete (root.state as JsonObject).rollouts;
  });
  const store = await open(path);
  expect((await store.read("r", ["a"])).rollouts).toEqual([]);
  expect((await write(store, createRollout("r", "fast"))).versions).toEqual([1]);
  expect(readFileSync(path, "utf8")).toContain("rollouts:");
});

test("rollouts outlive an edit of their registry", async () => {
  const path = await makeFile();
  edit(path, (root) => {
    (root.registries as { r: JsonObject }).r.description = "edited";
  });
  const store = await open(path);
  expect(await findRollout(store, "r", "fast")).toMatchObject({ percentage: 12.5, version: 2 });
  // So that the edit is applied to what there was: modes that it names no more end.
  expect(Object.keys((await store.read("r", [])).registry!.processing_modes!).sort()).toEqual([
    "deep",
    "fast",
  ]);
});

test("of a registry that was taken out of the file the versions are kept, and no rollouts", async () => {
  const path = await makeFile();
  edit(path, (root) => {
    root.registries = { other: { profiles: { b: {} } } };
  });
  const store = await open(path);
  await write(store, createRegistry("r"));
  expect((await store.read("r", [])).rollouts).toEqual([]);
  expect((await write(store, createRollout("r", "fast"))).versions).toEqual([3]);
});

test.each([
  ["is no object", "nonsense", 2],
  ["has no version", { document: { registry: "r", mode: "fast" } }, 2],
  ["has a document that is none", { version: 7, document: [] }, 8],
  [
    "has a flag of the wrong type",
    { version: 7, document: { registry: "r", mode: "fast", ui_enabled: 1 } },
    8,
  ],
  ["has the document of another mode", { version: 7, document: { registry: "r", mode: "deep" } }, 8],
])("an entry that %s is reported, and counts as none until it is written", async (_, entry, next) => {
  const path = await makeFile();
  edit(path, (root) => {
    (rolloutsIn(root).r as JsonObject).fast = entry as JsonObject;
  });
  const store = await open(path);
  expect((await store.read("r", [])).rollouts.map(({ mode }) => mode)).toEqual(["deep"]);
  expect(store.unreadable()).toEqual(["r/rollouts/fast"]);
  await write(store, createProfile("r", "b"));
  await store.close();

  const again = await open(path);
  await again.read("r", []);
  expect(again.unreadable()).toEqual(["r/rollouts/fast"]);
  expect((await write(again, createRollout("r", "fast"))).versions).toEqual([next]);
  expect(again.unreadable()).toEqual([]);
});

test.each([
  ["state.rollouts", (root: JsonObject) => Object.assign(root.state as JsonObject, { rollouts: ["x"] })],
  ["state.rollouts.r", (root: JsonObject) => Object.assign(rolloutsIn(root), { r: "x" })],
])("%s that is none is warned of, and stops nothing", async (name, change) => {
  const path = await makeFile();
  edit(path, change);
  const warnings: string[] = [];
  const store = await open(path, warnings);
  expect((await store.read("r", ["a"])).rollouts).toEqual([]);
  expect(warnings.filter((line) => line.includes("rollouts"))).toEqual([
    `${path}: \`${name}\` is not as this program writes it: its rollouts are lost`,
  ]);
});

test("figures live as long as the process, and are not in the file", async () => {
  const path = await makeFile();
  const before = readFileSync(path, "utf8");
  const store = await open(path);
  await store.addFigures([cell({})], 0);
  expect(await store.readFigures({ registry: "r", fromMs: 0 })).toEqual([cell({})]);
  expect(readFileSync(path, "utf8")).toBe(before);
  await store.close();
  expect(await (await open(path)).readFigures({ registry: "r", fromMs: 0 })).toEqual([]);
});
