import { timestampDate } from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import { Source } from "../../gen/profileregistry/v1/profile_pb.js";
import { Layer, SelectionSource } from "../../gen/profileregistry/v1/resolver_service_pb.js";
import { connectClients, sharedRpc } from "../support/rpc.js";

const NOW = 1_700_000_000_123;
const rpc = sharedRpc({}, { clock: () => NOW });

describe("a document as a message", () => {
  test("has its times as timestamps", async () => {
    const { profile } = await rpc.registry.createProfile({ profile: { slug: "timed" } });
    const { createTime, updateTime } = profile?.metadata ?? {};
    expect(createTime && timestampDate(createTime).getTime()).toBe(NOW);
    expect(updateTime && timestampDate(updateTime).getTime()).toBe(NOW);
  });

  test("says in an enum where it came from", async () => {
    const { profile } = await rpc.registry.createProfile({ profile: { slug: "sourced" } });
    expect(profile?.metadata?.source).toBe(Source.RPC);
    const seeded = await rpc.registry.getProfile({ slug: "agent" });
    expect(seeded.profile?.metadata?.source).toBe(Source.SEED);
    await fetch(`${rpc.url()}/api/chat/profiles/sourced`, { method: "PATCH" });
    const patched = await rpc.registry.getProfile({ slug: "sourced" });
    expect(patched.profile?.metadata?.source).toBe(Source.REST);
  });

  test("tells an enabled that is absent from one that is false", async () => {
    const middlewares = [
      { name: "sqlite" },
      { name: "sqlite", enabled: false },
      { name: "sqlite", enabled: true },
    ];
    const { profile } = await rpc.registry.createProfile({
      profile: { slug: "enabled", runtime: { middlewares } },
    });
    expect(profile?.runtime?.middlewares.map(({ enabled }) => enabled)).toEqual([undefined, false, true]);
  });

  test("has no id where a blank one was sent", async () => {
    const runtime = { middlewares: [{ name: "sqlite", id: " " }] };
    const { profile } = await rpc.registry.createProfile({ profile: { slug: "no-id", runtime } });
    expect(profile?.runtime?.middlewares[0]).not.toHaveProperty("id");
  });

  test("ignores what only the server sets", async () => {
    const { profile } = await rpc.registry.createProfile({
      profile: {
        slug: "server-set",
        registry: "ghost",
        isDefault: true,
        registryVersion: 99,
        metadata: { version: 7 },
      },
    });
    expect(profile).toMatchObject({ registry: "default", isDefault: false, metadata: { version: 1 } });
  });
});

test("a resolve says in enums who named the profile and which layer won", async () => {
  const { selection, trace } = await rpc.resolver.resolveProfile({
    profile: "agent",
    explain: true,
    baseStepSettings: { chat: { n: 1 } },
    requestOverrides: { tools: ["t"] },
  });
  expect(selection).toMatchObject({ source: SelectionSource.BODY, ignored: [] });
  expect(trace.map(({ pointer, layer }) => [pointer, layer])).toEqual([
    ["/runtime/tools", Layer.REQUEST_OVERRIDES],
    ["/runtime/middlewares", Layer.PROFILE],
    ["/step_settings/chat/n", Layer.BASE_STEP_SETTINGS],
  ]);
  const byDefault = await rpc.resolver.resolveProfile({});
  expect(byDefault.selection?.source).toBe(SelectionSource.DEFAULT);
});

test("JSON calls may leave members out and send unknown ones", async () => {
  const { profile } = await connectClients(rpc.url(), { json: true }).registry.createProfile({
    profile: { slug: "json", runtime: { stepSettingsPatch: { a: { b: null } } } },
  });
  expect(profile?.runtime?.stepSettingsPatch).toEqual({ a: { b: null } });
});
