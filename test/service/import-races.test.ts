import { expect, test } from "vitest";
import { temporaryDirectory } from "../support/files.js";
import { CALLER, emptyTarget, refusal, type Target } from "./importing.js";

/** Enough that others write before it is all planned. */
const MANY = 500;

const text = (prompt: string, count = 30) =>
  `registries: {team: {display_name: ${prompt}, default_profile_slug: p0, profiles: {${Array.from(
    { length: count },
    (_, i) => `p${i}: {runtime: {system_prompt: ${prompt}}}`,
  ).join(", ")}}}}`;

async function twoOnOneFile(): Promise<[Target, Target]> {
  const path = `${temporaryDirectory()}/profiles.db`;
  const targets: [Target, Target] = [await emptyTarget(path), await emptyTarget(path)];
  // The first write of a process takes longer.
  for (const target of targets) await target.apply("registries: {first: {}}");
  return targets;
}

test("imports at the same time are each done whole", async () => {
  const [one, other] = await twoOnOneFile();
  await Promise.all([one.apply(text("a")), other.apply(text("b")), one.apply(text("c"))]);
  const exported = await other.exported();
  const last = /display_name: (.)/.exec(exported)?.[1];
  expect(exported.match(/system_prompt: ./g)).toEqual(
    Array.from({ length: 30 }, () => `system_prompt: ${last}`),
  );
});

test("a write between plan and commit is planned upon again", async () => {
  const [one, other] = await twoOnOneFile();
  await one.apply(text("a", MANY));
  const importing = one.apply(text("b", MANY), { replace: true });
  await other.services.profiles.updateProfile(
    { registry: "team", slug: "p7", input: { display_name: "Between" }, setDefault: false },
    CALLER,
  );
  await importing;
  const { profile } = await one.services.profiles.getProfile({ registry: "team", slug: "p7" });
  expect([profile.display_name, profile.metadata.version]).toEqual([undefined, 3]);
});

test("a profile that is locked meanwhile refuses the import", async () => {
  const [one, other] = await twoOnOneFile();
  await one.apply(text("a", MANY));
  const importing = refusal(one.apply(text("b", MANY)));
  await other.services.profiles.setProfileReadOnly({ registry: "team", slug: "p29", readOnly: true }, CALLER);
  expect(await importing).toBe('policy violation for profile "p29": profile is read-only');
});

test("other work gets its turn while an import is planned", async () => {
  const [one] = await twoOnOneFile();
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 0);
  await one.plan(text("a", 2_000));
  clearInterval(timer);
  expect(turns).toBeGreaterThan(3);
});
