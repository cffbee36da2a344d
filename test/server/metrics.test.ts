/** `/metrics`: what is counted, and that there is an end to the labels. */
import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { pino } from "pino";
import { AggregatorRegistry } from "prom-client";
import { expect, onTestFinished, test } from "vitest";
import { LogService } from "../../gen/profileregistry/v1/log_service_pb.js";
import { createApp } from "../../src/app.js";
import { readConfig } from "../../src/config.js";
import type { Json } from "../../src/domain/json.js";
import type { Outcome } from "../../src/domain/rollout.js";
import { type RestClient, restClient } from "../support/rest.js";
import { connectClients, PROTOCOLS, rpcClients } from "../support/rpc.js";
import { REGISTRIES, serverForTest } from "../support/server.js";
import { parseMetrics, scrape, valuesBy } from "./scrape.js";

const ADMIN = { actor: "test", source: "rest" } as const;

async function served() {
  const server = await serverForTest({ "seed-file": REGISTRIES });
  const rest = restClient(server.url);
  const values = async (name: string, ...labels: string[]) =>
    valuesBy(await scrape(server.url), `profile_registry_${name}`, ...labels);
  return { ...server, rest, values };
}

async function resolve(rest: RestClient, body: Json, status = 200): Promise<void> {
  const answer = await rest("POST", "/resolve", { body });
  expect(answer.status, answer.text).toBe(status);
}

function outcome(more: Partial<Outcome> = {}): Outcome {
  return {
    registry: "default",
    mode: "fast",
    resolved_mode: "fast",
    applied_mode: "fast",
    deployment: "local",
    latency_ms: 100,
    success: true,
    ...more,
  };
}

test("a resolve counts by registry, modes and outcome, over every protocol and path", async () => {
  const { url, rest, values } = await served();
  await resolve(rest, { profile: "analyst" });
  await resolve(rest, { registry: "team" });
  for (const transport of Object.values(PROTOCOLS))
    await rpcClients(transport(url)).resolver.resolveProfile({ profile: "analyst" });
  const protocols = Object.keys(PROTOCOLS).length;
  expect(await values("resolves_total", "registry", "requested_mode", "applied_mode", "outcome")).toEqual({
    "default default default not_requested": protocols + 1,
    "team default default not_requested": 1,
  });
  expect(await values("rpc_requests_total", "method", "code")).toEqual({ "ResolveProfile ok": protocols });
});

test("a processing mode counts as asked for and as applied", async () => {
  const { rest, services, values } = await served();
  const name = { registry: "default", mode: "fast" };
  await services.rollouts.updateRollout({ ...name, input: { contract_enabled: true } }, ADMIN);
  await resolve(rest, { processing: { mode: "fast" } });
  await services.rollouts.updateRollout(
    { ...name, input: { runtime_enabled: true, cohort: ["conversation"] } },
    ADMIN,
  );
  await resolve(rest, { processing: { mode: "fast" }, conv_id: "conversation" });
  expect(await values("resolves_total", "requested_mode", "applied_mode", "outcome")).toEqual({
    "fast default runtime_disabled": 1,
    "fast fast applied": 1,
  });
});

test("a refused resolve counts by code, under its registry only where that was resolved in", async () => {
  const { rest, values } = await served();
  await resolve(rest, { registry: "default" });
  await resolve(rest, { profile: "no-such-profile" }, 404);
  await resolve(rest, { registry: "no-such-registry" }, 404);
  const refused = await values("resolve_failures_total", "registry", "code");
  expect(refused).toMatchObject({ "default not_found": 1, "other not_found": 1, "default internal": 0 });
});

test("overrides count by canonical key, applied or refused, the deprecated ones too", async () => {
  const { rest, values } = await served();
  await resolve(rest, { profile: "analyst", request_overrides: { systemPrompt: "Short." } });
  await resolve(rest, { profile: "analyst", ai_engine: "gpt-5" });
  await resolve(rest, { profile: "analyst", request_overrides: { tools: [] } }, 403);
  await resolve(rest, { profile: "analyst", request_overrides: { "my secret": 1, another: 2 } }, 403);
  expect(await values("overrides_total", "key", "result")).toEqual({
    "system_prompt applied": 1,
    "ai_engine applied": 1,
    "tools refused": 1,
    "other refused": 1,
  });
});

