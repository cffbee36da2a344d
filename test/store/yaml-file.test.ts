import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import type { Profile } from "../../src/domain/document.js";
import { openFileStore } from "../../src/store/file/file-store.js";
import { StoreOpenError } from "../../src/store/store.js";
import { storeContract } from "./contract.js";
import {
  commitOf,
  createProfile,
  createRegistry,
  deleteProfile,
  findProfile,
  updateProfile,
  updateRegistry,
  write,
} from "./documents.js";
import { makeTempDirectory } from "./temp.js";

storeContract("a YAML file", async () => {
  const directory = makeTempDirectory();
  const store = await openFileStore({ path: join(directory.path, "profiles.yaml") });
  return {
    store,
    async [Symbol.asyncDispose]() {
      await store.close();
      directory.remove();
    },
  };
});

async function inFile(work: (path: string) => Promise<void>): Promise<void> {
  const directory = makeTempDirectory();
  try {
    await work(join(directory.path, "profiles.yaml"));
  } finally {
    directory.remove();
  }
}

test("documents, versions, last versions, revision and keys outlive the process", async () => {
  await inFile(async (path) => {
    const before = await openFileStore({ path });
    await write(before, createRegistry("r"), createProfile("r", "a"), createProfile("r", "gone"));
    await write(before, updateProfile("r", "a", { description: "ünïcode\n\ttwo lines " }));
    await write(before, deleteProfile("r", "gone"));
    const remember = { key: "k", request: "hash", given: null };
    const kept = await before.commit(commitOf([createRegistry("s")], { remember }));
    const [read, revision] = [await before.read("r", ["a"]), await before.revision()];
    await before.close();

    const after = await openFileStore({ path });
    expect(await after.read("r", ["a"])).toEqual(read);
    expect(await after.revision()).toBe(revision);
    expect(await after.recall("k", 2_000)).toMatchObject({ committed: kept });
    expect(await write(after, createProfile("r", "gone"))).toMatchObject({
      versions: [2],
      revision: revision + 1,
    });
    await after.close();
  });
});

test("the version that a document has now can be read after a restart, older ones cannot", async () => {
  await inFile(async (path) => {
    const before = await openFileStore({ path });
    await write(before, createRegistry("r"), createProfile("r", "a"));
    await write(before, updateProfile("r", "a"));
    await before.close();
    const after = await openFileStore({ path });
    const log = await after.readLog({ registry: "r", profile: "a", documents: true, limit: 10 });
    expect(log.map(({ document }) => (document as Profile).metadata.version)).toEqual([2]);
    await after.close();
  });
});

test("a write is in the file before it is acknowledged, and the mode of the file is kept", async () => {
  await inFile(async (path) => {
    const store = await openFileStore({ path });
    await write(store, createRegistry("r"));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    chmodSync(path, 0o640);
    await store.close();
    const again = await openFileStore({ path });
    await write(again, createProfile("r", "a", { description: "in the file" }));
    expect(readFileSync(path, "utf8")).toContain("in the file");
    expect(statSync(path).mode & 0o777).toBe(0o640);
    await again.close();
  });
});

test("a dry run leaves the file as it is", async () => {
  await inFile(async (path) => {
    const store = await openFileStore({ path });
    await write(store, createRegistry("r"));
    const before = readFileSync(path);
    await store.commit({ ...commitOf([createProfile("r", "a")]), dryRun: true });
    expect(readFileSync(path)).toEqual(before);
    await store.close();
  });
});

test("a write that cannot be put into the file is not made", async () => {
  await inFile(async (path) => {
    const store = await openFileStore({ path });
    await write(store, createRegistry("r"));
    rmSync(dirname(path), { recursive: true });
    await expect(write(store, createProfile("r", "a"))).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("cannot be written"),
    });
    expect(await findProfile(store, "r", "a")).toBeUndefined();
    mkdirSync(dirname(path));
    await write(store, createProfile("r", "a"));
    expect(readFileSync(path, "utf8")).toContain("a:");
    await store.close();
  });
});

test("an edit is handed over once it has come to rest, and no write is made over it before", async () => {
  await inFile(async (path) => {
    const store = await openFileStore({ path });
    await write(store, createRegistry("r"), createProfile("r", "a", { description: "old" }));
    const edits: string[] = [];
    await store.follow(async (text) => {
      edits.push(text);
    });
    writeFileSync(path, readFileSync(path, "utf8").replace("old", "new"));
    await expect(write(store, createProfile("r", "b"))).rejects.toMatchObject({ code: "unavailable" });
    await expect.poll(() => edits.length, { timeout: 1_000 }).toBe(1);
    expect(edits[0]).toContain("description: new");
    await write(store, createProfile("r", "b"));
    await store.close();
  });
});

