import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { temporaryDirectory } from "../support/files.js";
import { restClient, sharedServer } from "../support/rest.js";
import { serverForTest } from "../support/server.js";

const { rest } = sharedServer();

test("an error is a problem of RFC 9457 with the code and the request's id", async () => {
  const { status, headers, json } = await rest("GET", "/profiles/ghost", {
    headers: { "x-request-id": "r-1" },
  });
  expect(status).toBe(404);
  expect(headers.get("content-type")).toContain("application/problem+json");
  expect(json).toEqual({
    type: "urn:profile-registry:error:not_found",
    title: "Not found",
    status: 404,
    detail: "profile not found",
    instance: "r-1",
    code: "not_found",
  });
});

test("a request without an id gets one", async () => {
  const { json } = await rest("GET", "/profiles/ghost");
  expect(json).toMatchObject({ instance: expect.stringMatching(/^[0-9a-f-]{36}$/) });
});

test("an id that logs cannot hold is replaced", async () => {
  const { json } = await rest("GET", "/profiles/ghost", { headers: { "x-request-id": "no spaces" } });
  expect(json).toMatchObject({ instance: expect.not.stringContaining(" ") });
});

test("a validation error lists every problem", async () => {
  const { status, json } = await rest("POST", "/profiles", {
    body: { slug: "bad", runtime: { tools: ["", " "] } },
  });
  expect(status).toBe(400);
  expect(json).toMatchObject({
    code: "validation",
    detail: "validation error (runtime.tools[0]): must not be empty",
    errors: [
      { field: "runtime.tools[0]", reason: "must not be empty" },
      { field: "runtime.tools[1]", reason: "must not be empty" },
    ],
  });
});

test("of many problems 100 are listed", async () => {
  const tools = Array.from({ length: 250 }, () => "");
  const { json } = await rest("POST", "/profiles", { body: { slug: "bad", runtime: { tools } } });
  expect((json as { errors: unknown[] }).errors).toHaveLength(100);
});

test("a middleware that is unknown is a validation error at its name", async () => {
  const raw = '{"slug":"bad-mw","runtime":{"middlewares":[{"name":"does_not_exist"}]}}';
  const { status, text } = await rest("POST", "/profiles", {
    raw,
    headers: { "content-type": "application/json" },
  });
  expect(status).toBe(400);
  expect(text).toContain("validation error");
  expect(text).toContain("runtime.middlewares[0].name");
});

test("a config that does not fit is a validation error at the config", async () => {
  const raw =
    '{"slug":"bad-config","runtime":{"middlewares":[{"name":"agentmode","config":{"unknown":"x"}}]}}';
  const { status, text } = await rest("POST", "/profiles", {
    raw,
    headers: { "content-type": "application/json" },
  });
  expect(status).toBe(400);
  expect(text).toContain("runtime.middlewares[0].config");
});

test("an unknown route is 404 in the same form", async () => {
  for (const path of ["/nope", "/profiles/a/b/c", "/profiles/a/versions/1/2", "/logs", "/rollouts/a/b"]) {
    const { status, json } = await rest("GET", path);
    expect([status, json], path).toMatchObject([404, { code: "not_found", detail: "no such route" }]);
  }
});

test("an unknown route is 404 whatever its body", async () => {
  for (const type of ["text/plain", "application/json"]) {
    const { status, json } = await rest("POST", "/nope", { raw: "{", headers: { "content-type": type } });
    expect([status, json], type).toMatchObject([404, { code: "not_found" }]);
  }
});

test("broken percent-encoding is malformed", async () => {
  for (const path of ["/profiles/%zz", "/resolve/%", "/registries/%E0%A4%A"]) {
    const { status, json } = await rest("GET", path);
    expect([status, json], path).toMatchObject([400, { code: "malformed" }]);
  }
});

test("a name in the path may be as long as it wants and is still only a bad name", async () => {
  const { status, json } = await rest("GET", `/profiles/${"x".repeat(8_000)}`);
  expect([status, json]).toMatchObject([400, { code: "validation" }]);
  expect((json as { detail: string }).detail).toHaveLength(
    `validation error (profile.slug): profile slug "" is invalid`.length + 128,
  );
});

test("an encoded slash in a name is part of the name", async () => {
  const { json } = await rest("GET", "/profiles/a%2Fb");
  expect(json).toMatchObject({ detail: 'validation error (profile.slug): profile slug "a/b" is invalid' });
});

test("a blank name in the path is no name", async () => {
  expect((await rest("GET", "/profiles/%20")).json).toMatchObject({
    detail: expect.stringContaining("empty"),
  });
  expect(await rest("GET", "/registries/%20")).toMatchObject({ status: 400 });
  expect(await rest("DELETE", "/registries/%20?force=true")).toMatchObject({ status: 400 });
});

test("a store that is busy is 503, and says when to try again", async () => {
  const path = join(temporaryDirectory(), "profiles.db");
  const { url } = await serverForTest({ "profile-registry-dsn": `file:${path}?_busy_timeout=20` });
  const db = new Database(path);
  onTestFinished(() => void db.close());
  db.exec("BEGIN IMMEDIATE");
  const { status, headers } = await restClient(url)("DELETE", "/profiles/agent");
  expect([status, headers.get("retry-after")]).toEqual([503, "1"]);
});
