import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { sharedRpc } from "../support/rpc.js";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};
const EXTENSION = { kind: "extension", key: "acme.a@v1", schema: {} } as const;

describe("GetServerInfo", () => {
  const rpc = sharedRpc();
  const extended = sharedRpc({}, { definitions: [EXTENSION] });

  test("tells version, schema and state", async () => {
    expect(await rpc.server.getServerInfo({})).toMatchObject({
      version,
      commit: expect.stringMatching(/./),
      schemaVersion: expect.any(Number),
      capabilities: [
        "documents",
        "history",
        "idempotency",
        "log",
        "processing-modes",
        "rollouts",
        "validate-only",
      ],
      revision: expect.any(BigInt),
      catalogDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });
  });

  test("tells the same as REST", async () => {
    const info = await rpc.server.getServerInfo({});
    const answer = await fetch(`${rpc.url()}/version`);
    expect(await answer.json()).toEqual({
      version: info.version,
      commit: info.commit,
      schema_version: info.schemaVersion,
      capabilities: info.capabilities,
      revision: Number(info.revision),
      catalog_digest: info.catalogDigest,
    });
  });

  test("moves its revision with every write", async () => {
    const before = await rpc.server.getServerInfo({});
    const { revision } = await rpc.registry.createProfile({ profile: { slug: "moving" } });
    expect((await rpc.server.getServerInfo({})).revision).toBe(revision);
    expect(revision).toBe(before.revision + 1n);
  });

  test("tells catalogues apart", async () => {
    const [one, other] = await Promise.all([rpc.server.getServerInfo({}), extended.server.getServerInfo({})]);
    expect(one.catalogDigest).not.toBe(other.catalogDigest);
  });
});

describe("the revision of an answer", () => {
  const rpc = sharedRpc();

  test("of a write is its own", async () => {
    const first = await rpc.registry.createRegistry({ registry: { slug: "shop" } });
    const both = await rpc.registry.createProfile({
      registry: "shop",
      profile: { slug: "a" },
      setDefault: true,
    });
    // One log entry for the profile, one for the registry.
    expect(both.revision).toBe(first.revision + 2n);
    expect((await rpc.registry.deleteRegistry({ registry: "shop", force: true })).revision).toBe(
      both.revision + 2n,
    );
  });

  test("of a read is the store's", async () => {
    const { revision } = await rpc.registry.updateRegistry({});
    const answers = await Promise.all([
      rpc.registry.listRegistries({}),
      rpc.registry.getRegistry({}),
      rpc.registry.listProfiles({}),
      rpc.registry.getProfile({ slug: "agent" }),
      rpc.registry.listMiddlewareSchemas({}),
      rpc.registry.listExtensionSchemas({}),
      rpc.resolver.resolveProfile({}),
    ]);
    expect(new Set(answers.map((answer) => answer.revision))).toEqual(new Set([revision]));
  });
});
