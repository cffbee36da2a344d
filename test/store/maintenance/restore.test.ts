import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { backUpDatabase } from "../../../src/store/sqlite/maintenance/backup.js";
import { restoreDatabase } from "../../../src/store/sqlite/maintenance/restore.js";
import {
  createProfile,
  createRegistry,
  deleteProfile,
  expecting,
  findProfile,
  updateProfile,
  write,
} from "../documents.js";
import { otherProcesses } from "../processes.js";
import { openByHand, openStore, tempDirectory } from "../temp.js";
import {
  change,
  damage,
  documentsIn,
  filesIn,
  inDatabase,
  makeDatabase,
  modeOf,
  overwrite,
  restore,
  revisionIn,
} from "./stores.js";

const startProcess = otherProcesses();

/** A database, a backup of it, and a write after that. */
async function backedUp() {
  const path = await makeDatabase();
  const { path: backup } = await backUpDatabase({ path, output: `${path}.copy` });
  await change(path, updateProfile("r", "a", { display_name: "later" }));
  return { path, backup };
}

const COPIES: Record<string, (path: string, copy: string) => unknown> = {
  "a backup": (path, output) => backUpDatabase({ path, output }),
  "a plain copy after a clean stop": (path, copy) => copyFileSync(path, copy),
  "a copy made with SQLite's backup API": async (path, copy) => {
    const db = new Database(path);
    await db.backup(copy);
    db.close();
  },
  "a copy made with VACUUM INTO": (path, copy) => inDatabase(path, (db) => db.exec(`VACUUM INTO '${copy}'`)),
};
for (const [what, makeCopy] of Object.entries(COPIES)) {
  test(`${what} brings back exactly what was stored`, async () => {
    const path = await makeDatabase();
    const copy = join(tempDirectory(), "copy.db");
    await makeCopy(path, copy);
    const before = documentsIn(copy);
    const bytes = readFileSync(copy);
    await change(path, updateProfile("r", "a"), createProfile("r", "c"), deleteProfile("r", "b"));
    await restore(copy, path);
    expect(documentsIn(path)).toEqual(before);
    expect(readFileSync(copy).equals(bytes)).toBe(true);
    expect(filesIn(dirname(copy))).toEqual(["copy.db"]);
  });
}

test("a copy with its log beside it brings back what is only in the log", async () => {
  const path = await makeDatabase();
  const store = await openStore(path);
  await write(store, updateProfile("r", "a", { display_name: "late" }));
  const copy = join(tempDirectory(), "copy.db");
  for (const suffix of ["", "-wal"]) copyFileSync(path + suffix, copy + suffix);
  await store.close();
  await change(path, updateProfile("r", "a", { display_name: "later" }));
  await restore(copy, path);
  expect((await findProfile(await openStore(path), "r", "a"))?.display_name).toBe("late");
});

test("the restored file is for the owner alone, and the only one of the database", async () => {
  const { path, backup } = await backedUp();
  const { kept } = await restore(backup, path);
  expect(modeOf(path)).toBe("600");
  expect(filesIn(dirname(path))).toEqual([path, backup, kept ?? ""].map((file) => basename(file)).sort());
});

test("it is told what has changed", async () => {
  const { path, backup } = await backedUp();
  await change(path, createProfile("r", "c"), deleteProfile("r", "b"), createRegistry("s"));
  expect(await restore(backup, path)).toMatchObject({
    history: "same",
    copy: { revision: 3, registries: 1, profiles: 2 },
    differences: [
      { registry: "r", what: "changed" },
      { registry: "s", what: "deleted" },
      { registry: "r", profile: "a", what: "changed" },
      { registry: "r", profile: "b", what: "created" },
      { registry: "r", profile: "c", what: "deleted" },
    ],
    renumbered: [],
    lost: [],
  });
});

test("the replaced file is kept whole, for the owner alone, also what a killed process left in its log", async () => {
  const { path, backup } = await backedUp();
  const store = await openStore(path);
  await write(store, updateProfile("r", "a", { display_name: "acknowledged last" }));
  const crashed = join(tempDirectory(), "profiles.db");
  for (const suffix of ["", "-wal", "-shm"]) copyFileSync(path + suffix, crashed + suffix);
  chmodSync(crashed, 0o644);
  const { kept = "" } = await restore(backup, crashed);
  expect(kept).toMatch(/profiles\.db\.replaced\.\d{8}-\d{6}$/);
  expect(modeOf(kept)).toBe("600");
  expect(filesIn(dirname(crashed))).toEqual(["profiles.db", basename(kept)]);
  const old = await openStore(kept);
  expect((await findProfile(old, "r", "a"))?.display_name).toBe("acknowledged last");
});

