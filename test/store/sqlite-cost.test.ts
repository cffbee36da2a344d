/** What must not grow with the registry or the log, told by SQLite's own plans instead of a clock. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { CHANGED_SINCE } from "../../src/store/sqlite/changes.js";
import { PROFILES_NOW, PROFILES_THEN } from "../../src/store/sqlite/list-profiles.js";
import { logQueryText } from "../../src/store/sqlite/read-log.js";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.js";
import { createProfile, createRegistry, write } from "./documents.js";
import { openByHand, openStore, tempDirectory } from "./temp.js";

async function planOf(sql: string, parameters: unknown): Promise<string[]> {
  const path = join(tempDirectory(), "profiles.db");
  await openStore(path);
  return openByHand(path)
    .prepare<[unknown], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
    .all(parameters)
    .map(({ detail }) => detail);
}

const step = { registry: "r", at: 5, after: "", tag: null, text: null, scan: 101 };
/** Reading a table or an index from end to end. */
const wholeScan = /^SCAN (profiles|log)\b/;

test("a page of the present neither scans nor sorts", async () => {
  const plan = await planOf(PROFILES_NOW, step);
  expect(plan[0]).toMatch(/^SEARCH profiles USING INDEX .*\(registry_slug=\? AND slug>\?\)/);
  expect(plan.filter((line) => wholeScan.test(line) || line.includes("TEMP B-TREE"))).toEqual([]);
});

test("a page of the past seeks each name, and sorts no more than its own rows", async () => {
  const plan = await planOf(PROFILES_THEN, step);
  expect(plan.filter((line) => wholeScan.test(line))).toEqual([]);
  const sorts = plan.flatMap((line, i) => (line.includes("TEMP B-TREE") ? [i] : []));
  const documents = plan.indexOf("SCAN documents");
  expect(documents).toBeGreaterThan(0);
  expect(sorts.every((sort) => sort > documents)).toBe(true);
  for (const line of plan.filter((line) => /^SEARCH (profiles|log)\b/.test(line))) {
    expect(line).toMatch(/\(registry_slug=\? AND (profile_)?slug[>=]\?/);
  }
});

test("what changed is read from the end of the log", async () => {
  expect(await planOf(CHANGED_SINCE, 5)).toEqual(["SEARCH log USING INTEGER PRIMARY KEY (rowid>?)"]);
});

test("the last entry of a rollout is found without a look at those of other documents", async () => {
  const query = { registry: "r", mode: "fast", newestFirst: true, limit: 1 };
  const { newestFirst: _, ...bound } = query;
  expect(await planOf(logQueryText(query), bound)).toEqual([
    "SEARCH log USING INDEX log_by_rollout (registry_slug=? AND mode=?)",
  ]);
});

test("figures that are too old are found by their time", async () => {
  expect(await planOf("DELETE FROM rollout_figures WHERE slot_ms < ?", 5)).toEqual([
    "SEARCH rollout_figures USING INDEX rollout_figures_by_time (slot_ms<?)",
  ]);
});

test("other work gets its turn while a page looks for a rare tag", async () => {
  const store = await openSqliteStore();
  await write(
    store,
    createRegistry("r"),
    ...Array.from({ length: 3_000 }, (_, i) => createProfile("r", `p-${i}`)),
  );
  let turns = 0;
  let listing = true;
  const count = (): void => {
    turns++;
    if (listing) setImmediate(count);
  };
  setImmediate(count);
  const page = await store.listProfiles("r", { at: 3_001, limit: 10, tag: "none" });
  listing = false;
  expect(page).toEqual({ profiles: [], unreadable: [], more: false });
  expect(turns).toBeGreaterThanOrEqual(5);
  await store.close();
});
