/** `request_id` (spec 3), and what of retries and dry runs only RPC has. */
import { expect, test } from "vitest";
import { refusalOf, sharedRpc } from "../support/rpc.js";

const rpc = sharedRpc();

test.each(["x", "0b5c7a524b7e4b0c9a550f8f6d1f2c3d", "{0b5c7a52-4b7e-4b0c-9a55-0f8f6d1f2c3d}"])(
  "a request_id is a UUID: %s is none",
  async (requestId) => {
    expect(await refusalOf(rpc.registry.createProfile({ profile: { slug: "u" }, requestId }))).toMatchObject({
      code: "InvalidArgument",
      message: "validation error (request_id): must be a UUID",
      info: { reason: "VALIDATION" },
    });
  },
);

test("a request_id is the same in capitals", async () => {
  const requestId = "0b5c7a52-4b7e-4b0c-9a55-0f8f6d1f2c3d";
  const profile = { slug: "capitals" };
  const first = await rpc.registry.createProfile({ profile, requestId });
  expect(await rpc.registry.createProfile({ profile, requestId: requestId.toUpperCase() })).toEqual(first);
});

test("a read-only mark can be tried out, and set again by a retry", async () => {
  const requestId = "1b5c7a52-4b7e-4b0c-9a55-0f8f6d1f2c3d";
  await rpc.registry.createProfile({ profile: { slug: "marked" } });
  const lock = { slug: "marked", readOnly: true };
  const tried = await rpc.registry.setProfileReadOnly({ ...lock, validateOnly: true });
  expect(tried.profile).toMatchObject({ policy: { readOnly: true }, metadata: { version: 2 } });
  expect((await rpc.registry.getProfile(lock)).profile?.policy?.readOnly).toBe(false);
  const first = await rpc.registry.setProfileReadOnly({ ...lock, requestId });
  await rpc.registry.setProfileReadOnly({ slug: "marked", readOnly: false });
  expect(await rpc.registry.setProfileReadOnly({ ...lock, requestId })).toEqual(first);
  expect((await rpc.registry.getProfile(lock)).profile?.policy?.readOnly).toBe(false);
  expect(
    await refusalOf(rpc.registry.setProfileReadOnly({ slug: "marked", readOnly: false, requestId })),
  ).toMatchObject({
    code: "InvalidArgument",
    message: "the idempotency key was used with another request",
    info: { reason: "IDEMPOTENCY_MISMATCH" },
  });
});
