/** Which profile a `/resolve` gets: path, body, query, cookie, default (spec 4.1). */
import { expect, test } from "vitest";
import { sharedServer } from "../support/rest.js";
import { REGISTRIES } from "../support/server.js";

const { rest } = sharedServer({ "seed-file": REGISTRIES });

interface Named {
  path?: string;
  body?: object;
  query?: string;
  cookie?: string;
}

async function resolve({ path = "", body, query = "", cookie }: Named) {
  const headers: Record<string, string> = cookie === undefined ? {} : { cookie: `chat_profile=${cookie}` };
  const { status, json } = await rest(body ? "POST" : "GET", `/resolve${path}${query}`, {
    headers,
    ...(body ? { body } : {}),
  });
  return {
    status,
    ...(json as { profile?: string; registry?: string; selection?: unknown; detail?: string }),
  };
}

const EVERYWHERE: Named = {
  path: "/inventory",
  body: { profile: "analyst" },
  query: "?profile=fast-v1&runtime=voice-fast-v1",
  cookie: "default",
};
const { path: _, ...notInPath } = EVERYWHERE;

test("the path beats all", async () => {
  expect(await resolve(EVERYWHERE)).toMatchObject({ profile: "inventory", selection: { source: "path" } });
});

test("the body beats the query", async () => {
  expect(await resolve(notInPath)).toMatchObject({ profile: "analyst", selection: { source: "body" } });
});

test("profile beats runtime in the query", async () => {
  const { query, cookie } = EVERYWHERE as Required<Named>;
  expect(await resolve({ query, cookie })).toMatchObject({
    profile: "fast-v1",
    selection: { source: "query_profile" },
  });
  expect(await resolve({ query, body: {} })).toMatchObject({ selection: { source: "query_profile" } });
});

test("runtime in the query beats the cookie", async () => {
  expect(await resolve({ query: "?runtime=voice-fast-v1", cookie: "analyst" })).toMatchObject({
    profile: "voice-fast-v1",
    selection: { source: "query_runtime" },
  });
});

test("the cookie beats the default", async () => {
  expect(await resolve({ cookie: "analyst" })).toMatchObject({
    profile: "analyst",
    selection: { source: "cookie" },
  });
  expect(await resolve({ body: {}, cookie: "analyst" })).toMatchObject({ selection: { source: "cookie" } });
});

test("with nothing named it is the default, and nothing is ignored", async () => {
  expect(await resolve({})).toMatchObject({ profile: "default", selection: { source: "default" } });
  expect((await resolve({})).selection).toEqual({ source: "default" });
});

test("blank values are skipped, wherever they are", async () => {
  const blank = { path: "/%20", body: { profile: " " }, query: "?profile=&runtime=%20", cookie: "%20" };
  expect(await resolve(blank)).toMatchObject({ profile: "default", selection: { source: "default" } });
});

test("names are taken in any spelling", async () => {
  expect(await resolve({ path: "/%20AnalYst%20" })).toMatchObject({ profile: "analyst" });
});

test("what comes after the winner is not even parsed", async () => {
  const rubbish = { body: { profile: "No!" }, query: "?profile=No!&runtime=No!", cookie: "No!" };
  expect(await resolve({ path: "/analyst", ...rubbish })).toMatchObject({
    status: 200,
    selection: { source: "path" },
  });
});

for (const [place, request] of [
  ["the path", (name: string) => ({ path: `/${name}` })],
  ["the body", (name: string) => ({ body: { profile: name } })],
  ["profile of the query", (name: string) => ({ query: `?profile=${name}` })],
  ["runtime of the query", (name: string) => ({ query: `?runtime=${name}` })],
] as const) {
  test(`in ${place} a malformed name is 400 and an unknown one 404, whatever the cookie`, async () => {
    const cookie = "analyst";
    expect(await resolve({ ...request("No!"), cookie })).toMatchObject({
      status: 400,
      detail: "invalid profile: No!",
    });
    expect(await resolve({ ...request("Ghost"), cookie })).toMatchObject({
      status: 404,
      detail: "profile not found: Ghost",
    });
  });
}

test("the cookie's registry counts where none and no profile is named", async () => {
  expect(await resolve({ cookie: "team:locked" })).toMatchObject({ registry: "team", profile: "locked" });
});

test("the cookie's registry does not count where a profile is named", async () => {
  expect(await resolve({ cookie: "team:locked", query: "?profile=analyst" })).toMatchObject({
    registry: "default",
    profile: "analyst",
  });
});

test("a cookie of another registry than the named one is ignored, and the answer says so", async () => {
  const { selection, ...answer } = await resolve({ cookie: "team:locked", query: "?registry=default" });
  expect(answer).toMatchObject({ status: 200, registry: "default", profile: "default" });
  expect(selection).toMatchObject({
    source: "default",
    ignored: [{ source: "cookie", value: "team:locked" }],
  });
});

test("a stale or malformed cookie is ignored, and the answer says so", async () => {
  const ignored = (value: string, reason: string) => ({
    source: "default",
    ignored: [{ source: "cookie", value, reason }],
  });
  expect((await resolve({ cookie: "ghost" })).selection).toEqual(ignored("ghost", "profile not found"));
  expect((await resolve({ cookie: "ghost:default" })).selection).toEqual(
    ignored("ghost:default", "profile not found"),
  );
  expect((await resolve({ cookie: "No!" })).selection).toEqual(ignored("No!", "malformed"));
});

test("what is quoted of a cookie is cut", async () => {
  const { selection } = await resolve({ cookie: "x".repeat(500) });
  expect(selection).toMatchObject({ ignored: [{ value: "x".repeat(128) }] });
});

test("a resolve never sets the cookie", async () => {
  const { headers } = await rest("GET", "/resolve", { headers: { cookie: "chat_profile=ghost" } });
  expect(headers.get("set-cookie")).toBeNull();
});
