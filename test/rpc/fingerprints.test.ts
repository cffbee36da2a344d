import { expect, test } from "vitest";
import { sharedRpc } from "../support/rpc.js";
import { REGISTRIES } from "../support/server.js";

const rpc = sharedRpc({ "seed-file": REGISTRIES });

test("a caller that holds the fingerprint is told that nothing has changed, and spared the rest", async () => {
  const request = { profile: "analyst", runtimeKey: "mine" };
  const first = await rpc.resolver.resolveProfile(request);
  expect(first).toMatchObject({ unchanged: false, runtime: { tools: [] } });
  const again = await rpc.resolver.resolveProfile({ ...request, knownFingerprint: first.fingerprint });
  expect(again).toMatchObject({
    unchanged: true,
    fingerprint: first.fingerprint,
    profile: "analyst",
    profileVersion: 1,
    runtimeKey: "mine",
  });
  expect(again.runtime).toBeUndefined();
  expect(again.stepSettings).toBeUndefined();
});

test("another fingerprint, or none, gets the whole answer", async () => {
  for (const knownFingerprint of ["", "sha256:0", `sha256:${"0".repeat(64)}`]) {
    const { unchanged, runtime, stepSettings } = await rpc.resolver.resolveProfile({
      profile: "analyst",
      knownFingerprint,
    });
    expect([unchanged, runtime === undefined, stepSettings === undefined]).toEqual([false, false, false]);
  }
});

test("a write of the profile changes it, a write elsewhere does not", async () => {
  await rpc.registry.createProfile({ profile: { slug: "moving" } });
  const { fingerprint } = await rpc.resolver.resolveProfile({ profile: "moving" });
  await rpc.registry.createProfile({ profile: { slug: "elsewhere" } });
  const request = { profile: "moving", knownFingerprint: fingerprint };
  expect((await rpc.resolver.resolveProfile(request)).unchanged).toBe(true);
  await rpc.registry.updateProfile({ profile: { slug: "moving" } });
  expect((await rpc.resolver.resolveProfile(request)).unchanged).toBe(false);
});

test("both edges compute the same one", async () => {
  for (const profile of ["analyst", "inventory", "fast-v1", "default"]) {
    const { fingerprint } = await rpc.resolver.resolveProfile({ profile });
    const answer = await fetch(`${rpc.url()}/api/chat/resolve/${profile}`);
    expect(await answer.json(), profile).toMatchObject({ fingerprint });
  }
});

test("a secret counts for nothing in it", async () => {
  const withKey = (api_key: string) =>
    rpc.resolver.resolveProfile({ profile: "default", baseStepSettings: { chat: { api_key, n: 1 } } });
  expect((await withKey("one")).fingerprint).toBe((await withKey("two")).fingerprint);
});
