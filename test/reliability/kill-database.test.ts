import Database from "better-sqlite3";
import { beforeAll, expect, test } from "vitest";
import { temporaryDirectory } from "../cli/program.js";
import { startServer } from "../support/server.js";
import type { Write } from "./history.js";
import { restClient } from "./history-rest-client.js";
import { writeSeedFile } from "./history-seed.js";
import { faultsIn } from "./kill-database.js";

const registry = "default";
const texts = { name: "n", note: "n", prompt: "n" };
const HISTORY: Write[] = [
  { do: "create-profile", registry, slug: "chosen", texts, setDefault: true },
  { do: "update-profile", registry, slug: "p1", texts: { note: "a" }, setDefault: false },
  { do: "create-registry", registry: "passing", name: "first" },
  { do: "create-profile", registry: "passing", slug: "p0", texts, setDefault: false },
  { do: "delete-registry", registry: "passing", force: true },
  { do: "create-registry", registry: "passing", name: "second" },
  { do: "create-profile", registry: "passing", slug: "p0", texts, setDefault: false },
  { do: "delete-profile", registry: "passing", slug: "p0" },
];

let image: Buffer;

beforeAll(async () => {
  await using directory = await temporaryDirectory();
  const file = directory.path("profiles.db");
  const seedFile = directory.path("seed.yaml");
  await writeSeedFile(seedFile);
  const server = await startServer({ "profile-registry-db": file, "seed-file": seedFile });
  const client = restClient(server.url);
  for (const write of HISTORY) expect(await client.perform(write)).toMatchObject({ is: "done" });
  await server.stop();
  const db = new Database(file);
  db.pragma("journal_mode = DELETE");
  image = db.serialize();
  db.close();
});

/** What is wrong with the database after somebody has been at it. */
function faultsAfter(sql: string): string[] {
  const db = new Database(image);
  try {
    db.pragma("foreign_keys = OFF");
    db.exec(sql);
    return faultsIn(db);
  } finally {
    db.close();
  }
}

const lastOf = (operation: string): string =>
  `(SELECT max(revision) FROM log WHERE operation = '${operation}')`;

test("a database that servers left is whole", () => {
  expect(faultsAfter("")).toEqual([]);
});

test.each([
  ["a gap in the log", `DELETE FROM log WHERE revision = ${lastOf("update_profile")}`, /at place/],
  [
    "half a commit",
    `DELETE FROM log WHERE revision >= ${lastOf("set_default_profile")}`,
    /commit \d+ is half there/,
  ],
  [
    "a commit of two requests",
    `UPDATE log SET time_ms = 1 WHERE revision = ${lastOf("set_default_profile")}`,
    /of two requests/,
  ],
  [
    "a version that skips one",
    `UPDATE log SET version = 9 WHERE revision = ${lastOf("update_profile")}`,
    /version 9 instead of 2/,
  ],
  [
    "a registry that did not move with its profile",
    `UPDATE log SET registry_version = 2 WHERE revision = ${lastOf("update_profile")}`,
    /registry version 2 instead of 3/,
  ],
  [
    "a profile that is not as logged",
    "UPDATE profiles SET payload_json = replace(payload_json, '\"a\"', '\"b\"') WHERE slug = 'p1'",
    /profile default\/p1 is not as the log says/,
  ],
  ["a profile that is in the log alone", "DELETE FROM profiles WHERE slug = 'w000'", /wide\/w000 is written/],
  [
    "a profile that the log deletes",
    "INSERT INTO profiles SELECT 'passing', 'p0', version, revision, payload_json, updated_at_ms FROM profiles WHERE slug = 'p1'",
    /passing\/p0 is deleted in the log alone/,
  ],
  [
    "a registry that is not as logged",
    "UPDATE profile_registries SET payload_json = json_set(payload_json, '$.default_profile_slug', 'p1') WHERE slug = 'default'",
    /registry default is not as the log says/,
  ],
  [
    "a registry of another version",
    "UPDATE profile_registries SET payload_json = json_set(payload_json, '$.metadata.version', 9) WHERE slug = 'default'",
    /registry default has version 9/,
  ],
  [
    "a default profile that does not exist",
    "DELETE FROM profiles WHERE slug = 'chosen'",
    /registry default has no profile "chosen"/,
  ],
  [
    "a counter that did not move",
    "UPDATE last_versions SET version = 1 WHERE registry_slug = 'default' AND profile_slug = 'p1'",
    /the counter of default\/p1 is 1, not 2/,
  ],
  [
    "a registry deleted under its profiles",
    "DELETE FROM profile_registries WHERE slug = 'team'",
    /foreign key/,
  ],
])("it finds %s", (_, sql, fault) => {
  expect(faultsAfter(sql).join("\n")).toMatch(fault);
});
