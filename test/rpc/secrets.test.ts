/** Who sees secrets over RPC (spec 1.6). */
import { beforeAll, describe, expect, test } from "vitest";
import { connectClients, type RpcClients, sharedRpc } from "../support/rpc.js";

const STORED = { chat: { api_key: "stored", model: "m" } };
const HIDDEN = { chat: { api_key: "<redacted>", model: "m" } };

async function seed({ registry }: RpcClients): Promise<void> {
  const profile = { slug: "a", runtime: { stepSettingsPatch: STORED }, policy: { allowOverrides: true } };
  await registry.createProfile({ profile });
}

async function seen({ registry, resolver }: RpcClients) {
  const { profile } = await registry.getProfile({ slug: "a" });
  const { profiles } = await registry.listProfiles({});
  const { stepSettings, trace } = await resolver.resolveProfile({ profile: "a", explain: true });
  return {
    get: profile?.runtime?.stepSettingsPatch,
    list: profiles.find(({ slug }) => slug === "a")?.runtime?.stepSettingsPatch,
    resolve: stepSettings,
    trace: trace.find(({ pointer }) => pointer.endsWith("/api_key"))?.value?.kind.value,
  };
}

const ALL = { get: STORED, list: STORED, resolve: STORED, trace: "stored" };
const NONE = { get: HIDDEN, list: HIDDEN, resolve: HIDDEN, trace: "<redacted>" };

describe("by default", () => {
  const rpc = sharedRpc();
  beforeAll(() => seed(rpc));

  test("stored secrets are shown to nobody", async () => {
    expect(await seen(rpc)).toEqual(NONE);
  });

  test("what the caller itself sent in a resolve comes back as sent", async () => {
    const { stepSettings } = await rpc.resolver.resolveProfile({
      profile: "a",
      baseStepSettings: { base: { token: "mine" } },
      requestOverrides: { step_settings_patch: { over: { password: "mine too" } } },
    });
    expect(stepSettings).toEqual({ ...HIDDEN, base: { token: "mine" }, over: { password: "mine too" } });
  });

  test("what the profile beats of it is the profile's", async () => {
    const baseStepSettings = { chat: { api_key: "mine" } };
    const { stepSettings, trace } = await rpc.resolver.resolveProfile({
      profile: "a",
      baseStepSettings,
      explain: true,
    });
    expect(stepSettings).toEqual(HIDDEN);
    const [entry] = trace.filter(({ pointer }) => pointer.endsWith("/api_key"));
    expect(entry).toMatchObject({
      value: { kind: { value: "<redacted>" } },
      lost: [{ value: { kind: { value: "mine" } } }],
    });
  });

  test("over REST what the caller sent does not come back either", async () => {
    const answer = await fetch(`${rpc.url()}/api/chat/resolve/a`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ base_step_settings: { base: { token: "mine" } } }),
    });
    expect(await answer.json()).toMatchObject({ step_settings: { base: { token: "<redacted>" } } });
  });
});

describe("with --serve-secrets", () => {
  const rpc = sharedRpc({ "serve-secrets": "true" });
  beforeAll(() => seed(rpc));

  test("stored secrets are shown to services", async () => {
    expect(await seen(rpc)).toEqual(ALL);
  });

  test("stored secrets are not shown to browsers, whatever their origin", async () => {
    for (const origin of [rpc.url(), "https://evil.example", "null"]) {
      expect(await seen(connectClients(rpc.url(), { headers: { origin } })), origin).toEqual(NONE);
    }
  });

  test("a page's own GET, which has no origin, is told by what browsers mark it with", async () => {
    const query = new URLSearchParams({ connect: "v1", encoding: "json", message: '{"slug":"a"}' });
    const answer = await fetch(`${rpc.url()}/profileregistry.v1.ProfileRegistryService/GetProfile?${query}`, {
      headers: { "sec-fetch-site": "same-origin" },
    });
    expect(await answer.json()).toMatchObject({ profile: { runtime: { stepSettingsPatch: HIDDEN } } });
  });

  test("REST shows none", async () => {
    const answer = await fetch(`${rpc.url()}/api/chat/profiles/a`);
    expect(await answer.json()).toMatchObject({ runtime: { step_settings_patch: HIDDEN } });
  });

  test("a write answers them too", async () => {
    const { profile } = await rpc.registry.updateProfile({ profile: { slug: "a" } });
    expect(profile?.runtime?.stepSettingsPatch).toEqual(STORED);
  });

  test("a document that was read without them and is written back keeps them", async () => {
    const browser = connectClients(rpc.url(), { headers: { origin: rpc.url() } });
    const { profile } = await browser.registry.getProfile({ slug: "a" });
    expect(profile?.runtime?.stepSettingsPatch).toEqual(HIDDEN);
    await browser.registry.updateProfile({ profile: { ...profile!, displayName: "Edited" } });
    expect(await seen(rpc)).toEqual(ALL);
  });

  test("a change of a secret changes no fingerprint but by the version", async () => {
    const before = await rpc.resolver.resolveProfile({ profile: "a" });
    expect(before.stepSettings).toEqual(STORED);
    const browser = connectClients(rpc.url(), { headers: { origin: rpc.url() } });
    expect((await browser.resolver.resolveProfile({ profile: "a" })).fingerprint).toBe(before.fingerprint);
  });
});