test("restoring the kept file brings back what the restore took away", async () => {
  const { path, backup } = await backedUp();
  const before = documentsIn(path);
  const { kept = "" } = await restore(backup, path);
  await restore(kept, path);
  expect(documentsIn(path)).toEqual(before);
});

test("a link to the database stays one", async () => {
  const { path, backup } = await backedUp();
  const link = join(tempDirectory(), "link.db");
  symlinkSync(path, link);
  await restore(backup, link);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(documentsIn(path)).toEqual(documentsIn(backup));
});

test.skipIf(process.getuid?.() !== 0)(
  "the restored file belongs to whom the replaced one belonged to",
  async () => {
    const { path, backup } = await backedUp();
    chownSync(path, 1234, 1235);
    await restore(backup, path);
    const { uid, gid } = statSync(path);
    expect([uid, gid]).toEqual([1234, 1235]);
  },
);

test("while a process has the database open, an idle one too, nothing is restored", async () => {
  const { path, backup } = await backedUp();
  const before = filesIn(dirname(path));
  const idle = await startProcess();
  await idle.run("open", path);
  await expect(restore(backup, path)).rejects.toThrow(
    `${path} is in use: stop every process that has it open first`,
  );
  await idle.run("close");
  expect(filesIn(dirname(path))).toEqual(before);
  await restore(backup, path);
});

test("a process that starts while a database is restored gets the restored one or none", async () => {
  const { path, backup } = await backedUp();
  const starting = await startProcess();
  let opening: Promise<number | string> | undefined;
  await restoreDatabase({
    from: backup,
    path,
    actor: "ann",
    progress: () => {
      opening ??= starting.run("open", path).catch((error: unknown) => String(error));
    },
  });
  const opened = await opening;
  if (typeof opened === "string") expect(opened).toMatch(/was replaced while it was opened|cannot be opened/);
  else expect(opened).toBe(revisionIn(path));
  await starting.kill();
  expect(inDatabase(path, (db) => db.pragma("integrity_check", { simple: true }))).toBe("ok");
  expect(documentsIn(path)).toEqual(documentsIn(backup));
});

test("no process can open the database while it is restored", async () => {
  const { path, backup } = await backedUp();
  let looked: Promise<unknown> | undefined;
  await restoreDatabase({
    from: backup,
    path,
    actor: "ann",
    progress: () => {
      looked ??= openStore(path, { busyTimeoutMs: 0 }).catch((error: unknown) => String(error));
    },
  });
  expect(await looked).toContain("store is busy");
});

test("a missing database is made from a backup, and counters are said not to be carried over", async () => {
  const { backup } = await backedUp();
  const path = join(tempDirectory(), "new", "profiles.db");
  expect(await restore(backup, path)).toMatchObject({ history: "none", kept: undefined, revision: 3 });
  expect(documentsIn(path)).toEqual(documentsIn(backup));
  expect(modeOf(path)).toBe("600");
});

test("a log without its database is laid aside, not taken for the restored one's", async () => {
  const { path, backup } = await backedUp();
  const store = await openStore(path);
  await write(store, createProfile("r", "c"));
  const lone = join(tempDirectory(), "profiles.db");
  copyFileSync(`${path}-wal`, `${lone}-wal`);
  const { kept = "" } = await restore(backup, lone);
  expect(filesIn(dirname(lone))).toEqual(["profiles.db", `${basename(kept)}-wal`]);
  expect(documentsIn(lone)).toEqual(documentsIn(backup));
});

test("an empty file at the path is replaced", async () => {
  const { backup } = await backedUp();
  const path = join(tempDirectory(), "profiles.db");
  writeFileSync(path, "");
  expect(await restore(backup, path)).toMatchObject({ history: "none", damage: undefined });
  expect(documentsIn(path)).toEqual(documentsIn(backup));
});

