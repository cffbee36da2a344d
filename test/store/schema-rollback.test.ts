import { expect, test } from "vitest";
import { createDocumentCache } from "../../src/store/document-cache.js";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.js";
import { commitOf, createProfile, createRegistry, findProfile, updateProfile, write } from "./documents.js";
import { openWithSchema1 } from "./schema-1.js";
import { makeTempDirectory } from "./temp.js";

test("what this schema has written the program of the one before serves, and both share the file", async () => {
  const directory = makeTempDirectory();
  const path = `${directory.path}/profiles.db`;
  const store = await openSqliteStore({ path });
  const remember = { key: "k", request: "hash", given: null };
  await store.commit(commitOf([createRegistry("r"), createProfile("r", "a")], { remember }));
  await write(store, updateProfile("r", "a", { description: "new program" }));
  const documents = createDocumentCache(store);
  const seen = () => documents.decide((view) => view.profile("r", "a")?.description);
  expect(await seen()).toBe("new program");

  const before = openWithSchema1(path);
  expect(before.neededSchema()).toBeLessThanOrEqual(1);
  expect(before.read("r", "a")).toMatchObject({ description: "new program", metadata: { version: 2 } });
  expect(before.update("r", "a", "old program")).toBe(3);

  expect(await seen()).toBe("old program");
  expect(await write(store, updateProfile("r", "a", { description: "new again" }))).toMatchObject({
    versions: [4],
    revision: 5,
  });
  expect(before.read("r", "a")?.metadata.version).toBe(4);
  expect(await store.recall("k", 2_000)).toBeDefined();
  expect((await findProfile(store, "r", "a"))?.metadata.version).toBe(4);
  before.close();
  await store.close();
  directory.remove();
});
