/** Errors carry google.rpc messages that any language's tooling decodes (spec 3). */
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { Client, credentials, type ServiceError } from "@grpc/grpc-js";
import { expect, onTestFinished, test } from "vitest";
import {
  CreateProfileRequestSchema,
  ProfileRegistryService,
} from "../../gen/profileregistry/v1/registry_service_pb.js";
import { connectClients, refusalOf, sharedRpc } from "../support/rpc.js";

const shared = sharedRpc();

test("an error names its domain and, as reason, its code", async () => {
  const { info } = await refusalOf(shared.registry.getProfile({ slug: "ghost" }));
  expect(info).toMatchObject({ domain: "profile-registry", reason: "NOT_FOUND" });
});

test("a version conflict tells both versions", async () => {
  const refused = await refusalOf(shared.registry.deleteProfile({ slug: "agent", expectedVersion: 5 }));
  expect(refused).toMatchObject({
    code: "Aborted",
    info: {
      reason: "VERSION_CONFLICT",
      metadata: { expected_version: "5", actual_version: "1", resource: "profile", slug: "agent" },
    },
  });
});

test("a policy violation tells the profile", async () => {
  const { info } = await refusalOf(shared.registry.deleteProfile({ slug: "default" }));
  expect(info).toMatchObject({ reason: "POLICY", metadata: { profile: "default" } });
});

test("a validation error lists its field violations", async () => {
  const refused = await refusalOf(
    shared.registry.createProfile({ profile: { slug: "a", runtime: { tools: ["", " "] } } }),
  );
  expect(refused).toMatchObject({
    code: "InvalidArgument",
    message: "validation error (runtime.tools[0]): must not be empty",
    info: { reason: "VALIDATION" },
    violations: [
      { field: "runtime.tools[0]", reason: "must not be empty" },
      { field: "runtime.tools[1]", reason: "must not be empty" },
    ],
  });
});

/** The trailer as it comes, and what is in it. */
function createOverGrpc(request: MessageInitShape<typeof CreateProfileRequestSchema>) {
  const client = new Client(new URL(shared.url()).host, credentials.createInsecure());
  onTestFinished(() => client.close());
  const { createProfile } = ProfileRegistryService.method;
  return new Promise<ServiceError>((resolve, reject) => {
    client.makeUnaryRequest(
      `/${ProfileRegistryService.typeName}/${createProfile.name}`,
      (message: Uint8Array) => Buffer.from(message),
      (bytes: Buffer) => bytes,
      toBinary(CreateProfileRequestSchema, create(CreateProfileRequestSchema, request)),
      (error) => (error ? resolve(error) : reject(new TypeError("the call was not refused"))),
    );
  });
}

const manyBadTools = Array.from({ length: 900 }, () => "");

test("many violations stay under 4 KiB, and the last one says how many more there are", async () => {
  const request = { profile: { slug: "a", runtime: { tools: manyBadTools } } };
  const { metadata } = await createOverGrpc(request);
  const trailer = metadata.get("grpc-status-details-bin")[0] as Buffer;
  expect(trailer.length).toBeLessThan(4 * 1024);
  const { violations } = await refusalOf(shared.registry.createProfile(request));
  const last = violations.at(-1);
  expect(violations.length).toBeGreaterThan(10);
  expect(last?.reason).toBe(`must not be empty and ${900 - violations.length} more`);
});

test("hundreds of thousands of violations are answered at once", async () => {
  const tools = Array.from({ length: 200_000 }, () => "");
  const { violations, message } = await refusalOf(
    connectClients(shared.url()).registry.createProfile({ profile: { slug: "a", runtime: { tools } } }),
  );
  expect(message).toBe("validation error (runtime.tools): must not have more than 1000 items");
  expect(violations.at(-1)?.reason).toMatch(/ and \d+ more$/);
}, 10_000);

test("long text from another alphabet stays within what clients take", async () => {
  const section = "名".repeat(60);
  const step_settings_patch = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [`${i}${section}`, { [section]: { api_key: "<redacted>" } }]),
  );
  const error = await createOverGrpc({
    profile: { slug: "a", runtime: { stepSettingsPatch: step_settings_patch } },
  });
  const trailer = error.metadata.get("grpc-status-details-bin")[0] as Buffer;
  expect(trailer.length).toBeLessThan(4 * 1024);
  expect(error.details).toContain("no stored value to keep");
});

test("one violation alone may be long, and stays within what clients take", async () => {
  let config = { api_key: "<redacted>" } as object;
  for (let i = 0; i < 20; i++) config = { ["名".repeat(128)]: config };
  const request = { profile: { slug: "a", runtime: { stepSettingsPatch: { s: config as never } } } };
  const { metadata } = await createOverGrpc(request);
  const trailer = metadata.get("grpc-status-details-bin")[0] as Buffer;
  expect(trailer.length).toBeLessThan(4 * 1024);
});
