/** ETags, If-None-Match and If-Match (spec 2.5). */
import { expect, test } from "vitest";
import { sharedServer } from "../support/rest.js";

const { rest } = sharedServer();

/** A new profile in a registry of its own. */
async function profile(slug: string): Promise<{ at: string; etag: string }> {
  await rest("POST", "/registries", { body: { slug } });
  const { headers } = await rest("POST", "/profiles", { body: { slug, registry: slug } });
  return { at: `/profiles/${slug}?registry=${slug}`, etag: headers.get("etag") ?? "" };
}

test("a document's tag is its version and its registry's", async () => {
  const { at, etag } = await profile("tagged");
  expect(etag).toBe('"1.2"');
  const patched = await rest("PATCH", at);
  expect(patched.headers.get("etag")).toBe('"2.3"');
  expect((await rest("GET", at)).headers.get("etag")).toBe('"2.3"');
  const set = await rest("POST", at.replace("?", "/default?"));
  expect(set.headers.get("etag")).toBe('"2.4"');
});

test("a list and a registry are tagged by the registry's version, the list of registries by the revision", async () => {
  await profile("listed");
  expect((await rest("GET", "/profiles?registry=listed")).headers.get("etag")).toBe('"2"');
  expect((await rest("GET", "/registries/listed")).headers.get("etag")).toBe('"2"');
  const { headers } = await rest("GET", "/registries");
  expect(headers.get("etag")).toBe(`"${headers.get("profile-registry-revision")}"`);
});

test("If-None-Match with the current tag is 304 without a body", async () => {
  const { at, etag } = await profile("unmodified");
  for (const tag of [etag, `W/${etag}`, `"9.9", ${etag}`, "*"]) {
    const { status, text, headers } = await rest("GET", at, { headers: { "if-none-match": tag } });
    expect([status, text], tag).toEqual([304, ""]);
    expect(headers.get("etag")).toBe(etag);
    expect(headers.get("profile-registry-revision")).not.toBeNull();
  }
});

test("If-None-Match compares both numbers: a document shows whether it is the default", async () => {
  const { at, etag } = await profile("modified");
  await rest("POST", at.replace("?", "/default?"));
  const { status, json } = await rest("GET", at, { headers: { "if-none-match": etag } });
  expect([status, json]).toMatchObject([200, { is_default: true }]);
});

test("If-None-Match works for lists, registries and the catalogue too", async () => {
  for (const path of ["/profiles", "/registries", "/registries/default", "/schemas/middlewares"]) {
    const { headers } = await rest("GET", path);
    const again = await rest("GET", path, { headers: { "if-none-match": headers.get("etag") ?? "" } });
    expect(again.status, path).toBe(304);
  }
});

test("a stale If-Match is 412, a stale expected_version 409", async () => {
  const { at, etag } = await profile("stale");
  await rest("PATCH", at);
  const conflict = {
    code: "version_conflict",
    detail: 'profile "stale" version conflict: expected=1 actual=2',
  };
  const byHeader = await rest("PATCH", at, { headers: { "if-match": etag } });
  expect([byHeader.status, byHeader.json]).toMatchObject([412, { ...conflict, status: 412 }]);
  const byBody = await rest("PATCH", at, { body: { expected_version: 1 } });
  expect([byBody.status, byBody.json]).toMatchObject([409, { ...conflict, status: 409 }]);
});

test("a DELETE takes either: the header or the query", async () => {
  const { at, etag } = await profile("deleted");
  await rest("PATCH", at);
  expect((await rest("DELETE", at, { headers: { "if-match": etag } })).status).toBe(412);
  expect((await rest("DELETE", `${at}&expected_version=1`)).status).toBe(409);
  expect((await rest("DELETE", `${at}&expected_version=2`)).status).toBe(204);
});

test("If-Match of a PATCH compares the profile's version only", async () => {
  const { at, etag } = await profile("patched");
  await rest("POST", "/profiles", { body: { slug: "other", registry: "patched" } });
  expect((await rest("PATCH", at, { headers: { "if-match": etag } })).status).toBe(200);
});

test("If-Match of a set-default compares the registry's version only", async () => {
  const { at, etag } = await profile("chosen");
  const setDefault = at.replace("?", "/default?");
  const { headers } = await rest("PATCH", at);
  const stale = await rest("POST", setDefault, { headers: { "if-match": etag } });
  expect([stale.status, stale.json]).toMatchObject([
    412,
    { detail: 'registry "chosen" version conflict: expected=2 actual=3' },
  ]);
  expect(headers.get("etag")).toBe('"2.3"');
  expect((await rest("POST", setDefault, { headers: { "if-match": '"1.3"' } })).status).toBe(200);
});

test("a set-default takes expected_version in body or query, and the body wins", async () => {
  const { at } = await profile("ways");
  const path = at.replace("?", "/default?");
  expect((await rest("POST", `${path}&expected_version=1`)).status).toBe(409);
  expect((await rest("POST", `${path}&expected_version=1`, { body: { expected_version: 2 } })).status).toBe(
    200,
  );
});

test("If-Match of a registry compares its one number", async () => {
  await profile("registry-tag");
  const at = "/registries/registry-tag";
  expect((await rest("PATCH", at, { headers: { "if-match": '"1"' } })).status).toBe(412);
  expect((await rest("PATCH", at, { headers: { "if-match": '"2"' } })).status).toBe(200);
  expect((await rest("DELETE", at, { headers: { "if-match": '"2"' } })).status).toBe(409);
});

test("If-Match: * is no check", async () => {
  const { at } = await profile("star");
  expect((await rest("PATCH", at, { headers: { "if-match": "*" } })).status).toBe(200);
});

test("an If-Match that is no tag of ours is malformed", async () => {
  const { at } = await profile("no-tag");
  for (const tag of ["1.2", '"x"', 'W/"1.2"', '"-1.2"', '"0.2"', '"1.2", "1.3"']) {
    const { status, json } = await rest("PATCH", at, { headers: { "if-match": tag } });
    expect([status, json], tag).toMatchObject([
      400,
      { code: "malformed", detail: expect.stringContaining("If-Match") },
    ]);
  }
  const setDefault = await rest("POST", at.replace("?", "/default?"), { headers: { "if-match": '"1"' } });
  expect(setDefault.status).toBe(400);
});

test("If-Match and expected_version must not contradict each other", async () => {
  const { at, etag } = await profile("twice");
  const headers = { "if-match": etag };
  expect((await rest("PATCH", at, { headers, body: { expected_version: 3 } })).status).toBe(400);
  expect((await rest("PATCH", at, { headers, body: { expected_version: 1 } })).status).toBe(200);
});