test("REST requests count by the pattern of their route, with status and code", async () => {
  const { url, rest, values } = await served();
  await rest("GET", "/profiles/analyst");
  await rest("GET", "/profiles/nobody");
  await rest("GET", "/no/such/route");
  await fetch(`${url}/healthz`);
  expect(await values("http_requests_total", "method", "route", "status", "code")).toEqual({
    "GET /api/chat/profiles/:slug 200 ok": 1,
    "GET /api/chat/profiles/:slug 404 not_found": 1,
    "GET unknown 404 not_found": 1,
    "GET /healthz 200 ok": 1,
  });
  const seconds = (await scrape(url)).get("profile_registry_http_request_duration_seconds")!;
  const ofProfiles = seconds.samples.filter(({ labels }) => labels.route === "/api/chat/profiles/:slug");
  expect(ofProfiles.find(({ labels }) => labels.le === "+Inf")?.value).toBe(2);
  expect(ofProfiles.find(({ name }) => name.endsWith("_count"))?.value).toBe(2);
});

test("calls over RPC count by method and code, also those that cannot be read, and not as HTTP requests", async () => {
  const { url, values } = await served();
  const { registry } = connectClients(url);
  await registry.getProfile({ slug: "nobody" }).catch(() => {});
  await fetch(`${url}/profileregistry.v1.ResolverService/ResolveProfile`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{",
  });
  expect(await values("rpc_requests_total", "service", "method", "code")).toEqual({
    "profileregistry.v1.ProfileRegistryService GetProfile not_found": 1,
    "profileregistry.v1.ResolverService ResolveProfile unreadable": 1,
  });
  expect(await values("http_requests_total")).toEqual({});
});

test("a scrape is neither counted nor logged", async () => {
  const lines: string[] = [];
  const logger = pino({ level: "info" }, { write: (line: string) => void lines.push(line) });
  const { url } = await serverForTest({}, { logger });
  lines.length = 0;
  await scrape(url);
  const families = await scrape(url);
  expect(valuesBy(families, "profile_registry_http_requests_total", "route")).toEqual({});
  expect(lines).toEqual([]);
});

test("writes count by result and operation, and move the revision", async () => {
  const { rest, services, values } = await served();
  const [before] = Object.values(await values("store_revision"));
  await rest("POST", "/profiles", { body: { slug: "one", registry: "default" } });
  await rest("DELETE", "/profiles/one?registry=default");
  await rest("POST", "/profiles?validate_only=true", { body: { slug: "two", registry: "default" } });
  expect(await values("store_commits_total", "result")).toMatchObject({ committed: 2, conflict: 0, busy: 0 });
  expect(await values("store_changes_total", "operation")).toMatchObject({
    create_profile: 1,
    delete_profile: 1,
  });
  expect(Object.values(await values("store_revision"))).toEqual([await services.revision()]);
  expect(await services.revision()).toBeGreaterThan(before!);
});

test("documents in memory count as hits, others as misses", async () => {
  const { rest, values } = await served();
  await resolve(rest, { profile: "analyst" });
  const first = await values("document_cache_lookups_total", "result");
  await resolve(rest, { profile: "analyst" });
  const second = await values("document_cache_lookups_total", "result");
  expect(first.miss).toBeGreaterThan(0);
  expect(second.miss).toBe(first.miss);
  expect(second.hit).toBeGreaterThan(first.hit!);
  expect(Object.values(await values("document_cache_bytes"))[0]).toBeGreaterThan(100);
});

