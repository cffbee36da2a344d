/** What the callers of both edges see when the store cannot do what it should. */
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { temporaryDirectory } from "../support/files.js";
import { REGISTRIES, serverForTest } from "../support/server.js";
import { create, type Edge, get, type Operation, resolve } from "./operations.js";
import { restEdge } from "./rest-edge.js";
import { rpcEdge } from "./rpc-edge.js";

const inTeam = { registry: "team" };

/** Both edges of one server on a file, and the file as another process sees it. */
async function serveFile(busyTimeoutMs: number): Promise<{ edges: Edge[]; db: Database.Database }> {
  const path = join(temporaryDirectory(), "profiles.db");
  const { url } = await serverForTest({
    "profile-registry-dsn": `file:${path}?_busy_timeout=${busyTimeoutMs}`,
    "seed-file": REGISTRIES,
  });
  const db = new Database(path);
  onTestFinished(() => void db.close());
  return { edges: [restEdge(url), rpcEdge(url)], db };
}

async function outcomes(edges: Edge[], operation: Operation): Promise<unknown[]> {
  return Promise.all(edges.map((edge) => edge.perform(operation)));
}

test("a stored profile that cannot be read is data_loss, which names it", async () => {
  const { edges, db } = await serveFile(1_000);
  db.prepare("UPDATE profiles SET payload_json = '{' WHERE slug = 'analyst'").run();
  const error = {
    code: "data_loss",
    message: 'the stored document of profile "analyst" of registry "default" cannot be read',
    violations: [],
  };
  const operations = [get("analyst"), resolve({ profile: "analyst" })];
  for (const operation of operations)
    expect(await outcomes(edges, operation)).toEqual([{ error }, { error }]);
});

test("a profile that cannot be read keeps no other one from being served", async () => {
  const { edges, db } = await serveFile(1_000);
  db.prepare("UPDATE profiles SET payload_json = '{' WHERE slug = 'analyst'").run();
  for (const edge of edges) {
    expect(await edge.perform(resolve({ profile: "inventory" }))).toMatchObject({ document: {} });
    const list = (await edge.perform({ do: "list-profiles" })) as { document: { slug: string }[] };
    const slugs = list.document.map(({ slug }) => slug);
    expect(slugs).toEqual(["default", "fast-v1", "inventory", "voice-fast-v1"]);
  }
});

test("a write while another process holds the lock too long is unavailable, and reads go on", async () => {
  const { edges, db } = await serveFile(50);
  db.exec("BEGIN IMMEDIATE");
  const error = { code: "unavailable", message: "store is busy", violations: [] };
  expect(await outcomes(edges, create("late"))).toEqual([{ error }, { error }]);
  expect(await outcomes(edges, resolve({}, inTeam))).toMatchObject([{ document: {} }, { document: {} }]);
});

test("a write that waits for another process's lock is done once it is free", async () => {
  const { edges, db } = await serveFile(5_000);
  db.exec("BEGIN IMMEDIATE");
  const written = edges[0]!.perform(create("waiting"));
  await new Promise((resolve) => setTimeout(resolve, 50));
  db.exec("COMMIT");
  expect(await written).toMatchObject({ document: { slug: "waiting" } });
});

test("a failure that nobody expected is internal: the request's id is told, the cause is not", async () => {
  const { edges, db } = await serveFile(1_000);
  db.exec("DROP TABLE profiles");
  const message = expect.stringMatching(/^internal error \(request [\w-]+\)$/);
  const error = { code: "internal", message, violations: [] };
  expect(await outcomes(edges, get("analyst"))).toEqual([{ error }, { error }]);
});

test("what another process commits is seen by the next read", async () => {
  const { edges, db } = await serveFile(1_000);
  await outcomes(edges, resolve({}, inTeam));
  const other = await serverForTest({ "profile-registry-db": db.name });
  await restEdge(other.url).perform({
    do: "update-profile",
    slug: "analyst",
    patch: { runtime: { system_prompt: "Elsewhere" } },
  });
  expect(await outcomes(edges, resolve({ profile: "analyst" }))).toMatchObject([
    { document: { runtime: { system_prompt: "Elsewhere" } } },
    { document: { runtime: { system_prompt: "Elsewhere" } } },
  ]);
});

test("of writers with the same expected version exactly one wins, over whichever edge", async () => {
  const { edges } = await serveFile(5_000);
  const patch = { display_name: "Mine" };
  const write = { do: "update-profile", slug: "analyst", patch, expected_version: 1 } as const;
  const results = await Promise.all(
    [...edges, ...edges, ...edges, ...edges].map((edge) => edge.perform(write)),
  );
  const refused = results.filter((outcome) => "error" in outcome);
  expect(refused).toHaveLength(7);
  for (const outcome of refused) {
    expect(outcome).toMatchObject({
      error: { code: "version_conflict", message: 'profile "analyst" version conflict: expected=1 actual=2' },
    });
  }
});

test("of writers without an expected version all win, one after the other", async () => {
  const { edges } = await serveFile(5_000);
  const write = { do: "update-profile", slug: "analyst", patch: {} } as const;
  const results = await Promise.all([...edges, ...edges, ...edges].map((edge) => edge.perform(write)));
  const versions = results.map(
    (outcome) => (outcome as { document: { metadata: { version: number } } }).document.metadata.version,
  );
  expect(versions.sort()).toEqual([2, 3, 4, 5, 6, 7]);
});
