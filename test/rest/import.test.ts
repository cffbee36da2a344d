/** `POST /import`: a file of documents, its plan, and what is refused (spec 2.5, 6.3). */
import { readFileSync } from "node:fs";
import { connect } from "node:http2";
import { Socket } from "node:net";
import { json } from "node:stream/consumers";
import Fastify from "fastify";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openCore } from "../../src/app.js";
import { readConfig } from "../../src/config.js";
import { restPlugin } from "../../src/rest/plugin.js";
import { restClient, type Sent, sharedServer } from "../support/rest.js";
import { REGISTRIES } from "../support/server.js";

const YAML_TYPE = { "content-type": "application/yaml" };
const { rest, url } = sharedServer();
const importing = (raw: string, query = "", { headers, ...sent }: Sent = {}) =>
  rest("POST", `/import${query}`, { raw, ...sent, headers: { ...YAML_TYPE, ...headers } });
const revision = async () => (await rest("GET", "/registries")).headers.get("profile-registry-revision");

test("answers what it did, with the revision of the import", async () => {
  const { status, json, headers } = await importing("slug: one\nprofiles: { p: {} }\n");
  expect([status, json]).toEqual([
    200,
    {
      revision: Number(await revision()),
      counts: { created: 2, changed: 0, unchanged: 0, deleted: 0 },
      changes: [
        { action: "create", registry: "one" },
        { action: "create", registry: "one", profile: "p" },
      ],
    },
  ]);
  expect(headers.get("profile-registry-revision")).toBe(await revision());
  expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect((await rest("GET", "/profiles/p?registry=one")).json).toMatchObject({
    metadata: { version: 1, source: "import", created_by: "anonymous" },
  });
});

test("shows of a change what was there and what comes, and of secrets nothing", async () => {
  const file = (key: string) =>
    `slug: changed\nprofiles: { p: { runtime: { step_settings_patch: { ai: { api_key: ${key} } } } } }\n`;
  await importing(file("s3cr3t"));
  const { json, text } = await importing(file("0th3r"));
  expect(json).toMatchObject({
    counts: { created: 0, changed: 1, unchanged: 1, deleted: 0 },
    changes: [
      {
        action: "change",
        registry: "changed",
        profile: "p",
        differences: [
          { pointer: "/runtime/step_settings_patch/ai/api_key", from: "<redacted>", to: "<redacted>" },
        ],
      },
    ],
  });
  expect(text).not.toMatch(/s3cr3t|0th3r/);
});

test("with validate_only answers the same plan and stores nothing", async () => {
  const file = "slug: tried\nprofiles: { p: {}, q: {} }\n";
  const before = await revision();
  const tried = await importing(file, "?validate_only=true");
  expect(await revision()).toBe(before);
  const { changes, counts } = (await importing(file)).json as Record<string, unknown>;
  expect(tried.json).toEqual({ revision: Number(before), changes, counts });
});

test("registry names the registry of a file that names none", async () => {
  const file = "assistant:\n  ai-chat: { ai-engine: gpt }\n";
  expect((await importing(file, "?registry=legacy&validate_only=true")).json).toMatchObject({
    changes: [
      { action: "create", registry: "legacy" },
      { action: "create", registry: "legacy", profile: "assistant" },
    ],
  });
});

test("replace deletes what the file lacks, include_read_only lets read-only profiles be changed", async () => {
  const locked = "slug: whole\nprofiles: { a: {}, b: { policy: { read_only: true } } }\n";
  await importing(locked);
  const shorter = "slug: whole\nprofiles: { a: {} }\n";
  expect((await importing(shorter)).json).toMatchObject({ changes: [] });
  const refused = await importing(shorter, "?replace=true");
  expect([refused.status, refused.json]).toMatchObject([
    403,
    { code: "policy", detail: 'policy violation for profile "b": profile is read-only' },
  ]);
  expect((await importing(shorter, "?replace=true&include_read_only=true")).json).toMatchObject({
    changes: [{ action: "delete", registry: "whole", profile: "b" }],
  });
});

