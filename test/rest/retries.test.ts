/** The header `Idempotency-Key` (spec 2.5): whole answers, and which keys and routes. */
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { temporaryDirectory } from "../support/files.js";
import { type Answer, type RestClient, restClient, sharedServer } from "../support/rest.js";
import { startServer } from "../support/server.js";

const { rest } = sharedServer();
const withKey = (key: string) => ({ "idempotency-key": key });

/** Status, body, and the headers that a client goes by. */
function seen({ status, headers, text }: Answer) {
  const named = ["etag", "location", "profile-registry-revision", "content-type"];
  return { status, text, headers: named.map((name) => headers.get(name)) };
}

const WRITES: [method: string, path: string, body?: object][] = [
  ["POST", "/profiles", { slug: "a", set_default: true }],
  ["PATCH", "/profiles/a", { description: "d" }],
  ["POST", "/profiles/default/default"],
  ["POST", "/profiles/a/rollback", { version: 1 }],
  ["DELETE", "/profiles/a"],
  ["POST", "/registries", { slug: "r" }],
  ["PATCH", "/registries/r", { description: "d" }],
  ["DELETE", "/registries/r"],
];

test("a retry is answered as the first try was, also after a restart and by another process", async () => {
  const flags = { "profile-registry-db": join(temporaryDirectory(), "profiles.db") };
  const perform = (client: RestClient) => async (each: (typeof WRITES)[number], i: number) => {
    const [method, path, body] = each;
    return seen(await client(method, path, { ...(body ? { body } : {}), headers: withKey(`w-${i}`) }));
  };
  const inOrder = async (client: RestClient) => {
    const answers = [];
    for (const [i, write] of WRITES.entries()) answers.push(await perform(client)(write, i));
    return answers;
  };
  const one = await startServer(flags);
  const first = await inOrder(restClient(one.url));
  expect(first.map(({ status }) => status)).toEqual([201, 200, 200, 200, 204, 201, 200, 204]);
  const other = await startServer(flags);
  expect(await inOrder(restClient(other.url))).toEqual(first);
  await other.stop();
  await one.stop();
  const restarted = await startServer(flags);
  expect(await inOrder(restClient(restarted.url))).toEqual(first);
  await restarted.stop();
});

describe("a key", () => {
  beforeAll(async () => {
    await rest("POST", "/profiles", { body: { slug: "keyed" } });
  });

  test("stands for one request: another body or target with it is 422", async () => {
    const body = { description: "d" };
    const headers = withKey("one");
    expect((await rest("PATCH", "/profiles/keyed", { body, headers })).status).toBe(200);
    for (const [method, path, sent] of [
      ["PATCH", "/profiles/keyed", { body: { description: "e" } }],
      ["PATCH", "/profiles/keyed", {}],
      ["PATCH", "/profiles/agent", { body }],
      ["PATCH", "/profiles/keyed?registry=default", { body }],
      ["POST", "/profiles/keyed/default", { body }],
    ] as const) {
      const { status, json } = await rest(method, path, { ...sent, headers });
      expect([status, json], path).toMatchObject([
        422,
        { code: "idempotency_mismatch", detail: "the idempotency key was used with another request" },
      ]);
    }
  });

  test("stands for the same request where its members come in another order", async () => {
    const headers = withKey("order");
    const send = (raw: string) =>
      rest("PATCH", "/profiles/keyed", { raw, headers: { "content-type": "application/json", ...headers } });
    const first = await send('{"description": "d", "display_name": "D"}');
    expect(seen(await send('{ "display_name":"D", "description":"d" }'))).toEqual(seen(first));
  });

  test("answers before If-Match is looked at, which the first try has moved", async () => {
    const created = await rest("POST", "/profiles", { body: { slug: "matched" } });
    const headers = { "if-match": created.headers.get("etag") ?? "", ...withKey("matched") };
    const first = await rest("PATCH", "/profiles/matched", { headers });
    expect(first.status).toBe(200);
    expect(seen(await rest("PATCH", "/profiles/matched", { headers }))).toEqual(seen(first));
  });

  test("is 1 to 255 visible characters", async () => {
    for (const key of ["", " ", "a b", "é", "x".repeat(256), "a, b"]) {
      const { status, json } = await rest("PATCH", "/profiles/keyed", { headers: withKey(key) });
      expect([status, json], key).toMatchObject([
        400,
        { code: "malformed", detail: "Idempotency-Key must be 1 to 255 visible ASCII characters" },
      ]);
    }
    expect((await rest("PATCH", "/profiles/keyed", { headers: withKey("!".repeat(255)) })).status).toBe(200);
  });

  test("goes with a body that has a canonical form only", async () => {
    const raw = `{"slug": "deep", "extensions": ${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}}`;
    const headers = { "content-type": "application/json", ...withKey("deep") };
    const { status, json } = await rest("POST", "/profiles", { raw, headers });
    expect([status, json]).toMatchObject([400, { code: "malformed" }]);
  });

  test("does nothing where the store is not written", async () => {
    const headers = withKey("reads");
    for (const body of [{ slug: "keyed" }, { slug: "agent" }]) {
      expect((await rest("POST", "/profile", { body, headers })).json).toMatchObject(body);
    }
    for (const profile of ["keyed", "agent"]) {
      const { json } = await rest("POST", "/resolve", { body: { profile }, headers });
      expect(json).toMatchObject({ profile });
    }
    expect((await rest("GET", "/profiles/agent", { headers })).status).toBe(200);
  });
});

describe("validate_only", () => {
  test("is true or false", async () => {
    const { status, json } = await rest("POST", "/profiles?validate_only=maybe", { body: { slug: "x" } });
    expect([status, json]).toMatchObject([
      400,
      { code: "malformed", detail: 'query parameter validate_only must be true or false, not "maybe"' },
    ]);
  });

  test("answers with the headers of the write, and the revision that it was tried at", async () => {
    const before = await rest("GET", "/profiles");
    const tried = await rest("POST", "/profiles?validate_only=true", { body: { slug: "tried" } });
    expect(tried).toMatchObject({ status: 201, json: { slug: "tried", metadata: { version: 1 } } });
    expect(tried.headers.get("location")).toBe("/api/chat/profiles/tried");
    expect(tried.headers.get("profile-registry-revision")).toBe(
      before.headers.get("profile-registry-revision"),
    );
    const after = await rest("GET", "/profiles");
    expect(seen(after)).toEqual(seen(before));
    const done = await rest("POST", "/profiles", { body: { slug: "tried" } });
    expect(done.headers.get("etag")).toBe(tried.headers.get("etag"));
  });

  test("of a delete is 204, and the profile stays", async () => {
    expect((await rest("DELETE", "/profiles/agent?validate_only=true")).status).toBe(204);
    expect((await rest("GET", "/profiles/agent")).status).toBe(200);
  });

  test("meets If-Match", async () => {
    const headers = { "if-match": '"9.9"' };
    expect((await rest("PATCH", "/profiles/agent?validate_only=true", { headers })).status).toBe(412);
  });
});