test("answers that are reused count as hits, others as misses", async () => {
  const { rest, values } = await served();
  const answers = async () => [
    await values("answer_cache_lookups_total", "result"),
    Object.values(await values("answer_cache_bytes"))[0]!,
  ];
  expect(await answers()).toEqual([{ hit: 0, miss: 0 }, 0]);
  await rest("GET", "/resolve/analyst");
  await rest("GET", "/resolve/analyst?conv_id=c");
  await rest("GET", "/resolve/analyst?conv_id=d");
  expect(await answers()).toEqual([{ hit: 1, miss: 2 }, expect.any(Number)]);
  expect((await answers())[1]).toBeGreaterThan(1_000);
});

test("a rollout shows as it acts, with stage and gates", async () => {
  const { services, values } = await served();
  await services.rollouts.updateRollout(
    { registry: "default", mode: "fast", input: { contract_enabled: true, runtime_enabled: true } },
    ADMIN,
  );
  await services.rollouts.advanceRollout({ registry: "default", mode: "fast" }, ADMIN);
  expect(await values("rollouts")).toEqual({ "": 1 });
  expect(await values("rollout_flag", "registry", "mode", "flag")).toEqual({
    "default fast contract_enabled": 1,
    "default fast runtime_enabled": 1,
    "default fast ui_enabled": 0,
    "default fast cloud_enforced": 0,
    "default fast auto_rollback": 0,
  });
  expect(await values("rollout_percentage_ratio", "mode")).toEqual({ fast: 0.01 });
  expect(await values("rollout_stage_ratio", "mode")).toEqual({ fast: 0.01 });
  expect(await values("rollout_gate_passed", "gate")).toMatchObject({ min_stage_s: 0, mismatches: 1 });
});

test("reported outcomes count, and give the figures of mode and control", async () => {
  const { services, values } = await served();
  await services.rollouts.reportOutcomes([
    outcome(),
    outcome({ success: false }),
    outcome({ applied_mode: "default", resolved_mode: "default", latency_ms: 200 }),
    outcome({ observed_model: "a", resolved_model: "b" }),
    outcome({ registry: "no-such-registry" }),
  ]);
  expect(await values("outcomes_total", "result")).toEqual({ accepted: 4, dropped: 1 });
  expect(await values("rollout_samples", "population")).toEqual({ mode: 3, control: 1 });
  expect((await values("rollout_error_ratio", "population")).mode).toBeCloseTo(1 / 3);
  expect((await values("rollout_latency_p95_seconds", "population")).mode).toBeCloseTo(0.1, 1);
  expect(await values("rollout_mismatches", "registry", "mode")).toEqual({ "default fast": 1 });
});

test("a mode whose profile is missing is a problem of it", async () => {
  const { rest, values } = await served();
  expect(await values("processing_mode_problems", "problem")).toEqual({
    profile_missing: 0,
    profile_invalid: 0,
  });
  await rest("DELETE", "/profiles/fast-v1?registry=default");
  expect(await values("processing_mode_problems", "mode", "problem")).toMatchObject({
    "fast profile_missing": 1,
  });
});

test("a rollback by the service itself counts, one by hand does not", async () => {
  const { services, values } = await served();
  const name = { registry: "default", mode: "fast" };
  const back = { runtime_enabled: true, contract_enabled: true, percentage: 1, auto_rollback: true };
  expect(await values("rollouts")).toEqual({ "": 1 });
  await services.rollouts.rollbackRollout({ ...name, kind: "soft" }, ADMIN);
  expect(await values("automatic_rollbacks_total", "registry", "mode")).toEqual({ "default fast": 0 });
  await services.rollouts.updateRollout({ ...name, input: back }, ADMIN);
  await services.rollouts.reportOutcomes([outcome({ observed_model: "a", resolved_model: "b" })]);
  await expect
    .poll(() => values("automatic_rollbacks_total", "registry", "mode"), { timeout: 5_000 })
    .toEqual({ "default fast": 1 });
});

test("followers of the log count while they follow", async () => {
  const { url, values } = await served();
  const log = createClient(LogService, createConnectTransport({ baseUrl: url, httpVersion: "1.1" }));
  const leaving = new AbortController();
  const parts = log.watchLogEntries({}, { signal: leaving.signal })[Symbol.asyncIterator]();
  await parts.next();
  expect(await values("log_followers")).toEqual({ "": 1 });
  leaving.abort();
  await parts.next().catch(() => {});
  await expect.poll(() => values("log_followers")).toEqual({ "": 0 });
});

