import { join } from "node:path";
import { expect, test } from "vitest";
import { DomainError } from "../../src/domain/errors.js";
import {
  createProfile,
  createRegistry,
  deleteProfile,
  findProfile,
  findRegistry,
  slugsOf,
  updateProfile,
  write,
} from "./documents.js";
import { openByHand, openStore, tempDirectory } from "./temp.js";

async function stored() {
  const path = join(tempDirectory(), "profiles.db");
  const store = await openStore(path);
  await write(store, createRegistry("r"), createProfile("r", "a"), createProfile("r", "b"));
  await write(store, createRegistry("s"), createProfile("s", "a"));
  const hand = openByHand(path);
  return {
    store,
    setProfile: (payload: string) =>
      hand
        .prepare("UPDATE profiles SET payload_json = ? WHERE registry_slug = 'r' AND slug = 'a'")
        .run(payload),
    setRegistry: (payload: string) =>
      hand.prepare("UPDATE profile_registries SET payload_json = ? WHERE slug = 'r'").run(payload),
    deleteRow: () => hand.prepare("DELETE FROM profiles WHERE registry_slug = 'r' AND slug = 'a'").run(),
  };
}

const metadata = {
  version: 1,
  created_at_ms: 1,
  updated_at_ms: 1,
  created_by: "",
  updated_by: "",
  source: "cli",
};
const sound = { slug: "a", runtime: {}, policy: { allow_overrides: false, read_only: false }, metadata };

const UNREADABLE: Record<string, string> = {
  "broken JSON": '{"slug": "a",',
  "no text at all": "",
  "JSON that is no object": "[]",
  "a document of another name": JSON.stringify({ ...sound, slug: "b" }),
  "a document without a name": JSON.stringify({ ...sound, slug: undefined }),
  "a runtime of the wrong type": JSON.stringify({ ...sound, runtime: [] }),
  "a policy of the wrong type": JSON.stringify({ ...sound, policy: { allow_overrides: "yes" } }),
  "no metadata": JSON.stringify({ ...sound, metadata: undefined }),
  "a version of the wrong type": JSON.stringify({ ...sound, metadata: { ...metadata, version: "1" } }),
};

for (const [what, payload] of Object.entries(UNREADABLE)) {
  test(`a profile row that holds ${what} is data loss, naming registry and profile`, async () => {
    const { store, setProfile } = await stored();
    setProfile(payload);
    const error: unknown = await store.read("r", ["a"]).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DomainError);
    expect(error).toMatchObject({ code: "data_loss" });
    expect((error as DomainError).message).toContain('profile "a" of registry "r"');
    expect(store.unreadable()).toEqual(["r/a"]);
  });

  test(`a profile row that holds ${what} is left out of lists, and reported`, async () => {
    const { store, setProfile } = await stored();
    setProfile(payload);
    const { profiles, unreadable, more } = await store.listProfiles("r", { at: 5, limit: 10 });
    expect([profiles.map(({ slug }) => slug), unreadable, more]).toEqual([["b"], ["a"], false]);
    expect(store.unreadable()).toEqual(["r/a"]);
  });
}

test("an unreadable profile takes its place on a page", async () => {
  const { store, setProfile } = await stored();
  setProfile("{");
  const page = await store.listProfiles("r", { at: 5, limit: 1 });
  expect(page).toEqual({ profiles: [], unreadable: ["a"], more: true });
});

test("lists by tag are answered beside a profile that is no JSON", async () => {
  const { store, setProfile } = await stored();
  await write(store, updateProfile("r", "b", { tags: ["x"] }));
  setProfile("{");
  expect(await slugsOf(store, "r", { tag: "x" })).toEqual(["b"]);
});

test("other profiles and other registries are served beside an unreadable profile", async () => {
  const { store, setProfile } = await stored();
  setProfile("{");
  await store.read("r", ["a"]).catch(() => undefined);
  expect((await findProfile(store, "r", "b"))?.slug).toBe("b");
  expect((await findProfile(store, "s", "a"))?.slug).toBe("a");
  expect((await store.listRegistries()).registries).toHaveLength(2);
  await write(store, updateProfile("r", "b"));
});

test("an unreadable registry is data loss naming it, and left out of the list of registries", async () => {
  const { store, setRegistry } = await stored();
  setRegistry("{");
  await expect(store.read("r", [])).rejects.toMatchObject({
    code: "data_loss",
    message: 'the stored document of registry "r" cannot be read',
  });
  expect((await store.listRegistries()).registries.map(({ slug }) => slug)).toEqual(["s"]);
  expect(store.unreadable()).toEqual(["r"]);
});

test("other registries are served and written beside an unreadable one", async () => {
  const { store, setRegistry } = await stored();
  setRegistry("{");
  await write(store, updateProfile("s", "a"));
  expect((await findRegistry(store, "s"))?.metadata.version).toBe(2);
});

test("documents that nobody has read are not reported", async () => {
  const { store, setProfile } = await stored();
  setProfile("{");
  expect(store.unreadable()).toEqual([]);
});

test("a row mended by hand is read again, and no longer reported", async () => {
  const { store, setProfile } = await stored();
  setProfile("{");
  await store.read("r", ["a"]).catch(() => undefined);
  setProfile(JSON.stringify(sound));
  expect(store.unreadable()).toEqual([]);
  expect((await findProfile(store, "r", "a"))?.metadata.source).toBe("cli");
});

test("a row deleted by hand is no longer reported", async () => {
  const { store, setProfile, deleteRow } = await stored();
  setProfile("{");
  await store.read("r", ["a"]).catch(() => undefined);
  deleteRow();
  expect(store.unreadable()).toEqual([]);
});

test("an unreadable profile can be written over, and is no longer reported", async () => {
  const { store, setProfile } = await stored();
  setProfile("{");
  await store.read("r", ["a"]).catch(() => undefined);
  await write(store, updateProfile("r", "a", { display_name: "mended" }));
  expect(store.unreadable()).toEqual([]);
  expect((await findProfile(store, "r", "a"))?.display_name).toBe("mended");
});

test("an unreadable profile can be deleted, and is no longer reported", async () => {
  const { store, setProfile } = await stored();
  setProfile("{");
  await store.read("r", ["a"]).catch(() => undefined);
  await write(store, deleteProfile("r", "a"));
  expect(store.unreadable()).toEqual([]);
  expect(await slugsOf(store, "r")).toEqual(["b"]);
});

test("an unreadable profile stays reported when its earlier version is listed", async () => {
  const { store, setProfile } = await stored();
  await write(store, updateProfile("r", "a"));
  setProfile("{");
  await store.read("r", ["a"]).catch(() => undefined);
  expect(await slugsOf(store, "r", { at: 5 })).toEqual(["a", "b"]);
  expect(store.unreadable()).toEqual(["r/a"]);
});
