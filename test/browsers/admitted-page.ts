/** What a page can do that the service lets in. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { call, jsonOf, type Seen, type Sent, send } from "./in-page.js";
import type { Protocol } from "./rpc-page.js";

const PROTOCOLS: readonly Protocol[] = [
  "Connect",
  "Connect GET",
  "Connect JSON",
  "gRPC-Web",
  "gRPC-Web JSON",
];

export function testAdmittedPage(page: () => Page, baseUrl: () => string): void {
  const rest = (method: string, path: string, sent: Sent = {}): Promise<Seen> =>
    send(page(), `${baseUrl()}/api/chat${path}`, { method, ...sent });

  test("it chooses a profile, and resolves go by the choice until it is forgotten", async () => {
    const chosen = await rest("POST", "/profile", { json: { slug: "agent" } });
    expect(jsonOf(chosen)).toEqual({ slug: "agent", registry: "default", source: "cookie" });
    const asked = [
      await rest("GET", "/resolve?conv_id=c"),
      await rest("POST", "/resolve", { json: { prompt: "hi" } }),
    ];
    for (const answer of asked)
      expect(jsonOf(answer)).toMatchObject({ profile: "agent", selection: { source: "cookie" } });
    expect((await rest("DELETE", "/profile")).status).toBe(204);
    expect(jsonOf(await rest("GET", "/resolve"))).toMatchObject({ selection: { source: "default" } });
  });

  test("it creates, patches, makes default and deletes profiles", async () => {
    expect((await rest("POST", "/profiles", { json: { slug: "made", display_name: "A" } })).status).toBe(201);
    const patched = await rest("PATCH", "/profiles/made", {
      json: { display_name: "B", expected_version: 1 },
    });
    expect(jsonOf(patched)).toMatchObject({ display_name: "B", metadata: { version: 2 } });
    expect((await rest("POST", "/profiles/made/default")).status).toBe(200);
    expect((await rest("POST", "/profiles/default/default")).status).toBe(200);
    expect((await rest("DELETE", "/profiles/made?expected_version=2")).status).toBe(204);
  });

  test("it reads ETag, Link, Location and Profile-Registry-Revision", async () => {
    const created = await rest("POST", "/profiles", { json: { slug: "headed" } });
    expect(created.headers).toMatchObject({
      etag: expect.stringMatching(/^"1[.]\d+"$/),
      location: "/api/chat/profiles/headed",
      "profile-registry-revision": expect.stringMatching(/^\d+$/),
    });
    const list = await rest("GET", "/profiles?limit=1");
    expect(list.headers?.link).toBe('</api/chat/profiles?limit=1&after=agent>; rel="next"');
  });

  test("it sends If-Match and learns from a 412 what is stored", async () => {
    await rest("POST", "/profiles", { json: { slug: "matched" } });
    const write: Sent = { headers: { "if-match": '"1.1"' }, json: { display_name: "A" } };
    expect((await rest("PATCH", "/profiles/matched", write)).status).toBe(200);
    const refused = await rest("PATCH", "/profiles/matched", write);
    expect([refused.status, refused.headers?.["content-type"]]).toEqual([
      412,
      "application/problem+json; charset=utf-8",
    ]);
    expect(jsonOf(refused)).toMatchObject({
      code: "version_conflict",
      detail: expect.stringContaining("actual=2"),
    });
  });

  test("it sends If-None-Match and sees the 304", async () => {
    const { headers } = await rest("GET", "/profiles/default");
    const again = await rest("GET", "/profiles/default", {
      headers: { "if-none-match": headers?.etag ?? "" },
    });
    expect(again.status).toBe(304);
  });

  test.each(PROTOCOLS)("it resolves over %s", async (protocol) => {
    const request = { profile: "agent" };
    const outcome = await call(page(), { baseUrl: baseUrl(), protocol, method: "ResolveProfile", request });
    expect(outcome).toMatchObject({ code: "OK", message: { profile: "agent", registry: "default" } });
  });

  test.each(PROTOCOLS)("it creates a profile over %s", async (protocol) => {
    const slug = `over-${protocol.replace(" ", "-").toLowerCase()}`;
    const request = { profile: { slug } };
    const outcome = await call(page(), { baseUrl: baseUrl(), protocol, method: "CreateProfile", request });
    expect(outcome).toMatchObject({ code: "OK", message: { profile: { slug } } });
  });

  test.each(PROTOCOLS)("it reads an error's details over %s", async (protocol) => {
    const request = { profile: "agent", requestOverrides: { color: "blue" } };
    const outcome = await call(page(), { baseUrl: baseUrl(), protocol, method: "ResolveProfile", request });
    expect(outcome).toEqual({
      code: "InvalidArgument",
      error: "validation error (request_overrides.color): unsupported override key",
      reason: "VALIDATION",
      violations: ["request_overrides.color: unsupported override key"],
    });
  });
}
