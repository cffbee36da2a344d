/** Modes over what a store has lost, what somebody has broken by hand, and what was written before there were modes (spec 5.1). */
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { describe, expect, onTestFinished, test } from "vitest";
import { ErrorInfoSchema } from "../../gen/google/rpc/error_details_pb.js";
import { ResolverService } from "../../gen/profileregistry/v1/resolver_service_pb.js";
import { Deployment } from "../../gen/profileregistry/v1/rollout_service_pb.js";
import type { Environment } from "../../src/config.js";
import type { JsonObject } from "../../src/domain/json.js";
import { ROLLOUT_FLAGS } from "../../src/domain/rollout.js";
import { withDatabase } from "../reliability/disk-database.js";
import { makeSchema2 } from "../store/schema-2.js";
import { temporaryDirectory } from "../support/files.js";
import { restClient } from "../support/rest.js";
import { serverForTest } from "../support/server.js";
import { EDGES, type ModeServer, ON, startModeServer } from "./mode-server.js";

const ASKS_FAST = { processing: { mode: "fast" }, conv_id: "c" };
const IGNORED = { requested_mode: "default", applied_mode: "default", outcome: "contract_disabled" };

const ALL_TRUE = Object.fromEntries(ROLLOUT_FLAGS.map((flag) => [`FAST_MODE_${flag.toUpperCase()}`, "true"]));

async function onFile(profiles?: Record<string, JsonObject>) {
  const file = `${temporaryDirectory()}/profiles.db`;
  const server = await startModeServer({
    flags: { "profile-registry-db": file },
    ...(profiles && { profiles }),
  });
  onTestFinished(() => server.stop());
  return { server, byHand: (sql: string) => withDatabase(file, (db) => db.exec(sql)) };
}

/** What both edges say of it, which is the same. */
async function said(server: ModeServer, request: JsonObject): Promise<unknown> {
  const [rest, rpc] = await Promise.all(EDGES.map((edge) => server.resolve[edge](request)));
  const shown = (answer: typeof rest) => (typeof answer === "string" ? answer : answer?.processing);
  expect(shown(rpc)).toEqual(shown(rest));
  return shown(rest);
}

const unreadable = async (server: { url: string }): Promise<unknown> => {
  const answer = await fetch(`${server.url}/readyz`);
  return [answer.status, ((await answer.json()) as { unreadable?: string[] }).unreadable];
};

interface Broken {
  what: string;
  profiles?: Record<string, JsonObject>;
  breakIt: (server: ModeServer, byHand: (sql: string) => unknown) => unknown;
  outcome: string;
  why: string;
}

const BROKEN: Broken[] = [
  {
    what: "that was never written",
    profiles: {},
    breakIt: () => {},
    outcome: "profile_missing",
    why: "does not exist",
  },
  {
    what: "that was deleted",
    breakIt: (server) => server.rest("DELETE", "/profiles/fast-v1"),
    outcome: "profile_missing",
    why: "does not exist",
  },
  {
    what: "that cannot be read",
    breakIt: (_, byHand) =>
      byHand("UPDATE profiles SET payload_json = substr(payload_json, 1, 20) WHERE slug = 'fast-v1'"),
    outcome: "profile_invalid",
    why: "cannot be read",
  },
];

describe.each(BROKEN)("a mode's profile $what", ({ profiles, breakIt, outcome, why }) => {
  const start = async (enforced: boolean) => {
    const { server, byHand } = await onFile(profiles);
    await server.setRollout({ ...ON, cloud_enforced: enforced });
    if (profiles === undefined) expect(await said(server, ASKS_FAST)).toMatchObject({ outcome: "applied" });
    const plain = await server.resolve.REST({});
    await breakIt(server, byHand);
    return { server, fingerprint: (plain as JsonObject).fingerprint };
  };

  test.each(["local", "cloud"])("gives the default runtime to %s turns", async (deployment) => {
    const { server, fingerprint } = await start(false);
    expect(await said(server, { ...ASKS_FAST, deployment })).toMatchObject({
      requested_mode: "fast",
      applied_mode: "default",
      outcome,
    });
    for (const edge of EDGES)
      expect(await server.resolve[edge]({ ...ASKS_FAST, deployment })).toMatchObject({ fingerprint });
  });

  test("fails cloud turns alone where it is enforced, and no turn that asks for nothing", async () => {
    const { server, fingerprint } = await start(true);
    expect(await said(server, { ...ASKS_FAST, deployment: "cloud" })).toBe(
      `failed_precondition: processing mode "fast" is enforced for cloud and its profile "fast-v1" ${why}`,
    );
    expect(await said(server, { ...ASKS_FAST, deployment: "local" })).toMatchObject({ outcome });
    expect(await server.resolve.RPC({ deployment: "cloud" })).toMatchObject({ fingerprint });
  });
});

test("the refusal of a cloud turn tells programs mode, profile and outcome", async () => {
  const { server } = await onFile({});
  await server.setRollout({ ...ON, cloud_enforced: true });
  const resolver = createClient(ResolverService, createGrpcTransport({ baseUrl: server.url }));
  const asked = resolver.resolveProfile({ processing: { mode: "fast" }, deployment: Deployment.CLOUD });
  const error = ConnectError.from(await asked.catch((reason: unknown) => reason));
  expect(error.code).toBe(Code.FailedPrecondition);
  expect(error.findDetails(ErrorInfoSchema)[0]?.metadata).toEqual({
    mode: "fast",
    profile: "fast-v1",
    outcome: "profile_missing",
  });
});

