/** A profile whose stored document is broken stops nobody from reading the others (spec 2.4). */
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { temporaryDirectory } from "../support/files.js";
import { type RestClient, restClient } from "../support/rest.js";
import { REGISTRIES, serverForTest } from "../support/server.js";

/** `default` holds analyst, default, fast-v1, inventory and voice-fast-v1; those in `broken` cannot be read. */
async function serveWith(...broken: string[]): Promise<RestClient> {
  const path = join(temporaryDirectory(), "profiles.db");
  const { url } = await serverForTest({ "profile-registry-db": path, "seed-file": REGISTRIES });
  const db = new Database(path);
  onTestFinished(() => void db.close());
  const breakIt = db.prepare("UPDATE profiles SET payload_json = '{' WHERE slug = ?");
  for (const slug of broken) breakIt.run(slug);
  return restClient(url);
}

const slugsOf = (json: unknown) => (json as { slug: string }[]).map(({ slug }) => slug);

test("a list leaves it out", async () => {
  const rest = await serveWith("analyst", "voice-fast-v1");
  expect(slugsOf((await rest("GET", "/profiles")).json)).toEqual(["default", "fast-v1", "inventory"]);
});

test("pages lead past it, also where a whole page cannot be read", async () => {
  const rest = await serveWith("analyst", "default", "inventory");
  const found: string[] = [];
  for (let path: string | undefined = "/profiles?limit=2"; path; ) {
    const { json, headers } = await rest("GET", path);
    found.push(...slugsOf(json));
    path = /<\/api\/chat([^>]+)>/.exec(headers.get("link") ?? "")?.[1];
  }
  expect(found).toEqual(["fast-v1", "voice-fast-v1"]);
});

test("where it is the default a resolve says so, and others resolve", async () => {
  const rest = await serveWith("default");
  const { status, json } = await rest("GET", "/resolve");
  expect([status, json]).toMatchObject([
    500,
    { code: "data_loss", detail: expect.stringContaining('"default"') },
  ]);
  expect((await rest("GET", "/resolve/analyst")).status).toBe(200);
});
