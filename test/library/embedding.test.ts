import { expect, test } from "vitest";
import { restClient } from "../support/rest.js";
import { foreignApp } from "./foreign-app.js";

/** Connect calls in JSON, as a program does that has none of our generated code. */
async function call(url: string, method: string, message: object, headers: Record<string, string> = {}) {
  const answer = await fetch(`${url}/profileregistry.v1.${method}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(message),
  });
  return { status: answer.status, json: (await answer.json()) as unknown };
}

test("REST is served under the prefix that it is given, with its locations and links", async () => {
  const { url } = await foreignApp();
  const rest = restClient(url, "/internal/profiles");
  const created = await rest("POST", "/profiles", { body: { slug: "a" } });
  expect(created.headers.get("location")).toBe("/internal/profiles/profiles/a");
  await rest("POST", "/profiles", { body: { slug: "b" } });
  const { headers } = await rest("GET", "/profiles?limit=1");
  expect(headers.get("link")).toBe('</internal/profiles/profiles?limit=1&after=a>; rel="next"');
});

test("the default registry is the one that it is given, in cookies too", async () => {
  const { url } = await foreignApp();
  const rest = restClient(url, "/internal/profiles");
  const { json } = await rest("POST", "/profiles", { body: { slug: "a" } });
  expect(json).toMatchObject({ registry: "products" });
  const chosen = await rest("POST", "/profile", { body: { slug: "a" } });
  expect(chosen.headers.get("set-cookie")).toMatch(/^chat_profile=a;/);
  const resolved = await call(url, "ResolverService/ResolveProfile", { profile: "a" });
  expect(resolved.json).toMatchObject({ registry: "products" });
});

test("the catalogue is the one that it is given", async () => {
  const { url } = await foreignApp();
  const rest = restClient(url, "/internal/profiles");
  const middlewares = [{ name: "mail" }];
  const refused = await rest("POST", "/profiles", { body: { slug: "a", runtime: { middlewares } } });
  expect(refused.json).toMatchObject({
    detail: "validation error (runtime.middlewares[0].config): must have required property 'to'",
  });
  const runtime = { middlewares: [{ name: "mail", config: { to: "x" } }] };
  const created = await call(url, "ProfileRegistryService/CreateProfile", {
    profile: { slug: "a", runtime },
  });
  expect(created.status).toBe(200);
});

test("actor and source of a write are what the program says", async () => {
  const { url } = await foreignApp();
  const rest = restClient(url, "/internal/profiles");
  const byRest = await rest("POST", "/profiles", { body: { slug: "a" }, headers: { "x-user": "ann" } });
  expect(byRest.json).toMatchObject({
    metadata: { created_by: "user:ann", updated_by: "user:ann", source: "import" },
  });
  const update = { profile: { slug: "a" } };
  const byRpc = await call(url, "ProfileRegistryService/UpdateProfile", update, { "x-service": "chat" });
  expect(byRpc.json).toMatchObject({
    profile: { metadata: { createdBy: "user:ann", updatedBy: "service:chat", source: "SOURCE_AUTO" } },
  });
  const registry = await rest("GET", "/registries/products");
  expect(registry.json).toMatchObject({
    metadata: { created_by: "deploy", updated_by: "service:chat", source: "upgrade" },
  });
});

test("errors and unknown routes of the app stay its own, and those of the API are the API's", async () => {
  const { url } = await foreignApp();
  const rest = restClient(url, "");
  expect(await rest("GET", "/fail")).toMatchObject({ status: 418, json: { mine: "broken" } });
  expect(await rest("GET", "/nope")).toMatchObject({ status: 404, json: { mine: "not found" } });
  const api = restClient(url, "/internal/profiles");
  expect((await api("GET", "/nope")).json).toMatchObject({ code: "not_found", detail: "no such route" });
  expect((await api("GET", "/profiles/ghost")).json).toMatchObject({ code: "not_found" });
});

test("the parsers of the app stay its own, and the API reads JSON by its own", async () => {
  const { url } = await foreignApp();
  const echoed = await restClient(url, "")("POST", "/echo", { body: { a: 1 } });
  expect(echoed.json).toEqual({ mine: '{"a":1}' });
  const text = await restClient(url, "")("POST", "/echo", {
    raw: "plain",
    headers: { "content-type": "text/plain" },
  });
  expect(text.text).toBe("plain");
  const api = restClient(url, "/internal/profiles");
  expect((await api("POST", "/profiles", { body: { slug: "a" } })).status).toBe(201);
  const headers = { "content-type": "text/plain" };
  expect((await api("POST", "/profiles", { raw: "x", headers })).status).toBe(415);
});

test("the hooks of the app run for its routes and for the API's", async () => {
  const { url, seen } = await foreignApp();
  await restClient(url, "")("GET", "/fail");
  await restClient(url, "/internal/profiles")("GET", "/profiles");
  await call(url, "ResolverService/ResolveProfile", { profile: "ghost" });
  expect(seen).toEqual([
    "/fail",
    "/internal/profiles/profiles",
    "/profileregistry.v1.ResolverService/ResolveProfile",
  ]);
});

test("an app that ignores trailing slashes, or reads queries in its own way, can carry it too", async () => {
  const { url } = await foreignApp({
    routerOptions: {
      maxParamLength: 128,
      ignoreTrailingSlash: true,
      querystringParser: (query) => ({
        ...Object.fromEntries(new URLSearchParams(query)),
        nested: {},
        limit: {},
      }),
    },
  });
  const rest = restClient(url, "/internal/profiles");
  expect((await rest("GET", "/profiles/?limit=1")).status).toBe(400);
  expect((await rest("GET", "/registries/products/")).status).toBe(200);
  expect((await rest("PUT", "/profiles/")).status).toBe(405);
});
