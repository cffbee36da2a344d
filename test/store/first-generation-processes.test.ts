import { copyFileSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { beforeAll, expect, test } from "vitest";
import { slugsOf } from "./documents.js";
import { makeFirstGeneration } from "./first-generation.js";
import { otherProcesses } from "./processes.js";
import { makeTempDirectory, openStore, tempDirectory } from "./temp.js";

const KILLS = Number(process.env.FIRST_GENERATION_KILLS ?? 4);
const PROFILES = 2_000;

const start = otherProcesses();
let template = "";

beforeAll(() => {
  const { path, remove } = makeTempDirectory();
  template = join(path, "profiles.db");
  const profiles = Object.fromEntries(
    Array.from({ length: PROFILES }, (_, i) => [
      `p${i}`,
      {
        slug: `p${i}`,
        runtime: {
          system_prompt: "prompt ".repeat(50),
          middlewares: [{ name: "agentmode", config: { default_mode: `${i}` } }],
        },
      },
    ]),
  );
  makeFirstGeneration(template, { registries: { r: { profiles }, s: { profiles: { p: {} } } } });
  return remove;
});

const copyOf = (journalMode: string): string => {
  const path = join(tempDirectory(), "profiles.db");
  copyFileSync(template, path);
  const db = new Database(path);
  db.pragma(`journal_mode = ${journalMode}`);
  db.close();
  return path;
};

const backupsOf = (path: string): string[] =>
  readdirSync(dirname(path))
    .filter((name) => /\.bak\.\d{8}-\d{6}$/.test(name))
    .map((name) => join(dirname(path), name));

/** Whether a file is a whole database of the first generation, as it was before. */
function isOld(path: string): boolean {
  const db = new Database(path, { timeout: 1_000 });
  try {
    expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
    if (tables.includes("schema_migrations")) return false;
    expect(tables).toEqual(["profile_registries"]);
    db.prepare("ATTACH ? AS template").run(template);
    const differing = db.prepare(
      "SELECT * FROM template.profile_registries EXCEPT SELECT * FROM main.profile_registries",
    );
    expect(differing.all()).toEqual([]);
    return true;
  } finally {
    db.close();
  }
}

test("of several processes that start at once one upgrades, with one backup, and all serve", async () => {
  const path = copyOf("DELETE");
  const processes = await Promise.all([start(), start(), start()]);
  const revisions = await Promise.all(processes.map((one) => one.run("open", path)));
  expect(revisions).toEqual([PROFILES + 3, PROFILES + 3, PROFILES + 3]);
  expect(backupsOf(path).map(isOld)).toEqual([true]);
});

test("killed at any moment, an upgrade leaves the old database or the new one, and the next start serves it", async () => {
  const measured = await start();
  const begun = performance.now();
  await measured.run("open", copyOf("DELETE"));
  const duration = performance.now() - begun;
  const seen = new Set<string>();
  for (let i = 0; i < KILLS; i++) {
    const path = copyOf(i % 2 === 0 ? "DELETE" : "WAL");
    const upgrading = await start();
    const opened = upgrading.run("open", path).then(
      () => "answered",
      () => "killed",
    );
    await sleep(Math.random() * duration * 1.2);
    await upgrading.kill();
    const left = readdirSync(dirname(path)).filter((name) => name !== basename(path));
    const old = isOld(path);
    seen.add(
      `${await opened}, ${old ? "old" : "new"}, beside it: ${left.map((name) => name.replace(/\d{8}-\d{6}/, "TIME"))}`,
    );
    if (!old) expect(backupsOf(path)).toHaveLength(1);
    const store = await openStore(path);
    expect(await slugsOf(store, "r", { limit: PROFILES + 1 })).toHaveLength(PROFILES);
    expect(await slugsOf(store, "s")).toEqual(["p"]);
    await store.close();
    for (const backup of backupsOf(path)) expect(isOld(backup)).toBe(true);
    expect(readdirSync(dirname(path)).filter((name) => name.includes("unfinished"))).toEqual([]);
  }
  if (process.env.FIRST_GENERATION_KILLS !== undefined) console.log(`${duration} ms`, seen);
}, 300_000);