describe("an Idempotency-Key", () => {
  const headers = { "idempotency-key": "an-import" };
  const file = "slug: retried\nprofiles: { p: {} }\n";
  let first: string;
  beforeAll(async () => {
    first = (await importing(file, "", { headers })).text;
    await importing("slug: retried\nprofiles: { p: { description: since } }\n");
  });

  test("gives a retry the first outcome", async () => {
    expect(await importing(file, "", { headers })).toMatchObject({ status: 200, text: first });
  });

  test("stands for one file and one query", async () => {
    for (const [other, query] of [
      [`${file} `, ""],
      [file, "?replace=true"],
    ] as const) {
      const { status, json } = await importing(other, query, { headers });
      expect([status, json]).toMatchObject([422, { code: "idempotency_mismatch" }]);
    }
  });
});

describe("a file", () => {
  test("that cannot be read is refused with its name, line and column", async () => {
    for (const [query, name] of [
      ["", "request"],
      ["?file_name=team.yaml", "team.yaml"],
    ]) {
      const { status, json } = await importing("x: [\n", query);
      expect([status, json]).toMatchObject([
        400,
        { code: "malformed", detail: expect.stringMatching(`^${name}:2:1: `) },
      ]);
    }
  });

  test("that breaks rules is refused with every place, and nothing of it is stored", async () => {
    const file =
      "slug: rules\nprofiles:\n  a:\n    runtime: { tools: ['  '] }\n  b:\n    runtime:\n      middlewares: [{ name: nope }]\n";
    const { status, json, headers } = await importing(file, "?file_name=a.yaml");
    expect([status, json]).toMatchObject([
      400,
      { code: "validation", errors: [{ field: "a.yaml:4:24" }, { field: "a.yaml:7:29" }] },
    ]);
    expect(headers.get("content-type")).toContain("application/problem+json");
    expect((await rest("GET", "/registries/rules")).status).toBe(404);
  });

  test("that is not UTF-8 is malformed, and says where", async () => {
    const raw = Buffer.from("slug: a\nx: \xe9\n", "latin1");
    const { status, json } = await rest("POST", "/import", { raw, headers: YAML_TYPE });
    expect([status, json]).toMatchObject([400, { detail: "request:2:4: is not UTF-8" }]);
  });

  test("that is empty changes nothing", async () => {
    expect((await importing("")).json).toMatchObject({ changes: [], counts: { created: 0 } });
  });

  test("is YAML or JSON, whichever of its types it is sent as", async () => {
    const files = ["slug: typed\nprofiles: {}\n", '{"slug": "typed", "profiles": {}}'];
    for (const type of [
      "application/yaml",
      "text/yaml; charset=utf-8",
      "application/x-yaml",
      "Application/JSON",
      "application/octet-stream",
    ]) {
      for (const raw of files) {
        const headers = { "content-type": type };
        const { status } = await rest("POST", "/import?validate_only=1", { raw, headers });
        expect(status, type).toBe(200);
      }
    }
  });

  test("of another type, or of none, is 415", async () => {
    const raw = Buffer.from("slug: typed\nprofiles: {}\n");
    for (const headers of [{ "content-type": "text/plain" }, { "content-type": "multipart/form-data" }, {}]) {
      const { status, json } = await rest("POST", "/import", { raw, headers });
      expect([status, json]).toMatchObject([
        415,
        { code: "unsupported_media_type", detail: expect.stringContaining("application/yaml") },
      ]);
    }
    expect((await rest("POST", "/import")).status).toBe(415);
  });

  test("may be larger than other bodies, and need not state its length", async () => {
    const profiles = Array.from(
      { length: 40 },
      (_, i) => `  p${i}: { description: ${"x".repeat(40_000)} }\n`,
    );
    const bytes = Buffer.from(`slug: large\nprofiles:\n${profiles.join("")}`);
    expect(bytes.length).toBeGreaterThan(1024 * 1024);
    const pieces = [bytes.subarray(0, 1), bytes.subarray(1, 700_000), bytes.subarray(700_000)];
    const chunked = await fetch(`${url()}/api/chat/import?validate_only=true`, {
      method: "POST",
      headers: YAML_TYPE,
      body: new Blob(pieces).stream(),
      duplex: "half",
    } as RequestInit);
    const stated = await rest("POST", "/import", { raw: bytes, headers: YAML_TYPE });
    for (const answer of [await chunked.json(), stated.json]) {
      expect(answer).toMatchObject({ counts: { created: 41 } });
    }
  });

  test("comes over HTTP/2 too", async () => {
    const session = connect(url());
    onTestFinished(() => session.close());
    const stream = session.request({
      ":method": "POST",
      ":path": "/api/chat/import?validate_only=true",
      ...YAML_TYPE,
    });
    stream.end("slug: two\nprofiles: { p: {} }\n");
    expect(await json(stream)).toMatchObject({ counts: { created: 2 } });
  });

  test("that breaks off stores nothing", async () => {
    const before = await revision();
    const socket = new Socket().connect(Number(new URL(url()).port), "127.0.0.1");
    socket.write(
      "POST /api/chat/import HTTP/1.1\r\nhost: a\r\ncontent-type: text/yaml\r\ncontent-length: 99\r\n\r\n",
    );
    socket.end("slug: broken\nprofiles: {}\n");
    await new Promise((closed) => socket.on("close", closed).resume());
    expect(await revision()).toBe(before);
  });
});

