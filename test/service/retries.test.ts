/** Retries across restarts, processes and days (spec 2.5): what the edges cannot time. */
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import {
  createCatalog,
  createServices,
  DomainError,
  openSqliteStore,
  type Services,
} from "../../src/index.js";
import type { Caller } from "../../src/service/write.js";
import { REMEMBERED_MS, type Store } from "../../src/store/store.js";
import { temporaryDirectory } from "../support/files.js";

const catalog = createCatalog();
const retried = (key = "k", request = "hash"): Caller => ({
  actor: "tester",
  source: "rpc",
  retry: { key, request },
});
const createA = { registry: undefined, slug: "a", input: {}, setDefault: true };
const updateA = { ...createA, expectedVersion: 1 };

interface Process {
  services: Services;
  stop(): Promise<void>;
}

/** Services over a store of their own on the file, as a process has them. */
async function start(
  path: string,
  { clock = Date.now, over = (store: Store) => store } = {},
): Promise<Process> {
  const store = await openSqliteStore({ path });
  onTestFinished(() => store.close());
  return { services: createServices({ store: over(store), catalog, clock }), stop: () => store.close() };
}

/** A file with the default registry. */
async function aFile(): Promise<string> {
  const path = join(temporaryDirectory(), "profiles.db");
  const { services, stop } = await start(path);
  await services.registries.createRegistry({ slug: "default", input: {} }, retried("first"));
  await stop();
  return path;
}

test("a retry after a restart gets the first answer", async () => {
  const path = await aFile();
  const one = await start(path);
  const first = await one.services.profiles.createProfile(createA, retried());
  await one.stop();
  const { services } = await start(path);
  expect(await services.profiles.createProfile(createA, retried())).toEqual(first);
  await expect(services.profiles.createProfile(createA, retried("k", "else"))).rejects.toMatchObject({
    code: "idempotency_mismatch",
  });
});

test("tries of one write in two processes at once are one write", async () => {
  const path = await aFile();
  const processes = [await start(path), await start(path)];
  const tries = Array.from({ length: 20 }, (_, i) =>
    processes[i % 2]!.services.profiles.createProfile(createA, retried()),
  );
  const [first, ...others] = await Promise.all(tries);
  for (const other of others) expect(other).toEqual(first);
  expect(first).toMatchObject({ revision: 3, profile: { metadata: { version: 1 } } });
  expect(await processes[0]!.services.revision()).toBe(3);
});

/** Does something once, right after the process has looked for an outcome. */
function afterLooking(act: () => Promise<unknown>) {
  return (store: Store): Store => ({
    ...store,
    async recall(key, nowMs) {
      const found = await store.recall(key, nowMs);
      const once = act;
      act = async () => {};
      await once();
      return found;
    },
  });
}

test.each<[string, (services: Services) => Promise<unknown>]>([
  ["a create", ({ profiles }) => profiles.createProfile(createA, retried())],
  ["an update from a version", ({ profiles }) => profiles.updateProfile(updateA, retried())],
  ["a delete", ({ profiles }) => profiles.deleteProfile({ registry: "default", slug: "b" }, retried())],
])("%s that another process commits after this one has looked for it is not refused", async (name, write) => {
  const path = await aFile();
  const other = await start(path);
  const given = { registry: "default", input: {}, setDefault: false };
  await other.services.profiles.createProfile({ ...given, slug: "b" }, retried("given-b"));
  if (name !== "a create")
    await other.services.profiles.createProfile({ ...given, slug: "a" }, retried("given-a"));
  let first: unknown;
  const act = async () => {
    first = await write(other.services);
  };
  const { services } = await start(path, { over: afterLooking(act) });
  expect(await write(services)).toEqual(first);
});

test("a refusal is what it is where nothing was committed meanwhile", async () => {
  const path = await aFile();
  const { services } = await start(path);
  await services.profiles.createProfile(createA, retried("other"));
  await expect(services.profiles.createProfile(createA, retried())).rejects.toBeInstanceOf(DomainError);
});

test("an outcome is kept for 24 hours, and then the key is free", async () => {
  const path = await aFile();
  let nowMs = Date.now() + 1_000_000;
  const { services } = await start(path, { clock: () => nowMs });
  const update = () =>
    services.profiles.updateProfile({ ...createA, input: { description: "d" } }, retried());
  await services.profiles.createProfile(createA, retried("given"));
  const first = await update();
  nowMs += REMEMBERED_MS - 1;
  expect(await update()).toEqual(first);
  nowMs += 1;
  expect((await update()).profile.metadata.version).toBe(3);
});
