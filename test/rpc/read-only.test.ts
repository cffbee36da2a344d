/** SetProfileReadOnly, which REST has not (spec 2.2). */
import { expect, test } from "vitest";
import { refusalOf, sharedRpc } from "../support/rpc.js";
import { REGISTRIES } from "../support/server.js";

const rpc = sharedRpc({ "seed-file": REGISTRIES });
const careful = sharedRpc({ "require-expected-version": "true" });

test("it sets the mark, and then the profile refuses updates", async () => {
  const { profile } = await rpc.registry.setProfileReadOnly({ slug: "Analyst", readOnly: true });
  expect(profile).toMatchObject({ slug: "analyst", policy: { readOnly: true, allowOverrides: true } });
  expect(await refusalOf(rpc.registry.updateProfile({ profile: { slug: "analyst" } }))).toMatchObject({
    code: "PermissionDenied",
    message: 'policy violation for profile "analyst": profile is read-only',
  });
});

test("it alone lifts the mark", async () => {
  const locked = { registry: "team", slug: "locked" };
  const { profile } = await rpc.registry.setProfileReadOnly({ ...locked, readOnly: false });
  expect(profile).toMatchObject({ policy: { readOnly: false } });
  expect(await rpc.registry.updateProfile({ registry: "team", profile: { slug: "locked" } })).toBeDefined();
});

test("it is a write that changes nothing else", async () => {
  const before = await rpc.registry.getProfile({ slug: "inventory" });
  const { profile } = await rpc.registry.setProfileReadOnly({ slug: "inventory", readOnly: true });
  expect(profile).toEqual({
    ...before.profile,
    registryVersion: expect.any(Number),
    policy: { ...before.profile?.policy, readOnly: true },
    metadata: {
      ...before.profile?.metadata,
      version: 2,
      updateTime: expect.anything(),
      source: expect.any(Number),
    },
  });
});

test("it may be set again, which is a write too", async () => {
  await rpc.registry.createProfile({ profile: { slug: "again" } });
  const set = () => rpc.registry.setProfileReadOnly({ slug: "again", readOnly: true });
  await set();
  expect((await set()).profile?.metadata?.version).toBe(3);
});

test("it compares the profile's version", async () => {
  const set = rpc.registry.setProfileReadOnly({ slug: "default", readOnly: true, expectedVersion: 7 });
  expect(await refusalOf(set)).toMatchObject({
    code: "Aborted",
    message: 'profile "default" version conflict: expected=7 actual=1',
  });
});

test("it is checked for names, then for what exists", async () => {
  const set = (registry: string, slug: string) =>
    refusalOf(rpc.registry.setProfileReadOnly({ registry, slug }));
  expect(await set("No!", "No!")).toMatchObject({ message: "invalid registry: No!" });
  expect(await set("ghost", "No!")).toMatchObject({ info: { reason: "VALIDATION" } });
  expect(await set("ghost", "a")).toMatchObject({ message: "registry not found" });
  expect(await set("", "ghost")).toMatchObject({ message: "profile not found" });
});

test("it needs an expected version where the server requires them", async () => {
  const set = (expectedVersion: number) =>
    careful.registry.setProfileReadOnly({ slug: "agent", readOnly: true, expectedVersion });
  expect(await refusalOf(set(0))).toMatchObject({ violations: [{ field: "expected_version" }] });
  expect((await set(1)).profile?.policy?.readOnly).toBe(true);
});

test("a rollback keeps the mark as it is stored", async () => {
  const home = { registry: "team", slug: "kept" };
  await rpc.registry.createProfile({
    registry: "team",
    profile: { slug: "kept", description: "one", policy: { readOnly: true } },
  });
  await rpc.registry.setProfileReadOnly({ ...home, readOnly: false });
  const { profile } = await rpc.registry.rollbackProfile({ ...home, version: 1 });
  expect(profile).toMatchObject({
    description: "one",
    policy: { readOnly: false },
    metadata: { version: 3 },
  });
});

test("a rollback of a deleted profile brings its mark back", async () => {
  const home = { registry: "team", slug: "gone" };
  await rpc.registry.createProfile({
    registry: "team",
    profile: { slug: "gone", policy: { readOnly: true } },
  });
  await rpc.registry.setProfileReadOnly({ ...home, readOnly: false });
  await rpc.registry.deleteProfile(home);
  const { profile } = await rpc.registry.rollbackProfile({ ...home, version: 1 });
  expect(profile).toMatchObject({ policy: { readOnly: true }, metadata: { version: 3 } });
});
