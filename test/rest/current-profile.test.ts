/** `/profile`: the profile that a browser has chosen (spec 2.5). */
import { expect, test } from "vitest";
import { sharedServer } from "../support/rest.js";
import { REGISTRIES } from "../support/server.js";

const { rest } = sharedServer({ "seed-file": REGISTRIES });
const plainHttp = sharedServer({ "cookie-secure": "false" });

const current = (cookie?: string, query = "") =>
  rest("GET", `/profile${query}`, cookie === undefined ? {} : { headers: { cookie } });
const CLEARED = "chat_profile=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax";

test("without a cookie it is the registry's default", async () => {
  const { status, json, headers } = await current();
  expect([status, json]).toEqual([200, { slug: "default", registry: "default", source: "default" }]);
  expect(headers.get("set-cookie")).toBeNull();
});

test("choosing one answers it and sets the cookie", async () => {
  const { status, json, headers } = await rest("POST", "/profile", { body: { slug: " Analyst " } });
  expect([status, json]).toEqual([200, { slug: "analyst", registry: "default", source: "cookie" }]);
  expect(headers.get("set-cookie")).toBe("chat_profile=analyst; Path=/; HttpOnly; Secure; SameSite=Lax");
});

test("the cookie names a registry that is not the default one", async () => {
  const { json, headers } = await rest("POST", "/profile", { body: { slug: "locked", registry: "team" } });
  expect(json).toEqual({ slug: "locked", registry: "team", source: "cookie" });
  expect(headers.get("set-cookie")).toMatch(/^chat_profile=team:locked; /);
});

test("the cookie is not Secure where the operator says so", async () => {
  const { headers } = await plainHttp.rest("POST", "/profile", { body: { slug: "agent" } });
  expect(headers.get("set-cookie")).toBe("chat_profile=agent; Path=/; HttpOnly; SameSite=Lax");
});

test("the cookie is read back, encoded or not, among others", async () => {
  expect((await current("a=b; chat_profile=analyst; c=d")).json).toMatchObject({
    slug: "analyst",
    source: "cookie",
  });
  expect((await current("chat_profile=team:locked")).json).toEqual({
    slug: "locked",
    registry: "team",
    source: "cookie",
  });
  expect((await current("chat_profile=team%3Alocked")).json).toMatchObject({ registry: "team" });
});

test("a cookie that names the default registry counts too", async () => {
  expect((await current("chat_profile=default:analyst")).json).toMatchObject({
    slug: "analyst",
    source: "cookie",
  });
});

for (const [what, value] of [
  ["of a profile that is gone", "ghost"],
  ["of a registry that is gone", "ghost:analyst"],
  ["that is no name", "No!"],
  ["with too many parts", "a:b:c"],
  ["with broken encoding", "%E0%A4%A"],
] as const) {
  test(`a cookie ${what} is ignored and cleared`, async () => {
    const { json, headers } = await current(`chat_profile=${value}`);
    expect(json).toEqual({ slug: "default", registry: "default", source: "default" });
    expect(headers.get("set-cookie")).toBe(CLEARED);
  });
}

test("a cookie of another registry's profile does not count where the request names one, and stays", async () => {
  const { json, headers } = await current("chat_profile=team:locked", "?registry=default");
  expect(json).toEqual({ slug: "default", registry: "default", source: "default" });
  expect(headers.get("set-cookie")).toBeNull();
});

test("a cookie without a registry is the default registry's", async () => {
  const { json, headers } = await current("chat_profile=analyst", "?registry=team");
  expect(json).toEqual({ slug: "locked", registry: "team", source: "default" });
  expect(headers.get("set-cookie")).toBeNull();
});

test("a good cookie is not set again", async () => {
  expect((await current("chat_profile=analyst")).headers.get("set-cookie")).toBeNull();
});

test("an empty cookie counts as none", async () => {
  const { json, headers } = await current("chat_profile=");
  expect([json, headers.get("set-cookie")]).toMatchObject([{ source: "default" }, null]);
});

test("a malformed name is 400 and an unknown one 404, without a cookie", async () => {
  const malformed = await rest("POST", "/profile", { body: { slug: "No!" } });
  const blank = await rest("POST", "/profile", { body: {} });
  const unknown = await rest("POST", "/profile", { body: { slug: "ghost" } });
  const elsewhere = await rest("POST", "/profile", { body: { slug: "analyst", registry: "team" } });
  expect([malformed, blank, unknown, elsewhere].map(({ status }) => status)).toEqual([400, 400, 404, 404]);
  for (const { headers } of [malformed, blank, unknown, elsewhere])
    expect(headers.get("set-cookie")).toBeNull();
});

test("DELETE clears the cookie", async () => {
  const { status, text, headers } = await rest("DELETE", "/profile");
  expect([status, text]).toEqual([204, ""]);
  expect(headers.get("set-cookie")).toBe(CLEARED);
});

test("it is not kept by caches that others share", async () => {
  const { headers } = await current();
  expect([headers.get("vary"), headers.get("cache-control")]).toEqual(["Cookie", "private, no-cache"]);
});

test("a registry without a default has no current profile", async () => {
  await rest("POST", "/registries", { body: { slug: "empty" } });
  const { status, json, headers } = await current("chat_profile=ghost", "?registry=empty");
  expect([status, json]).toMatchObject([
    400,
    { detail: "validation error (profile.slug): profile slug is required and registry has no default" },
  ]);
  expect(headers.get("set-cookie")).toBeNull();
});
