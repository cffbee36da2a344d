/** docs/embedding.md: the API inside another program, and the resolver without one. */
import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createChatServer } from "../../examples/embedded-server.js";
import { type Documents, resolveLocally } from "../../examples/in-process.js";
import { LogService } from "../../gen/profileregistry/v1/log_service_pb.js";
import { openCore } from "../../src/app.js";
import { readConfig } from "../../src/config.js";
import * as exported from "../../src/index.js";
import { readDocument, tableRows } from "./markdown.js";

const LONGEST = "a".repeat(128);

it("closes while a client follows the log", async () => {
  const app = await createChatServer();
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const log = createClient(LogService, createConnectTransport({ baseUrl: url, httpVersion: "1.1" }));
  let parts = 0;
  const following = (async () => {
    for await (const _ of log.watchLogEntries({})) parts++;
  })();
  await expect.poll(() => parts).toBe(1);
  await app.close();
  await following;
});

describe("an app that carries the API", () => {
  let app: FastifyInstance;
  beforeAll(async () => {
    app = await createChatServer();
  });
  afterAll(() => app.close());

  it("serves REST under its prefix, and notes who wrote", async () => {
    const created = await app.inject({
      method: "POST",
      url: "/api/chat/profiles",
      headers: { "x-user": "ada" },
      payload: { slug: LONGEST, runtime: { system_prompt: "Hi" } },
    });
    expect(created.statusCode).toBe(201);
    expect(created.json()).toMatchObject({ metadata: { created_by: "ada", source: "rest" } });
  });

  it("finds documents with the longest names", async () => {
    const found = await app.inject(`/api/chat/profiles/${LONGEST}`);
    expect(found.json()).toMatchObject({ slug: LONGEST });
  });

  it("serves Connect beside it", async () => {
    const answer = await app.inject({
      method: "POST",
      url: "/profileregistry.v1.ResolverService/ResolveProfile",
      payload: { profile: "agent" },
    });
    expect(answer.json()).toMatchObject({ profile: "agent", profileVersion: 1 });
  });

  it("runs its own turns with the profile that the browser has picked", async () => {
    const turn = { method: "POST", url: "/turn", payload: {} } as const;
    const picked = await app.inject({ ...turn, headers: { cookie: "chat_profile=agent" } });
    expect(picked.json()).toMatchObject({ answered_with: "agent" });
    expect((await app.inject(turn)).json()).toMatchObject({ answered_with: "default" });
  });

  it("keeps its own errors and unknown routes", async () => {
    const outside = await app.inject("/nowhere");
    expect(outside.headers["content-type"]).toMatch(/^application\/json/);
    const inside = await app.inject("/api/chat/nowhere");
    expect(inside.headers["content-type"]).toMatch(/^application\/problem\+json/);
  });
});

it("does not reach documents with long names where Fastify's limit is left as it is", async () => {
  const core = await openCore(readConfig({ "log-level": "silent" }, {}));
  const app = Fastify();
  await app.register(exported.restPlugin, { prefix: "/api/chat", services: core.services });
  const caller = { actor: "ada", source: "rest" } as const;
  await core.services.profiles.createProfile(
    { registry: undefined, slug: LONGEST, input: {}, setDefault: false },
    caller,
  );
  const answer = await app.inject(`/api/chat/profiles/${LONGEST}`);
  expect(answer.json()).toMatchObject({ statusCode: 414, code: "FST_ERR_MAX_PARAM_LENGTH" });
  await app.close();
  await core.close();
});

it("answers in process what a server answers, with the same fingerprint", async () => {
  const core = await openCore(readConfig({ "log-level": "silent" }, {}));
  const { services } = core;
  const { registry, profile, revision } = await services.profiles.getProfile({
    registry: undefined,
    slug: "agent",
  });
  const documents: Documents = { revision, registry, profiles: [profile] };
  const served = await services.resolver.resolve({ selection: { body: "agent" } }, "all");
  expect(resolveLocally(documents, { profile: "agent" })).toEqual(served);
  expect(() => resolveLocally(documents, { profile: "gone" })).toThrow("profile not found: gone");
  await core.close();
});

it("answers in process what a server answers to a turn in a mode", async () => {
  const core = await openCore(readConfig({ "log-level": "silent" }, {}));
  const { services } = core;
  const caller = { actor: "ada", source: "rest" } as const;
  const processing_modes = { fast: { profiles: ["agent"] } };
  await services.registries.updateRegistry({ registry: "default", input: { processing_modes } }, caller);
  const flags = { contract_enabled: true, runtime_enabled: true, percentage: 50 };
  const change = { registry: undefined, mode: "fast", force: true, reason: "a test" };
  await services.rollouts.updateRollout({ ...change, input: flags }, caller);
  const { registry, profile: fast } = await services.profiles.getProfile({
    registry: undefined,
    slug: "agent",
  });
  const { profile } = await services.profiles.getProfile({ registry: undefined, slug: "default" });
  const { rollouts, revision } = await services.rollouts.listRollouts(undefined);
  const documents: Documents = { revision, registry, profiles: [profile, fast], rollouts };
  const outcomes = new Set<string>();
  for (let i = 0; i < 20; i++) {
    const turn = { processing: { mode: "fast" }, conv_id: `c-${i}` };
    const served = await services.resolver.resolve({ selection: {}, ...turn }, "all");
    expect(resolveLocally(documents, turn)).toEqual(served);
    outcomes.add(served.processing.outcome);
  }
  expect([...outcomes].sort()).toEqual(["applied", "not_in_rollout"]);
  await core.close();
});

it("exports the functions that the guide names", () => {
  const named = tableRows(readDocument("docs/embedding.md"), "function").flatMap(([cell = ""]) =>
    cell.replaceAll("`", "").split(", "),
  );
  expect(named.filter((name) => !(name in exported))).toEqual([]);
});
