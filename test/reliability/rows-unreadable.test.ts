import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { expect, test } from "vitest";
import { ResolverService } from "../../gen/profileregistry/v1/resolver_service_pb.js";
import { serve, TEST_DATA, temporaryDirectory } from "../cli/program.js";
import { withDatabase } from "./disk-database.js";
import { edgesOf } from "./disk-edges.js";

const ANALYST = 'the stored document of profile "analyst" of registry "default" cannot be read';
const BREAK = "UPDATE profiles SET payload_json = substr(payload_json, 1, 40) WHERE slug = 'analyst'";
const MEND = `UPDATE profiles SET payload_json =
  (SELECT payload_json FROM log WHERE profile_slug = 'analyst' ORDER BY revision DESC LIMIT 1) WHERE slug = 'analyst'`;

async function serveRegistries(file: string) {
  const server = await serve(["--profile-registry-db", file, "--seed-file", `${TEST_DATA}registries.yaml`]);
  const { ready, ...edges } = edgesOf(server.url);
  const unreadable = async (): Promise<unknown> => {
    const { status, json } = await ready();
    return [status, json.unreadable];
  };
  return { server, unreadable, ...edges };
}

test("a row that another process broke fails its own profile alone, and is told by /readyz once met", async () => {
  await using directory = await temporaryDirectory();
  const file = directory.path("profiles.db");
  const { server, resolve, get, write, unreadable } = await serveRegistries(file);
  await using _ = server;
  // Known before: a cache must not hide it.
  expect(await resolve("analyst")).toMatchObject({ status: 200 });
  withDatabase(file, (db) => db.exec(BREAK));
  expect(await unreadable()).toEqual([200, []]);

  for (const answer of [await resolve("analyst"), await get("analyst"), await write("analyst", "x")]) {
    expect(answer).toMatchObject({ status: 500, detail: ANALYST, json: { code: "data_loss" } });
  }
  const rpc = createClient(ResolverService, createGrpcTransport({ baseUrl: server.url }));
  const error = await rpc.resolveProfile({ profile: "analyst" }).catch((reason: unknown) => reason);
  expect(ConnectError.from(error)).toMatchObject({ code: Code.DataLoss, rawMessage: ANALYST });
  expect(await unreadable()).toEqual([200, ["default/analyst"]]);
  for (const slug of ["default", "inventory", "fast-v1"]) {
    expect(await resolve(slug)).toMatchObject({ status: 200 });
    expect(await write(slug, "written beside it")).toMatchObject({ status: 200 });
  }
  const list = (await (await fetch(`${server.url}/api/chat/profiles`)).json()) as { slug: string }[];
  expect(list.map(({ slug }) => slug)).toEqual(["default", "fast-v1", "inventory", "voice-fast-v1"]);

  withDatabase(file, (db) => db.exec(MEND));
  expect(await resolve("analyst"), "without a restart").toMatchObject({ status: 200 });
  expect(await unreadable()).toEqual([200, []]);
});

test("a rollback mends an unreadable profile, as a write like any other", async () => {
  await using directory = await temporaryDirectory();
  const file = directory.path("profiles.db");
  const { server, resolve, write, unreadable } = await serveRegistries(file);
  await using _ = server;
  expect(await write("analyst", "second")).toMatchObject({ status: 200 });
  withDatabase(file, (db) => db.exec(BREAK));
  expect(await resolve("analyst")).toMatchObject({ status: 500 });
  const rollback = (body: object) =>
    fetch(`${server.url}/api/chat/profiles/analyst/rollback`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  expect((await rollback({ version: 2, expected_version: 1 })).status).toBe(409);
  const answer = await rollback({ version: 2, expected_version: 2 });
  expect(await answer.json()).toMatchObject({
    metadata: { version: 3 },
    runtime: { system_prompt: "second" },
  });
  expect(await resolve("analyst")).toMatchObject({ status: 200 });
  expect(await unreadable()).toEqual([200, []]);
});

test("a server starts over an unreadable profile and serves the others", async () => {
  await using directory = await temporaryDirectory();
  const file = directory.path("profiles.db");
  await (await serveRegistries(file)).server.stop();
  withDatabase(file, (db) => db.exec(BREAK));
  const { server, resolve, unreadable } = await serveRegistries(file);
  await using _ = server;
  expect(await resolve("inventory")).toMatchObject({ status: 200 });
  expect(await resolve("analyst")).toMatchObject({ status: 500, detail: ANALYST });
  expect(await unreadable()).toEqual([200, ["default/analyst"]]);
});

test("an unreadable registry fails its own profiles alone", async () => {
  await using directory = await temporaryDirectory();
  const file = directory.path("profiles.db");
  const { server, resolve, write, unreadable } = await serveRegistries(file);
  await using _ = server;
  withDatabase(file, (db) => db.exec("UPDATE profile_registries SET payload_json = '{' WHERE slug = 'team'"));
  const answer = await fetch(`${server.url}/api/chat/resolve?registry=team`);
  expect(await answer.json()).toMatchObject({
    status: 500,
    code: "data_loss",
    detail: 'the stored document of registry "team" cannot be read',
  });
  expect(await resolve("analyst")).toMatchObject({ status: 200 });
  expect(await write("analyst", "written beside it")).toMatchObject({ status: 200 });
  expect(await unreadable()).toEqual([200, ["team"]]);
});

test("an unreadable default registry does not keep a server from serving the others", async () => {
  await using directory = await temporaryDirectory();
  const file = directory.path("profiles.db");
  await (await serveRegistries(file)).server.stop();
  withDatabase(file, (db) =>
    db.exec("UPDATE profile_registries SET payload_json = '{' WHERE slug = 'default'"),
  );
  const { server } = await serveRegistries(file);
  await using _ = server;
  expect((await fetch(`${server.url}/api/chat/resolve`)).status).toBe(500);
  expect((await fetch(`${server.url}/api/chat/resolve?registry=team`)).status).toBe(200);
});