test("a database that is none any more is replaced, and kept as it is", async () => {
  const { path, backup } = await backedUp();
  overwrite(path, 0, 100);
  const bytes = readFileSync(path);
  const { kept = "", damage: reason } = await restore(backup, path);
  expect(reason).toContain("file is not a database");
  expect(readFileSync(kept).equals(bytes)).toBe(true);
  expect(documentsIn(path)).toEqual(documentsIn(backup));
});

for (const part of ["log", "profiles", "last_versions", "profile_registries", "log_by_document"]) {
  test(`with ${part} damaged, what can be read of the counters is carried over`, async () => {
    const { path, backup } = await backedUp();
    const reached = revisionIn(path);
    damage(path, part);
    const { lost, revision } = await restore(backup, path);
    if (part !== "log_by_document") expect(lost.length).toBeGreaterThan(0);
    expect(revision).toBeGreaterThan(reached);
    const [version] = await change(path, updateProfile("r", "a"));
    expect(version).toBeGreaterThan(2);
    expect(inDatabase(path, (db) => db.pragma("integrity_check", { simple: true }))).toBe("ok");
  });
}

const UNSOUND: Record<string, [(path: string) => void, RegExp]> = {
  "is missing": [() => {}, /does not exist$/],
  "is a text": [(path) => writeFileSync(path, "registries:\n".repeat(100)), /file is not a database$/],
  "holds something else": [
    (path) => openByHand(path).exec("CREATE TABLE albums (title TEXT)"),
    /is an SQLite database of something else$/,
  ],
  "is empty": [(path) => writeFileSync(path, ""), /holds no profile registry$/],
};
for (const [what, [make, reason]] of Object.entries(UNSOUND)) {
  test(`a copy that ${what} is refused, and nothing is changed`, async () => {
    const path = await makeDatabase();
    const copy = join(tempDirectory(), "copy.db");
    make(copy);
    const bytes = readFileSync(path);
    await expect(restore(copy, path)).rejects.toThrow(reason);
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect(filesIn(dirname(path))).toEqual(["profiles.db"]);
  });
}

for (const part of ["log", "profiles", "log_by_document"]) {
  test(`a copy with ${part} damaged is refused, naming it, and nothing is changed`, async () => {
    const { path, backup } = await backedUp();
    damage(backup, part);
    const before = [documentsIn(path), filesIn(dirname(path))];
    await expect(restore(backup, path)).rejects.toThrow(`${backup} is damaged: `);
    expect([documentsIn(path), filesIn(dirname(path))]).toEqual(before);
  });
}

test("a database is not replaced by itself", async () => {
  const path = await makeDatabase();
  const link = join(tempDirectory(), "link.db");
  symlinkSync(path, link);
  for (const from of [path, link])
    await expect(restore(from, path)).rejects.toThrow(`${from} is the very file that would be replaced`);
});

test("a database of something else is not replaced", async () => {
  const { backup } = await backedUp();
  const path = join(tempDirectory(), "albums.db");
  openByHand(path).exec("CREATE TABLE albums (title TEXT)");
  await expect(restore(backup, path)).rejects.toThrow(`${path} is an SQLite database of something else`);
});

test("what a killed restore left is cleared away by the next one", async () => {
  const { path, backup } = await backedUp();
  writeFileSync(`${path}.restoring-killed`, "half");
  linkSync(path, `${path}.replaced.20200101-000000`);
  writeFileSync(`${path}.replaced.20200102-000000`, "of an earlier restore");
  await restore(backup, path);
  expect(existsSync(`${path}.restoring-killed`)).toBe(false);
  expect(existsSync(`${path}.replaced.20200101-000000`)).toBe(false);
  expect(existsSync(`${path}.replaced.20200102-000000`)).toBe(true);
});

test("a restored store takes the versions that clients hold, and refuses those from after the backup", async () => {
  const { path, backup } = await backedUp();
  await restore(backup, path);
  const store = await openStore(path);
  const commit = (version: number) =>
    store.commit(expecting([{ registry: "r", profile: "a", version }], updateProfile("r", "a")));
  expect(await commit(2)).toMatchObject({ committed: false, actual: 1 });
  expect(await commit(1)).toMatchObject({ committed: true, versions: [3] });
});
