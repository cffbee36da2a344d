/** Connect (POST and GET), gRPC and gRPC-Web, JSON and proto, HTTP/1.1 and HTTP/2 on one port: they answer the same. */
import { create, type JsonObject, toJson } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { ProfileSchema } from "../../gen/profileregistry/v1/profile_pb.js";
import { GetProfileResponseSchema } from "../../gen/profileregistry/v1/registry_service_pb.js";
import { ResolveProfileResponseSchema } from "../../gen/profileregistry/v1/resolver_service_pb.js";
import { PROTOCOLS, refusalOf, rpcClients, sharedRpc } from "../support/rpc.js";
import { REGISTRIES } from "../support/server.js";

const shared = sharedRpc({ "seed-file": REGISTRIES });

for (const [protocol, transport] of Object.entries(PROTOCOLS)) {
  describe(protocol, () => {
    const clients = () => rpcClients(transport(shared.url()));

    test("reads the same document", async () => {
      const request = { registry: "team", slug: "locked" };
      const expected = await shared.registry.getProfile(request);
      const json = ({ revision: _, ...answer }: JsonObject) => answer;
      expect(
        json(toJson(GetProfileResponseSchema, await clients().registry.getProfile(request)) as JsonObject),
      ).toEqual(json(toJson(GetProfileResponseSchema, expected) as JsonObject));
    });

    test("resolves to the same runtime", async () => {
      const request = {
        registry: "team",
        baseStepSettings: { chat: { n: 0.1, text: "ü", none: null, list: [{}] } },
        explain: true,
      };
      const expected = toJson(ResolveProfileResponseSchema, await shared.resolver.resolveProfile(request));
      const answer = toJson(ResolveProfileResponseSchema, await clients().resolver.resolveProfile(request));
      const without = ({ revision: _, ...rest }: JsonObject) => rest;
      expect(without(answer as JsonObject)).toEqual(without(expected as JsonObject));
    });

    test("refuses with the same error and details", async () => {
      const request = { registry: "team", profile: "locked", requestOverrides: { tools: [] } };
      expect(await refusalOf(clients().resolver.resolveProfile(request))).toEqual({
        code: "PermissionDenied",
        message: "policy violation: request overrides are disabled for this profile",
        info: expect.objectContaining({ domain: "profile-registry", reason: "POLICY" }),
        violations: [],
      });
    });

    test("carries Unicode in messages", async () => {
      expect(await refusalOf(clients().registry.getProfile({ slug: "größe 🛒" }))).toMatchObject({
        message: 'validation error (profile.slug): profile slug "größe 🛒" is invalid',
        violations: [{ field: "profile.slug", reason: 'profile slug "größe 🛒" is invalid' }],
      });
    });

    test("writes", async () => {
      const slug = protocol.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
      const profile = create(ProfileSchema, { slug, displayName: protocol });
      const created = await clients().registry.createProfile({ profile });
      expect(created.profile).toMatchObject({ slug, displayName: protocol, metadata: { version: 1 } });
    });
  });
}

test("a write is not done by GET", async () => {
  const method = "/profileregistry.v1.ProfileRegistryService/CreateProfile";
  const query = new URLSearchParams({
    connect: "v1",
    encoding: "json",
    message: '{"profile":{"slug":"by-get"}}',
  });
  const { status } = await fetch(`${shared.url()}${method}?${query}`);
  expect(status).toBe(405);
  expect(await refusalOf(shared.registry.getProfile({ slug: "by-get" }))).toMatchObject({ code: "NotFound" });
});

test("a method that a call does not have is `unknown` to Connect, and a text to gRPC", async () => {
  const answers = [];
  for (const type of ["application/json", "application/grpc-web", "application/grpc"]) {
    const { status, headers } = await fetch(
      `${shared.url()}/profileregistry.v1.ResolverService/ResolveProfile`,
      {
        method: "DELETE",
        headers: { "content-type": type },
      },
    );
    answers.push([status, headers.get("content-type")]);
  }
  expect(answers).toEqual([
    [405, "application/json"],
    [405, "text/plain"],
    [405, "text/plain"],
  ]);
});

test("Connect GET takes a message in base64 and compressed answers", async () => {
  const query = new URLSearchParams({
    connect: "v1",
    encoding: "json",
    base64: "1",
    message: Buffer.from('{"profile":"analyst"}').toString("base64url"),
  });
  const answer = await fetch(`${shared.url()}/profileregistry.v1.ResolverService/ResolveProfile?${query}`, {
    headers: { "accept-encoding": "gzip" },
  });
  expect([answer.status, await answer.json()]).toMatchObject([200, { profile: "analyst" }]);
});