test("an edit that cannot be used stops writes, with its reason, until it is mended", async () => {
  await inFile(async (path) => {
    const warnings: string[] = [];
    const store = await openFileStore({ path, warn: (message) => warnings.push(message) });
    await write(store, createRegistry("r"), createProfile("r", "a"));
    const good = readFileSync(path, "utf8");
    await store.follow(async (text) => {
      if (text.includes("broken")) throw new Error("line 3, column 1: no");
    });
    writeFileSync(path, "broken");
    await expect.poll(() => store.problem(), { timeout: 1_000 }).toMatch(/line 3, column 1: no/);
    expect(warnings).toEqual([store.problem()]);
    await expect(write(store, createProfile("r", "b"))).rejects.toMatchObject({ code: "unavailable" });
    expect(await findProfile(store, "r", "a")).toBeDefined();
    writeFileSync(path, good);
    await expect.poll(() => store.problem(), { timeout: 1_000 }).toBeUndefined();
    await write(store, createProfile("r", "b"));
    await store.close();
  });
});

test("a file that was emptied is no edit", async () => {
  await inFile(async (path) => {
    const store = await openFileStore({ path });
    await write(store, createRegistry("r"));
    await store.follow(async () => {});
    writeFileSync(path, "");
    await expect.poll(() => store.problem(), { timeout: 1_000 }).toMatch(/it is empty/);
    await store.close();
  });
});

test.each([
  ["a legacy map", "fast:\n  ai-chat:\n    ai-engine: m\n"],
  ["a single registry", "slug: r\nprofiles:\n  a: {}\n"],
  ["registries without a state", "registries:\n  r:\n    profiles:\n      a: {}\n"],
])("%s, which this store has not written, is handed over at the start", async (_, text) => {
  await inFile(async (path) => {
    writeFileSync(path, text);
    const store = await openFileStore({ path });
    const edits: string[] = [];
    await store.follow(async (edit) => {
      edits.push(edit);
    });
    expect(edits).toEqual([text]);
    await store.close();
  });
});

test("a file that is only read is not rewritten, whatever form it has", async () => {
  await inFile(async (path) => {
    const text = "fast:\n  ai-chat:\n    ai-engine: m\n";
    writeFileSync(path, text);
    const store = await openFileStore({ path, create: false });
    await store.follow(async () => {
      await write(store, createRegistry("r"), createProfile("r", "fast"));
    });
    expect(await findProfile(store, "r", "fast")).toBeDefined();
    expect(readFileSync(path, "utf8")).toBe(text);
    await write(store, createProfile("r", "more"));
    expect(readFileSync(path, "utf8")).toContain("more:");
    await store.close();
  });
});

test("what was edited while no process ran is handed over at the start", async () => {
  await inFile(async (path) => {
    const before = await openFileStore({ path });
    await write(before, createRegistry("r"), createProfile("r", "a", { description: "old" }));
    await write(before, createProfile("r", "b"));
    await before.close();
    writeFileSync(path, readFileSync(path, "utf8").replace("old", "new"));
    const after = await openFileStore({ path });
    const edits: string[] = [];
    await after.follow(async (text) => {
      edits.push(text);
    });
    expect(edits).toHaveLength(1);
    // What is untouched keeps its version; what was edited goes on counting.
    expect((await findProfile(after, "r", "b"))?.metadata.version).toBe(1);
    expect(await write(after, createProfile("r", "a"))).toMatchObject({ versions: [2] });
    await after.close();
  });
});

test("what is untouched in an edited registry keeps its version", async () => {
  await inFile(async (path) => {
    const before = await openFileStore({ path });
    await write(before, createRegistry("r", { description: "old" }), createProfile("r", "a"));
    await before.close();
    writeFileSync(path, readFileSync(path, "utf8").replace("old", "new"));
    const after = await openFileStore({ path });
    expect((await findProfile(after, "r", "a"))?.metadata.version).toBe(1);
    expect(await write(after, updateRegistry("r", { description: "new" }))).toMatchObject({ versions: [2] });
    await after.close();
  });
});

test.each([
  ["a directory", (path: string) => `${path}/..`, /cannot be written: it is not a file/],
  ["a file in a directory that is a file", (path: string) => `${path}/x.yaml`, /cannot be written/],
])("%s stops the start", async (_, at, reason) => {
  await inFile(async (path) => {
    writeFileSync(path, "");
    await expect(openFileStore({ path: at(path) })).rejects.toThrow(StoreOpenError);
    await expect(openFileStore({ path: at(path) })).rejects.toThrow(reason);
  });
});
