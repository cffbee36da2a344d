import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { type BackupOptions, backUpDatabase } from "../../../src/store/sqlite/maintenance/backup.js";
import { SCHEMA_VERSION } from "../../../src/store/sqlite/migrations.js";
import { createProfile, createRegistry, findProfile, updateProfile, write } from "../documents.js";
import { otherProcesses } from "../processes.js";
import { openByHand, openStore, tempDirectory } from "../temp.js";
import { damage, documentsIn, filesIn, inDatabase, makeDatabase, modeOf, overwrite } from "./stores.js";

const startProcess = otherProcesses();

const backUp = (path: string, options: Partial<BackupOptions> = {}) => backUpDatabase({ path, ...options });

test("a backup holds what is stored, and says how much that is", async () => {
  const path = await makeDatabase();
  const backup = await backUp(path);
  expect(documentsIn(backup.path)).toEqual(documentsIn(path));
  expect(backup).toMatchObject({ revision: 3, registries: 1, profiles: 2, schemaVersion: SCHEMA_VERSION });
});

test("a backup is named by the time in UTC, beside the database", async () => {
  const path = await makeDatabase();
  const from = new Date().toISOString();
  const backup = await backUp(path);
  const [, stamp = ""] = /^(.*)\.bak\.(\d{8}-\d{6})$/.exec(backup.path)?.slice(1) ?? [];
  expect(dirname(backup.path)).toBe(dirname(path));
  expect(stamp >= from.slice(0, 19).replace(/[-:]/g, "").replace("T", "-")).toBe(true);
});

test("two backups within a second have names of their own", async () => {
  const path = await makeDatabase();
  const [first, second] = [await backUp(path), await backUp(path)];
  expect(first.path < second.path).toBe(true);
});

test("a backup is a single plain file, and leaves nothing else beside the database", async () => {
  const path = await makeDatabase();
  const output = join(dirname(path), "copy.db");
  await backUp(path, { output });
  expect(inDatabase(output, (db) => db.pragma("journal_mode", { simple: true }))).toBe("delete");
  expect(filesIn(dirname(path))).toEqual(["copy.db", "profiles.db"]);
});

test("a backup is for the owner alone from its first byte on", async () => {
  const path = await makeDatabase();
  const output = join(tempDirectory(), "copy.db");
  const modes = new Set<string>();
  await backUp(path, {
    output,
    progress: () => {
      for (const file of readdirSync(dirname(output))) modes.add(modeOf(join(dirname(output), file)));
    },
  });
  expect([...modes, modeOf(output)]).toEqual(["600", "600"]);
});

test("a backup has its name only when it is whole", async () => {
  const path = await makeDatabase();
  const output = join(tempDirectory(), "copy.db");
  let early = 0;
  await backUp(path, { output, progress: () => (early += Number(existsSync(output))) });
  expect([early, existsSync(output)]).toEqual([0, true]);
});

test("progress goes up to all pages", async () => {
  const path = await makeDatabase();
  const seen: [number, number][] = [];
  const { bytes } = await backUp(path, { progress: (copied, total) => seen.push([copied, total]) });
  expect(seen.every(([copied, total]) => copied <= total && total === bytes / 4096)).toBe(true);
  expect(seen.length).toBeGreaterThan(0);
});

test("a file is never written over", async () => {
  const path = await makeDatabase();
  const output = join(tempDirectory(), "copy.db");
  writeFileSync(output, "mine");
  await expect(backUp(path, { output })).rejects.toThrow(`${output} already exists`);
  expect(filesIn(dirname(output))).toEqual(["copy.db"]);
});

test("what is written to the database while it is copied is seen whole or not at all, and does not hold the copy up", async () => {
  const path = await makeDatabase();
  const filler = "x".repeat(200_000);
  const store = await openStore(path);
  for (let i = 0; i < 40; i++) await write(store, createProfile("r", `p${i}`, { description: filler }));
  const writer = await startProcess();
  await writer.run("open", path);
  // The first write of a process takes longer.
  await writer.run("create", "first", 1);
  const writing = writer.run("keepEqual", 1_500);
  let last = 0;
  for (let i = 0; i < 5; i++) {
    const { path: backup, revision } = await backUp(path, { output: `${path}.${i}` });
    expect(revision).toBeGreaterThan(last);
    last = revision;
    const copy = await openStore(backup);
    const [a, b] = [await findProfile(copy, "r", "a"), await findProfile(copy, "r", "b")];
    expect(a?.display_name ?? "").toBe(b?.metadata.version === 1 ? "first" : b?.display_name);
    expect(await copy.revision()).toBe(revision);
  }
  expect(await writing).toBeGreaterThan(5);
});

