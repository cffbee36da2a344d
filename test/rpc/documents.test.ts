import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { describe, expect, test } from "vitest";
import { DocumentFormat, DocumentService } from "../../gen/profileregistry/v1/document_service_pb.js";
import { planFrom } from "../../src/rpc/shown-plan.js";
import { refusalOf, sharedRpc } from "../support/rpc.js";
import { REGISTRIES } from "../support/server.js";

const rpc = sharedRpc();
const secretive = sharedRpc({ "serve-secrets": "true" });
const documentsOf = (url: string) => createClient(DocumentService, createGrpcTransport({ baseUrl: url }));

interface Options {
  registry?: string;
  replace?: boolean;
  includeReadOnly?: boolean;
  validateOnly?: boolean;
  requestId?: string;
}

/** Sends texts in chunks of a few bytes, as a stream may cut them anywhere. */
async function* requests(texts: Record<string, string>, options: Options, chunkBytes = 1_000) {
  yield { part: { case: "options", value: options } } as const;
  for (const [file, text] of Object.entries(texts)) {
    yield { part: { case: "fileName", value: file } } as const;
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      yield { part: { case: "chunk", value: bytes.subarray(at, at + chunkBytes) } } as const;
    }
  }
}

const importing = (text: string, options: Options = {}, url = rpc.url()) =>
  planFrom(
    documentsOf(url).importDocuments(
      requests({ "a.yaml": text }, options, text.length > 10_000 ? 64 * 1024 : 7),
    ),
  );

async function exported(
  request: Parameters<ReturnType<typeof documentsOf>["exportDocuments"]>[0],
  url = rpc.url(),
): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const { chunk } of documentsOf(url).exportDocuments(request)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const team = (prompt: string): string =>
  `slug: team\ndefault_profile_slug: a\nprofiles:\n  a: { runtime: { system_prompt: ${prompt} } }\n  b: {}\n`;

describe("ImportDocuments", () => {
  test("applies texts of several files at once, and answers what it did", async () => {
    const texts = {
      "one.yaml": "slug: one\nprofiles: { p: {} }\ndefault_profile_slug: p\n",
      "two.json": '{"slug": "two", "profiles": {"ü": {}}, "default_profile_slug": null}'.replace("ü", "q"),
    };
    const { plan, revision } = await planFrom(documentsOf(rpc.url()).importDocuments(requests(texts, {}, 5)));
    expect(plan.changes).toEqual([
      { action: "create", registry: "one" },
      { action: "create", registry: "one", profile: "p" },
      { action: "create", registry: "two" },
      { action: "create", registry: "two", profile: "q" },
    ]);
    expect((await rpc.server.getServerInfo({})).revision).toBe(BigInt(revision));
    expect((await rpc.registry.getProfile({ registry: "two", slug: "q" })).profile?.metadata).toMatchObject({
      version: 1,
      createdBy: "anonymous",
    });
  });

  test("with validate_only answers the same plan and stores nothing", async () => {
    const before = await rpc.server.getServerInfo({});
    const planned = await importing(team("tried"), { validateOnly: true });
    expect(planned.plan.counts).toMatchObject({ created: 3 });
    expect((await rpc.server.getServerInfo({})).revision).toBe(before.revision);
    const done = await importing(team("one"));
    expect(done.plan).toEqual(planned.plan);
  });

  test("a retry is answered with the first outcome, also when the documents are there by then", async () => {
    const requestId = randomUUID();
    const first = await importing("slug: retried\nprofiles: { p: {} }\n", { requestId });
    const again = await importing("slug: retried\nprofiles: { p: {} }\n", { requestId });
    expect(again).toEqual(first);
    expect(first.plan.counts.created).toBe(2);
    const other = importing("slug: retried\nprofiles: { q: {} }\n", { requestId });
    expect(await refusalOf(other)).toMatchObject({
      code: "InvalidArgument",
      info: { reason: "IDEMPOTENCY_MISMATCH" },
    });
  });

  test("a text that cannot be read is refused with file, line and column, and nothing of the others is stored", async () => {
    const texts = { "good.yaml": "slug: good\nprofiles: {}\n", "bad.yaml": "x: [\n" };
    const refused = planFrom(documentsOf(rpc.url()).importDocuments(requests(texts, {})));
    expect(await refusalOf(refused)).toMatchObject({
      code: "InvalidArgument",
      message: expect.stringMatching(/^bad\.yaml:2:1: /),
      info: { reason: "MALFORMED" },
    });
    expect(await refusalOf(rpc.registry.getRegistry({ registry: "good" }))).toMatchObject({
      code: "NotFound",
    });
  });

  test("documents that break rules are all named, with their places", async () => {
    const text =
      "slug: rules\nprofiles:\n  a:\n    runtime: { tools: ['  '] }\n  b:\n    runtime:\n      middlewares: [{ name: nope }]\n";
    const { violations, code } = await refusalOf(importing(text));
    expect(code).toBe("InvalidArgument");
    expect(violations.map(({ field }) => field)).toEqual(["a.yaml:4:24", "a.yaml:7:29"]);
  });

  test("a read-only profile is changed only with include_read_only, and stays read-only", async () => {
    await importing("slug: ro\nprofiles: { p: { policy: { read_only: true } } }\n");
    const changed = "slug: ro\nprofiles: { p: { description: new } }\n";
    expect(await refusalOf(importing(changed))).toMatchObject({
      code: "PermissionDenied",
      message: 'policy violation for profile "p": profile is read-only',
    });
    await importing(changed, { includeReadOnly: true });
    const { profile } = await rpc.registry.getProfile({ registry: "ro", slug: "p" });
    expect(profile).toMatchObject({ description: "new", policy: { readOnly: true } });
  });

  test.each([
    ["no message at all", []],
    ["a chunk before options", [{ part: { case: "chunk", value: new Uint8Array(1) } }]],
    ["options twice", [{ part: { case: "options", value: {} } }, { part: { case: "options", value: {} } }]],
    [
      "a chunk of more than 512 KiB",
      [
        { part: { case: "options", value: {} } },
        { part: { case: "chunk", value: new Uint8Array(512 * 1024 + 1) } },
      ],
    ],
    [
      "bytes that are no UTF-8",
      [
        { part: { case: "options", value: {} } },
        { part: { case: "chunk", value: new Uint8Array([0x61, 0x3a, 0xff]) } },
      ],
    ],
  ] as const)("%s is refused as malformed", async (_, messages) => {
    const stream = (async function* () {
      for (const message of messages) yield message;
    })();
    expect(await refusalOf(planFrom(documentsOf(rpc.url()).importDocuments(stream)))).toMatchObject({
      code: "InvalidArgument",
      info: { reason: "MALFORMED" },
    });
  });
});

