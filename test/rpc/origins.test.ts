/** Pages of browsers over RPC (spec 2.5, 6.5). */
import { expect, test } from "vitest";
import { connectClients, refusalOf, sharedRpc } from "../support/rpc.js";

const CHAT = "https://chat.example.org";
const rpc = sharedRpc({ "cors-origin": [CHAT] });
const METHOD = "/profileregistry.v1.ProfileRegistryService/CreateProfile";

test("a page on another origin may not write", async () => {
  for (const origin of ["https://evil.example", "null", "http://127.0.0.1:1"]) {
    const { registry } = connectClients(rpc.url(), { headers: { origin } });
    expect(await refusalOf(registry.createProfile({ profile: { slug: "evil" } })), origin).toMatchObject({
      code: "PermissionDenied",
      message: "writes from this origin are not allowed",
      info: { reason: "FORBIDDEN" },
    });
  }
});

test("a page on an allowed origin, or on our own, may", async () => {
  for (const [slug, origin] of [
    ["chat", CHAT],
    ["own", rpc.url()],
  ] as const) {
    const { registry } = connectClients(rpc.url(), { headers: { origin } });
    expect(await registry.createProfile({ profile: { slug } })).toMatchObject({ profile: { slug } });
  }
});

test("any page may read: the browser keeps the answer from it", async () => {
  const { registry, resolver } = connectClients(rpc.url(), { headers: { origin: "https://evil.example" } });
  expect(await registry.listProfiles({})).toBeDefined();
  expect(await resolver.resolveProfile({})).toMatchObject({ profile: "default" });
});

test("a preflight of a call is answered for allowed origins", async () => {
  const preflight = (origin: string) =>
    fetch(`${rpc.url()}${METHOD}`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,connect-protocol-version",
      },
    });
  const allowed = await preflight(CHAT);
  expect([allowed.status, allowed.headers.get("access-control-allow-origin")]).toEqual([204, CHAT]);
  expect((await preflight("https://evil.example")).headers.get("access-control-allow-origin")).toBeNull();
});

test("an answer and an error may be read by pages on allowed origins", async () => {
  for (const body of ['{"profile":{"slug":"readable"}}', '{"profile":{"slug":"No!"}}']) {
    const { headers } = await fetch(`${rpc.url()}${METHOD}`, {
      method: "POST",
      headers: { origin: CHAT, "content-type": "application/json" },
      body,
    });
    expect(headers.get("access-control-allow-origin"), body).toBe(CHAT);
    expect(headers.get("access-control-expose-headers")?.toLowerCase()).toContain("grpc-status");
  }
});