test("hostile names, paths, methods and keys make no series of their own", async () => {
  const { url, rest, services } = await served();
  const text = async () => (await fetch(`${url}/metrics`)).text();
  const odd = (i: number) => `odd-${i}"\\\n{}`;
  for (let i = 0; i < 30; i++) {
    await rest("POST", "/resolve", {
      body: { registry: `odd-${i}`, request_overrides: { [odd(i)]: 1 }, processing: { mode: `odd-${i}` } },
    });
    await rest("GET", `/odd-${i}`);
    await rest("GET", `/profiles/odd-${i}?registry=odd-${i}`);
    await fetch(`${url}/profileregistry.v1.ResolverService/odd-${i}`, { method: "POST" });
    await services.rollouts.reportOutcomes([outcome({ registry: `odd-${i}`, mode: `odd-${i}` })]);
  }
  const body = await text();
  expect(parseMetrics(body).size).toBeGreaterThan(30);
  expect(body).not.toContain("odd-");
});

test("registries beyond the first fifty are counted together, and their rollouts have no figures", async () => {
  const { rest, services, values } = await served();
  for (let i = 0; i < 60; i++) {
    await services.registries.createRegistry(
      { slug: `r${i}`, input: { processing_modes: { [`mode-${i % 30}`]: { profiles: ["a"] } } } },
      ADMIN,
    );
    await services.profiles.createProfile(
      { registry: `r${i}`, slug: "default", input: {}, setDefault: false },
      ADMIN,
    );
    await resolve(rest, { registry: `r${i}`, profile: "default" });
  }
  const resolved = await values("resolves_total", "registry");
  expect(Object.keys(resolved)).toHaveLength(50);
  expect(resolved.other).toBe(11);
  expect(await values("rollouts")).toEqual({ "": 61 });
  const shown = Object.keys(await values("rollout_percentage_ratio", "registry", "mode"));
  expect(shown.length).toBeLessThanOrEqual(50);
  expect(shown.every((name) => !name.includes("other"))).toBe(true);
});

test("what cannot be read is left out of a scrape and counted, and the rest is there", async () => {
  const { url, store } = await served();
  await store.close();
  await scrape(url);
  const families = await scrape(url);
  expect(valuesBy(families, "profile_registry_scrape_failures_total", "part")).toEqual({
    store: 1,
    rollouts: 1,
  });
  expect(valuesBy(families, "profile_registry_store_revision")).toEqual({});
  expect(families.get("profile_registry_build_info")?.samples).toHaveLength(1);
});

test("apps in one process count each for itself, and add up over processes", async () => {
  const flags = readConfig({ "seed-file": REGISTRIES }, {});
  const apps = await Promise.all([1, 2].map(() => createApp(flags, { logger: pino({ level: "silent" }) })));
  onTestFinished(async () => {
    for (const app of apps) await app.close();
  });
  for (const [i, { services }] of apps.entries()) {
    for (let n = 0; n <= i; n++) await services.resolver.resolve({ selection: {} }, "none");
  }
  const one = parseMetrics(await apps[0]!.metrics.registry().metrics());
  expect(valuesBy(one, "profile_registry_resolves_total", "registry")).toEqual({ default: 1 });
  // As it comes out of another process.
  const json = await Promise.all(apps.map(({ metrics }) => metrics.registry().getMetricsAsJSON()));
  const both = AggregatorRegistry.aggregate(JSON.parse(JSON.stringify(json)) as object[]);
  const sums = parseMetrics(await both.metrics());
  expect(valuesBy(sums, "profile_registry_resolves_total", "registry")).toEqual({ default: 3 });
  expect(valuesBy(sums, "profile_registry_rollouts")).toEqual({ "": 1 });
  expect(valuesBy(sums, "profile_registry_build_info", "schema")).toEqual({ "3": 1 });
});
