/** Which registry a request means: body, then query, then the default one (spec 2.5). */
import { expect, test } from "vitest";
import { sharedServer } from "../support/rest.js";
import { REGISTRIES } from "../support/server.js";

const { rest } = sharedServer({ "seed-file": REGISTRIES });
const other = sharedServer({ "seed-file": REGISTRIES, "default-registry": "team" });

test("none named is the default one", async () => {
  expect((await rest("GET", "/profiles/analyst")).json).toMatchObject({ registry: "default" });
  expect((await rest("POST", "/profiles", { body: { slug: "plain" } })).json).toMatchObject({
    registry: "default",
  });
});

test("the default one is the operator's choice", async () => {
  expect((await other.rest("GET", "/profiles/locked")).json).toMatchObject({ registry: "team" });
  expect((await other.rest("GET", "/resolve")).json).toMatchObject({ registry: "team", profile: "locked" });
});

test("the query names one on every route that takes one", async () => {
  expect((await rest("GET", "/profiles?registry=TEAM")).json).toMatchObject([{ slug: "locked" }]);
  expect((await rest("GET", "/profiles/locked?registry=team")).json).toMatchObject({ registry: "team" });
  expect((await rest("GET", "/profile?registry=team")).json).toMatchObject({ slug: "locked" });
  expect((await rest("GET", "/resolve?registry=team")).json).toMatchObject({ profile: "locked" });
  expect((await rest("GET", "/resolve/locked?registry=team")).json).toMatchObject({ registry: "team" });
  const created = await rest("POST", "/profiles?registry=team", { body: { slug: "by-query" } });
  expect(created.json).toMatchObject({ registry: "team" });
  expect((await rest("PATCH", "/profiles/by-query?registry=team")).status).toBe(200);
  expect((await rest("POST", "/profiles/by-query/default?registry=team")).status).toBe(200);
  await rest("POST", "/profiles/locked/default?registry=team");
  expect((await rest("DELETE", "/profiles/by-query?registry=team")).status).toBe(204);
});

test("the body beats the query", async () => {
  const body = { registry: "team" };
  const created = await rest("POST", "/profiles?registry=ghost", { body: { ...body, slug: "by-body" } });
  expect(created.json).toMatchObject({ registry: "team" });
  expect((await rest("PATCH", "/profiles/by-body?registry=ghost", { body })).status).toBe(200);
  expect((await rest("POST", "/profiles/by-body/default?registry=ghost", { body })).status).toBe(200);
  expect((await rest("POST", "/resolve?registry=ghost", { body })).json).toMatchObject({ registry: "team" });
  expect((await rest("POST", "/profile?registry=ghost", { body: { ...body, slug: "locked" } })).status).toBe(
    200,
  );
});

test("blank counts as absent, in the body and in the query", async () => {
  expect((await rest("GET", "/profiles/analyst?registry=%20")).status).toBe(200);
  expect((await rest("GET", "/profiles/analyst?registry=")).status).toBe(200);
  const body = { registry: " ", slug: "blank-registry" };
  expect((await rest("POST", "/profiles?registry=team", { body })).json).toMatchObject({ registry: "team" });
});

test("one that is no name is malformed, and quoted as it came", async () => {
  const expected = [400, { code: "malformed", detail: "invalid registry:  No! " }];
  for (const path of ["/profiles", "/profiles/a", "/profile", "/resolve", "/resolve/a"]) {
    const { status, json } = await rest("GET", `${path}?registry=%20No!%20`);
    expect([status, json], path).toMatchObject(expected);
  }
  const { status, json } = await rest("POST", "/resolve", { body: { registry: " No! " } });
  expect([status, json]).toMatchObject(expected);
});

test("one that does not exist is 404", async () => {
  for (const path of ["/profiles", "/profiles/a", "/profile", "/resolve", "/resolve/a"]) {
    const { status, json } = await rest("GET", `${path}?registry=ghost`);
    expect([status, json], path).toMatchObject([404, { detail: "registry not found" }]);
  }
});

test("one given twice in the query is malformed", async () => {
  const { status, json } = await rest("GET", "/profiles?registry=team&registry=default");
  expect([status, json]).toMatchObject([400, { detail: "query parameter registry is given more than once" }]);
});