test("a database that a killed process left is copied with what is only in its log", async () => {
  const path = join(tempDirectory(), "profiles.db");
  const store = await openStore(path);
  await write(store, createRegistry("r"), createProfile("r", "a", { display_name: "late" }));
  const crashed = join(tempDirectory(), "profiles.db");
  for (const suffix of ["", "-wal"]) copyFileSync(path + suffix, crashed + suffix);
  const copy = await openStore((await backUp(crashed)).path);
  expect((await findProfile(copy, "r", "a"))?.display_name).toBe("late");
});

test("a database of a later release that this program can read is copied with all that it has", async () => {
  const path = await makeDatabase();
  inDatabase(path, (db) => {
    db.exec("CREATE TABLE later (x); INSERT INTO later VALUES ('kept')");
    db.prepare("INSERT INTO schema_migrations VALUES (?, 'later', 1, 0)").run(SCHEMA_VERSION + 1);
  });
  const { path: backup, schemaVersion } = await backUp(path);
  expect(schemaVersion).toBe(SCHEMA_VERSION + 1);
  expect(inDatabase(backup, (db) => db.prepare("SELECT x FROM later").pluck().get())).toBe("kept");
});

test("a missing database is not made", async () => {
  const path = join(tempDirectory(), "profiles.db");
  await expect(backUp(path)).rejects.toThrow(`${path} does not exist`);
  expect(filesIn(dirname(path))).toEqual([]);
});

const NO_REGISTRIES: Record<string, [(path: string) => void, string]> = {
  "an empty file": [(path) => writeFileSync(path, ""), "holds no profile registry"],
  "a text": [(path) => writeFileSync(path, "registries:\n".repeat(100)), "file is not a database"],
  "a directory": [(path) => mkdirSync(path), "is not a file"],
  "a database of something else": [
    (path) => openByHand(path).exec("CREATE TABLE albums (title TEXT)"),
    "is an SQLite database of something else",
  ],
};
for (const [what, [make, reason]] of Object.entries(NO_REGISTRIES)) {
  test(`${what} is refused in one line, and nothing is left`, async () => {
    const path = join(tempDirectory(), "profiles.db");
    make(path);
    await expect(backUp(path)).rejects.toThrow(reason);
    expect(filesIn(dirname(path))).toEqual(["profiles.db"]);
  });
}

test("a damaged database gives no backup", async () => {
  const path = await makeDatabase();
  damage(path, "log");
  await expect(backUp(path)).rejects.toThrow(/damaged|malformed/);
  overwrite(path, 0, 100);
  await expect(backUp(path)).rejects.toThrow("file is not a database");
  expect(filesIn(dirname(path))).toEqual(["profiles.db"]);
});

test("a database locked past the timeout is busy", async () => {
  const path = await makeDatabase();
  const holder = openByHand(path);
  holder.pragma("locking_mode = EXCLUSIVE");
  holder.exec("BEGIN EXCLUSIVE");
  await expect(backUp(path, { busyTimeoutMs: 50 })).rejects.toThrow("store is busy");
});

test("of older backups the newest are kept, and files of other names are left alone", async () => {
  const path = await makeDatabase();
  const file = (suffix: string): string => `${path}${suffix}`;
  const old = ["20200101-000000", "20200102-000000", "20200103-000000"].map((stamp) => file(`.bak.${stamp}`));
  const others = [
    ".bak",
    ".bak.20200101",
    ".bak.20200101-000000.gz",
    ".bak.99990101-000000",
    ".replaced.20200101-000000",
  ];
  for (const name of [...old, ...others.map(file)]) writeFileSync(name, "");
  mkdirSync(file(".bak.20190101-000000"));
  writeFileSync(join(dirname(path), "other.db.bak.20200101-000000"), "");
  const before = filesIn(dirname(path));
  const { path: made, removed } = await backUp(path, { keep: 2 });
  expect(removed).toEqual(old.slice(0, 2));
  const left = [...before.filter((name) => !old.slice(0, 2).includes(join(dirname(path), name)))];
  expect(filesIn(dirname(path))).toEqual([...left, made.slice(dirname(path).length + 1)].sort());
});

test("nothing older goes where the backup fails", async () => {
  const path = await makeDatabase();
  const old = `${path}.bak.20200101-000000`;
  writeFileSync(old, "");
  await expect(backUp(path, { keep: 1, output: old })).rejects.toThrow("already exists");
  expect(existsSync(old)).toBe(true);
});

test("a backup can be served and written", async () => {
  const path = await makeDatabase();
  const copy = await openStore((await backUp(path)).path);
  expect((await write(copy, updateProfile("r", "a"))).versions).toEqual([2]);
});
