/** A file gives the same plan, or the same refusal, over both edges, and so does an export the same file. */
import { readFileSync } from "node:fs";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DocumentFormat, DocumentService } from "../../gen/profileregistry/v1/document_service_pb.js";
import { planFrom } from "../../src/rpc/shown-plan.js";
import { restClient } from "../support/rest.js";
import { refusalOf } from "../support/rpc.js";
import { REGISTRIES, startServer, type TestServer } from "../support/server.js";

const LEGACY = new URL("../data/legacy-providers.yaml", import.meta.url);

interface Options {
  registry?: string;
  replace?: boolean;
  includeReadOnly?: boolean;
  validateOnly?: boolean;
}

let servers: TestServer[];
beforeAll(async () => {
  servers = [await startServer(), await startServer()];
});
afterAll(() => Promise.all(servers.map((server) => server.stop())));

const overRest = async (text: string, { registry = "", ...options }: Options) => {
  const { replace = false, includeReadOnly = false, validateOnly = false } = options;
  const query = new URLSearchParams({
    registry,
    replace: String(replace),
    include_read_only: String(includeReadOnly),
    validate_only: String(validateOnly),
    file_name: "a.yaml",
  });
  const headers = { "content-type": "application/yaml" };
  return restClient(servers[0]!.url)("POST", `/import?${query}`, { raw: text, headers });
};

const documents = () => createClient(DocumentService, createGrpcTransport({ baseUrl: servers[1]!.url }));

const overRpc = (text: string, options: Options) =>
  planFrom(
    documents().importDocuments(
      (async function* () {
        yield { part: { case: "options", value: options } } as const;
        yield { part: { case: "fileName", value: "a.yaml" } } as const;
        yield { part: { case: "chunk", value: Buffer.from(text) } } as const;
      })(),
    ),
  );

test("files give the same plans and revisions, one after the other", async () => {
  const registries = readFileSync(REGISTRIES, "utf8");
  const steps: [text: string, options: Options][] = [
    [registries, { validateOnly: true }],
    [registries, {}],
    [registries, {}],
    [readFileSync(LEGACY, "utf8"), { registry: "legacy" }],
    ["slug: team\nprofiles: { a: { display_name: A }, new: {} }\n", {}],
    ["slug: team\nprofiles: { a: { display_name: B } }\n", { replace: true, includeReadOnly: true }],
    ['{"slug": "json", "profiles": {"p": {"description": "\\u00fc"}}}', {}],
  ];
  for (const [text, options] of steps) {
    const { status, json } = await overRest(text, options);
    const { plan, revision } = await overRpc(text, options);
    expect([status, json]).toEqual([200, { ...plan, revision }]);
  }
});

test("files that are refused are refused with the same texts", async () => {
  for (const [text, options] of [
    ["x: [\n", {}],
    ["slug: a\nprofiles: { p: { runtime: { tools: ['  '] } }, q: 1 }\n", {}],
    ["slug: a\nprofiles: { p: { runtime: { tools: ['  '] } }, q: { runtime: { tools: [''] } } }\n", {}],
    ["slug: default\nprofiles: { agent: {}, default: { policy: { read_only: 1 } } }\n", {}],
    ["p: { ai: { engine: e } }\n", { registry: "no name" }],
  ] as [string, Options][]) {
    const { json } = await overRest(text, options);
    const { code, detail, errors = [] } = json as { code: string; detail: string; errors?: object[] };
    const refusal = await refusalOf(overRpc(text, options));
    expect({ code: code.toUpperCase(), detail, errors }).toEqual({
      code: refusal.info?.reason,
      detail: refusal.message,
      errors: refusal.violations,
    });
  }
});

test("exports are the same, byte by byte", async () => {
  for (const format of [DocumentFormat.YAML, DocumentFormat.JSON]) {
    const chunks: Uint8Array[] = [];
    for await (const { chunk } of documents().exportDocuments({ format })) chunks.push(chunk);
    const query = `?format=${DocumentFormat[format]}`;
    const { text } = await restClient(servers[0]!.url)("GET", `/export${query}`);
    expect(text).toBe(Buffer.concat(chunks).toString());
  }
});