describe("a file over the limit is 413", () => {
  let limited: string;
  beforeAll(async () => {
    const core = await openCore(readConfig({ "log-level": "silent" }, {}));
    const app = Fastify();
    await app.register(restPlugin, { prefix: "/api/chat", services: core.services, maxImportBytes: 1_000 });
    limited = await app.listen({ host: "127.0.0.1", port: 0 });
    return async () => {
      await app.close();
      await core.close();
    };
  });
  const comment = (bytes: number): string => `#${"x".repeat(bytes - 1)}`;
  const TOO_LARGE = { code: "too_large", detail: "the file is larger than 1000 bytes" };

  test("where its length is stated", async () => {
    const send = (raw: string) => restClient(limited)("POST", "/import", { raw, headers: YAML_TYPE });
    expect((await send(comment(1_000))).status).toBe(200);
    const { status, json } = await send(comment(1_001));
    expect([status, json]).toMatchObject([413, TOO_LARGE]);
  });

  test("where it is not", async () => {
    const send = (text: string) =>
      fetch(`${limited}/api/chat/import`, {
        method: "POST",
        headers: YAML_TYPE,
        body: new Blob([text]).stream(),
        duplex: "half",
      } as RequestInit);
    expect((await send(comment(1_000))).status).toBe(200);
    const refused = await send(comment(1_001));
    expect([refused.status, await refused.json()]).toMatchObject([413, TOO_LARGE]);
  });
});

test("a file from a page on another origin is refused before it is read", async () => {
  const { status, json } = await rest("POST", "/import", {
    raw: "x: [",
    headers: { origin: "https://evil.example", "content-type": "text/plain" },
  });
  expect([status, json]).toMatchObject([403, { code: "forbidden" }]);
});

test("other methods than POST are 405", async () => {
  const { status, headers } = await rest("GET", "/import");
  expect([status, headers.get("allow")]).toEqual([405, "POST, OPTIONS"]);
});

test("a parameter that is no truth value is malformed", async () => {
  const { status, json } = await importing(readFileSync(REGISTRIES, "utf8"), "?replace=maybe");
  expect([status, json]).toMatchObject([400, { code: "malformed" }]);
});
