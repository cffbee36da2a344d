import { expect, test } from "vitest";
import { sharedServer } from "../support/rest.js";

const { rest } = sharedServer();

test("a create answers 201, the document and where it is", async () => {
  const { status, headers, json } = await rest("POST", "/profiles", { body: { slug: "Located" } });
  expect(status).toBe(201);
  expect(headers.get("location")).toBe("/api/chat/profiles/located");
  expect(json).toMatchObject({ slug: "located", registry: "default", is_default: false });
});

test("the location names a registry that is not the default one, and leads to the document", async () => {
  await rest("POST", "/registries", { body: { slug: "shop" } });
  const { headers } = await rest("POST", "/profiles/", { body: { slug: "a", registry: "shop" } });
  expect(headers.get("location")).toBe("/api/chat/profiles/a?registry=shop");
  const { json } = await rest("GET", "/profiles/a?registry=shop");
  expect(json).toMatchObject({ slug: "a", registry: "shop" });
});

test("a created registry is located too", async () => {
  const { status, headers } = await rest("POST", "/registries/", { body: { slug: "Located" } });
  expect([status, headers.get("location")]).toEqual([201, "/api/chat/registries/located"]);
});

test("a delete answers 204 without a body", async () => {
  await rest("POST", "/profiles", { body: { slug: "gone" } });
  const { status, text } = await rest("DELETE", "/profiles/gone");
  expect([status, text]).toEqual([204, ""]);
});

test("a patch and a set-default answer 200 and the document", async () => {
  await rest("POST", "/profiles", { body: { slug: "patched" } });
  const patched = await rest("PATCH", "/profiles/patched", { body: { display_name: "P" } });
  expect([patched.status, patched.json]).toMatchObject([
    200,
    { display_name: "P", metadata: { version: 2 } },
  ]);
  const set = await rest("POST", "/profiles/patched/default");
  expect([set.status, set.json]).toMatchObject([200, { slug: "patched", is_default: true }]);
});

test("what reads or writes state says at which revision", async () => {
  const created = await rest("POST", "/profiles", { body: { slug: "revised" } });
  const revision = Number(created.headers.get("profile-registry-revision"));
  expect(revision).toBeGreaterThan(0);
  const reads = [
    "/profiles",
    "/profiles/revised",
    "/profile",
    "/registries",
    "/registries/default",
    "/resolve",
  ];
  for (const path of reads) {
    const { headers } = await rest("GET", path);
    expect(headers.get("profile-registry-revision"), path).toBe(String(revision));
  }
  const deleted = await rest("DELETE", "/profiles/revised");
  expect(deleted.headers.get("profile-registry-revision")).toBe(String(revision + 1));
});

test("a create that also sets the default is one request with a log entry per changed document", async () => {
  const before = await rest("GET", "/registries/default");
  const { headers } = await rest("POST", "/profiles", { body: { slug: "both", set_default: true } });
  const revision = (answer: { get(name: string): string | null }) =>
    Number(answer.get("profile-registry-revision"));
  expect(revision(headers) - revision(before.headers)).toBe(2);
});

test("trailing slashes are accepted on every route", async () => {
  await rest("POST", "/profiles/", { body: { slug: "slash" } });
  const routes = [
    ["GET", "/profiles/"],
    ["GET", "/profiles/slash/"],
    ["PATCH", "/profiles/slash/"],
    ["POST", "/profiles/slash/default/"],
    ["GET", "/profile/"],
    ["GET", "/registries/"],
    ["GET", "/registries/default/"],
    ["GET", "/schemas/middlewares/"],
    ["GET", "/schemas/extensions/"],
    ["GET", "/resolve/"],
    ["POST", "/resolve/"],
    ["GET", "/resolve/slash/"],
  ] as const;
  for (const [method, path] of routes) {
    const { status } = await rest(method, path);
    expect(status, `${method} ${path}`).toBe(200);
  }
});

test("HEAD answers as GET does, without the body", async () => {
  for (const path of [
    "/profiles",
    "/profiles/default",
    "/profile",
    "/registries",
    "/resolve",
    "/schemas/extensions",
  ]) {
    const head = await rest("HEAD", path);
    const get = await rest("GET", path);
    expect([head.status, head.text], path).toEqual([200, ""]);
    expect(head.headers.get("etag"), path).toBe(get.headers.get("etag"));
  }
});

test("a list, a document, a registry and the catalogue are JSON", async () => {
  for (const path of ["/profiles", "/profiles/default", "/registries/default", "/schemas/middlewares"]) {
    const { headers } = await rest("GET", path);
    expect(headers.get("content-type"), path).toBe("application/json; charset=utf-8");
  }
});
