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