test("a mode's profile is applied as soon as it is there, and reads again when it was mended", async () => {
  const { server, byHand } = await onFile({});
  await server.setRollout(ON);
  expect(await said(server, ASKS_FAST)).toMatchObject({ outcome: "profile_missing" });
  await server.rest("POST", "/profiles", { body: { slug: "fast-v1" } });
  expect(await said(server, ASKS_FAST)).toMatchObject({ outcome: "applied", profile_version: 1 });
  byHand("UPDATE profiles SET payload_json = '{' WHERE slug = 'fast-v1'");
  expect(await said(server, ASKS_FAST)).toMatchObject({ outcome: "profile_invalid" });
  expect(await unreadable(server)).toEqual([200, expect.arrayContaining(["default/fast-v1"])]);
  byHand(`UPDATE profiles SET payload_json =
    (SELECT payload_json FROM log WHERE profile_slug = 'fast-v1' ORDER BY revision DESC LIMIT 1) WHERE slug = 'fast-v1'`);
  expect(await said(server, ASKS_FAST)).toMatchObject({ outcome: "applied" });
});

describe("a rollout", () => {
  test.each([
    ["whose row is gone", "DELETE FROM rollouts", []],
    ["that is no JSON", "UPDATE rollouts SET payload_json = '{'", ["default/rollouts/fast"]],
    [
      "with a flag of the wrong type",
      `UPDATE rollouts SET payload_json = json_set(payload_json, '$.runtime_enabled', 'yes')`,
      ["default/rollouts/fast"],
    ],
    [
      "of another mode",
      `UPDATE rollouts SET payload_json = json_set(payload_json, '$.mode', 'slow')`,
      ["default/rollouts/fast"],
    ],
  ])("%s is all off, breaks no turn, and is reported where it is there", async (_, sql, reported) => {
    const { server, byHand } = await onFile();
    await server.setRollout({ ...ON, cloud_enforced: true });
    const plain = await server.resolve.REST({});
    byHand(sql);
    expect(await said(server, { ...ASKS_FAST, deployment: "cloud" })).toEqual(IGNORED);
    expect(await said(server, { processing: { mode: "slow" } })).toEqual(IGNORED);
    expect(await server.resolve.REST({})).toMatchObject({ fingerprint: (plain as JsonObject).fingerprint });
    const [status, names] = (await unreadable(server)) as [number, string[]];
    expect([status, names.filter((name) => name.includes("/rollouts/"))]).toEqual([200, reported]);
    await server.setRollout(ON);
    expect(await said(server, ASKS_FAST)).toMatchObject({ outcome: "applied" });
  });
});

describe("a database from before modes", () => {
  /** As the program of schema 2 left it, with that under `processing_modes`. */
  async function schema2With(modes: unknown, env?: Environment) {
    const file = `${temporaryDirectory()}/profiles.db`;
    makeSchema2(file, modes);
    const { url } = await serverForTest({ "profile-registry-db": file, "default-registry": "r" }, {}, env);
    return restClient(url);
  }

  const DECLARED = { fast: { profiles: ["b"] } };

  test.each<[string, unknown]>([
    ["junk", { fast: 5, "no slug": {}, default: {}, Slow: { profiles: ["a"] }, voice: { profiles: [""] } }],
    ["nothing", {}],
    ["null", null],
    ["valid declarations", DECLARED],
    ["both", { ...DECLARED, slow: "maybe", thorough: { profiles: "deep" } }],
  ])("that holds %s answers as before, and ignores processing", async (_, modes) => {
    const rest = await schema2With(modes);
    const answer = await rest("POST", "/resolve", { body: {} });
    expect(answer.json).toMatchObject({ profile: "a", processing: { outcome: "not_requested" } });
    for (const processing of [{ mode: "fast" }, { mode: "voice" }, "junk"]) {
      const asked = await rest("POST", "/resolve", { body: { processing, deployment: "cloud" } });
      expect(asked.json).toMatchObject({
        processing: IGNORED,
        fingerprint: (answer.json as JsonObject).fingerprint,
      });
    }
    expect((await rest("GET", "/registries/r")).status).toBe(200);
    for (const path of ["/profiles/b", "/registries/r"])
      expect((await rest("PATCH", path, { body: { display_name: "Named" } })).status, path).toBe(200);
  });

  test("that declares a mode starts it as the environment says, with nobody in", async () => {
    const rest = await schema2With(DECLARED, ALL_TRUE);
    const asked = await rest("POST", "/resolve", { body: { processing: { mode: "fast" } } });
    expect(asked.json).toMatchObject({ processing: { outcome: "not_in_rollout" } });
  });
});

test("a rollout that was lost stays off through a restart, whatever the environment says", async () => {
  const flags = { "profile-registry-db": `${temporaryDirectory()}/profiles.db` };
  const first = await startModeServer({ flags, env: ALL_TRUE });
  onTestFinished(() => first.stop());
  expect(await said(first, ASKS_FAST)).toMatchObject({ outcome: "not_in_rollout" });
  withDatabase(flags["profile-registry-db"], (db) => db.exec("DELETE FROM rollouts"));
  await first.stop();
  const { url } = await serverForTest(flags, {}, ALL_TRUE);
  const asked = await restClient(url)("POST", "/resolve", { body: ASKS_FAST });
  expect(asked.json).toMatchObject({ processing: IGNORED });
});
