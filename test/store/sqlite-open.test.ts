import { chmodSync, existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.js";
import { createProfile, createRegistry, findProfile, slugsOf, write } from "./documents.js";
import { openByHand, openStore, tempDirectory } from "./temp.js";

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

function inDirectory(directory: string): void {
  const before = process.cwd();
  process.chdir(directory);
  onTestFinished(() => process.chdir(before));
}

test("a missing file is made with its directories, for the owner alone", async () => {
  const directory = tempDirectory();
  const path = join(directory, "a", "b", "profiles.db");
  await openStore(path);
  expect(modeOf(path)).toBe("600");
  expect(modeOf(join(directory, "a"))).toBe("700");
  expect(modeOf(join(directory, "a", "b"))).toBe("700");
});

test("the write-ahead log and its index are for the owner alone too", async () => {
  const path = join(tempDirectory(), "profiles.db");
  await write(await openStore(path), createRegistry("r"));
  expect([modeOf(`${path}-wal`), modeOf(`${path}-shm`)]).toEqual(["600", "600"]);
});

test("an empty file becomes a store", async () => {
  const path = join(tempDirectory(), "profiles.db");
  writeFileSync(path, "");
  await write(await openStore(path), createRegistry("r"));
});

test("what was written is there when the file is opened again", async () => {
  const path = join(tempDirectory(), "profiles.db");
  const first = await openStore(path);
  await write(first, createRegistry("r"), createProfile("r", "a", { display_name: "kept" }));
  await first.close();
  const second = await openStore(path);
  expect(await second.revision()).toBe(2);
  expect((await findProfile(second, "r", "a"))?.display_name).toBe("kept");
  expect((await write(second, createProfile("r", "a"))).versions).toEqual([2]);
});

test("the file is in WAL mode", async () => {
  const path = join(tempDirectory(), "profiles.db");
  await openStore(path);
  expect(openByHand(path).pragma("journal_mode", { simple: true })).toBe("wal");
});

test("a file with a relative path is found from the working directory", async () => {
  const directory = tempDirectory();
  inDirectory(directory);
  await openStore("data/profiles.db");
  expect(existsSync(join(directory, "data", "profiles.db"))).toBe(true);
});

for (const name of ["file:profiles.db", "file:profiles.db?mode=memory", ":memory:", "p%41.db"]) {
  test(`a path is a path, also when it is ${name}`, async () => {
    const directory = tempDirectory();
    inDirectory(directory);
    const store = await openStore(name);
    await write(store, createRegistry("r"), createProfile("r", "a"));
    await store.close();
    expect(modeOf(join(directory, name))).toBe("600");
    expect(existsSync(join(directory, "profiles.db"))).toBe(false);
    expect(await slugsOf(await openStore(join(directory, name)), "r")).toEqual(["a"]);
  });
}

test("white space around a path is no part of it", async () => {
  const path = join(tempDirectory(), "profiles.db");
  await openStore(` ${path} `);
  expect(modeOf(path)).toBe("600");
  expect(existsSync(`${path} `)).toBe(false);
});

test("a missing file is not made where it must exist", async () => {
  const path = join(tempDirectory(), "profiles.db");
  await expect(openSqliteStore({ path, create: false })).rejects.toThrow(`${path} does not exist`);
  expect(existsSync(path)).toBe(false);
});

for (const mode of [0o640, 0o604]) {
  test(`a file of mode ${mode.toString(8)} is warned of, and used as it is`, async () => {
    const path = join(tempDirectory(), "profiles.db");
    writeFileSync(path, "");
    chmodSync(path, mode);
    const warnings: string[] = [];
    const store = await openSqliteStore({ path, warn: (message) => warnings.push(message) });
    await store.close();
    expect(warnings).toEqual([expect.stringContaining(path)]);
    expect(modeOf(path)).toBe(mode.toString(8));
  });
}

test("a file that only its owner can read is not warned of", async () => {
  const warnings: string[] = [];
  const store = await openSqliteStore({
    path: join(tempDirectory(), "profiles.db"),
    warn: (message) => warnings.push(message),
  });
  await store.close();
  expect(warnings).toEqual([]);
});