describe("ExportDocuments", () => {
  test("what it gives is imported as unchanged, and exported the same again, in both forms", async () => {
    await importing(readFileSync(REGISTRIES, "utf8"));
    for (const format of [DocumentFormat.YAML, DocumentFormat.JSON]) {
      const text = await exported({ format });
      const { plan } = await importing(text);
      expect(plan.changes).toEqual([]);
      expect(await exported({ format })).toBe(text);
    }
  });

  test("of one registry holds that alone", async () => {
    await importing(team("only"));
    expect(await exported({ registry: "team" })).toMatch(/^registries:\n {2}team:\n/);
    expect(await refusalOf(exported({ registry: "nope" }))).toMatchObject({ code: "NotFound" });
  });

  test("hides secrets, and shows them only where the server serves them", async () => {
    const text =
      "slug: hidden\nprofiles: { p: { runtime: { step_settings_patch: { ai: { api_key: s3cr3t } } } } }\n";
    for (const { url } of [rpc, secretive]) await importing(text, {}, url());
    expect(await exported({ registry: "hidden" })).toContain("api_key: <redacted>");
    expect(await refusalOf(exported({ registry: "hidden", withSecrets: true }))).toMatchObject({
      code: "FailedPrecondition",
    });
    expect(await exported({ registry: "hidden", withSecrets: true }, secretive.url())).toContain("s3cr3t");
    expect(await exported({ registry: "hidden" }, secretive.url())).not.toContain("s3cr3t");
  });

  test("shows one revision, whatever is written meanwhile", async () => {
    const many = Array.from({ length: 1_000 }, (_, i) => `  p${i}: { description: ${"x".repeat(1_000)} }`);
    await importing(`slug: many\nprofiles:\n${many.join("\n")}\n`);
    const chunks: string[] = [];
    const revisions = new Set<bigint>();
    for await (const { chunk, revision } of documentsOf(rpc.url()).exportDocuments({ registry: "many" })) {
      chunks.push(Buffer.from(chunk).toString());
      revisions.add(revision);
      await rpc.registry.deleteProfile({ registry: "many", slug: `p${998 - chunks.length}` });
    }
    expect(revisions.size).toBe(1);
    expect(chunks.length).toBeGreaterThan(1);
    expect(chunks.join("").match(/^ {6}p\d+:$/gm)).toHaveLength(1_000);
  });
});
