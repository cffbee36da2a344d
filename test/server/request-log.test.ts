/** A line per request (spec 6.5): which document it was about, and what became of it. */
import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { pino } from "pino";
import { expect, test } from "vitest";
import { LogService } from "../../gen/profileregistry/v1/log_service_pb.js";
import { restClient } from "../support/rest.js";
import { connectClients } from "../support/rpc.js";
import { serverForTest } from "../support/server.js";

/** A server whose request lines can be read. */
async function logged() {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string): void => {
    const entry = JSON.parse(line) as Record<string, unknown>;
    if (entry.msg === "request") lines.push(entry);
  };
  const { url } = await serverForTest({}, { logger: pino({ level: "debug" }, { write }) });
  const next = async (): Promise<Record<string, unknown> | undefined> => {
    await expect.poll(() => lines.length).toBeGreaterThan(0);
    return lines.shift();
  };
  return { url, next };
}

test("of REST names route, registry, profile and status", async () => {
  const { url, next } = await logged();
  const rest = restClient(url);
  const inTeam = { registry: "default" };
  for (const [method, path, body, line] of [
    ["POST", "/profiles/agent/rollback", { ...inTeam, version: 1 }, { status: 200, level: 30 }],
    ["POST", "/profiles/agent/rollback", { ...inTeam, version: 9 }, { status: 404, code: "not_found" }],
    ["GET", "/profiles/agent/versions?registry=default", undefined, { status: 200, level: 20 }],
    ["GET", "/profiles/agent/versions/1?registry=default", undefined, { status: 200 }],
  ] as const) {
    await rest(method, path, body ? { body } : {});
    const route = path.split("?", 1)[0]!.replace("agent", ":slug").replace("/1", "/:version");
    expect(await next(), path).toMatchObject({
      component: "registry",
      route: `${method} /api/chat${route}`,
      registry: "default",
      profile: "agent",
      ...line,
    });
  }
});

test("of RPC names service and method, registry, profile and status", async () => {
  const { url, next } = await logged();
  const { registry } = connectClients(url);
  const name = { registry: "default", slug: "agent" };
  const route = (method: string) => `profileregistry.v1.ProfileRegistryService/${method}`;
  await registry.rollbackProfile({ ...name, version: 1 });
  expect(await next()).toMatchObject({
    component: "registry",
    route: route("RollbackProfile"),
    registry: "default",
    profile: "agent",
    status: "ok",
    level: 30,
  });
  await registry.rollbackProfile({ ...name, version: 9 }).catch(() => {});
  expect(await next()).toMatchObject({ profile: "agent", status: "not_found" });
  await registry.listProfileVersions(name);
  expect(await next()).toMatchObject({ route: route("ListProfileVersions"), profile: "agent", level: 20 });
});

test("of a follower is written when it leaves", async () => {
  const { url, next } = await logged();
  const log = createClient(LogService, createConnectTransport({ baseUrl: url, httpVersion: "1.1" }));
  const abort = new AbortController();
  const request = { registry: "default", profile: "agent" };
  const following = (async () => {
    for await (const _ of log.watchLogEntries(request, { signal: abort.signal })) abort.abort();
  })();
  await following.catch(() => {});
  expect(await next()).toMatchObject({
    route: "profileregistry.v1.LogService/WatchLogEntries",
    registry: "default",
    profile: "agent",
    status: "ok",
  });
});

test("of a resolve names what it was answered with, over REST and both paths of RPC, and nothing that it was asked with", async () => {
  const { url, next } = await logged();
  const rest = restClient(url);
  const asked = { conv_id: "a-conversation", targeting_key: "a-person", ai_engine: "an-engine" };
  const { json } = await rest("POST", "/resolve/agent", { body: asked });
  const { fingerprint } = json as { fingerprint: string };
  const lines = [await next()];
  const call = {
    profile: "agent",
    convId: asked.conv_id,
    targetingKey: asked.targeting_key,
    aiEngine: asked.ai_engine,
  };
  for (const headers of [{}, { origin: url }]) {
    await connectClients(url, { headers }).resolver.resolveProfile(call);
    lines.push(await next());
  }
  for (const line of lines) {
    expect(line).toMatchObject({
      component: "resolver",
      registry: "default",
      profile: "agent",
      mode: "default",
      outcome: "not_requested",
      fingerprint,
      level: 20,
    });
    expect(JSON.stringify(line)).not.toMatch(/a-conversation|a-person|an-engine|analyst/);
  }
});

test("of a call that cannot be read is written too", async () => {
  const { url, next } = await logged();
  await fetch(`${url}/profileregistry.v1.ResolverService/ResolveProfile`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-request-id": "odd-1" },
    body: "{",
  });
  expect(await next()).toMatchObject({ status: "unreadable", level: 30, reqId: "odd-1" });
});
