/** What requests may hold, over both edges, with the contract off and on (spec 4.1, 5.2). */
import { createClient } from "@connectrpc/connect";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ProcessingOutcome, ResolverService } from "../../gen/profileregistry/v1/resolver_service_pb.js";
import { bucketOf } from "../../src/domain/bucket.js";
import type { Json, JsonObject } from "../../src/domain/json.js";
import { PROTOCOLS } from "../support/rpc.js";
import { EDGES, type ModeServer, ON, startModeServer } from "./mode-server.js";

let server: ModeServer;
beforeAll(async () => {
  server = await startModeServer();
});
afterAll(() => server.stop());

const IGNORED = { requested_mode: "default", applied_mode: "default", outcome: "contract_disabled" };
const post = async (body: JsonObject) => {
  const { status, json } = await server.rest("POST", "/resolve", { body });
  return { status, ...(json as { processing?: JsonObject; detail?: string; conv_id?: string }) };
};
/** As Connect's clients in JSON send it. */
const call = async (message: JsonObject) => {
  const answer = await fetch(`${server.url}/profileregistry.v1.ResolverService/ResolveProfile`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(message),
  });
  const json = (await answer.json()) as { processing?: JsonObject; code?: string; message?: string };
  return { status: answer.status, ...json };
};

/** With what a contract says of it. */
const WRONG: [Json, string][] = [
  ["fast", "processing must be an object"],
  [["fast"], "processing must be an object"],
  [true, "processing must be an object"],
  [0, "processing must be an object"],
  [{ mode: 1 }, "processing.mode must be a string"],
  [{ mode: "fast", profile: [] }, "processing.profile must be a string"],
  [{ mode: "fast", reason: {} }, "processing.reason must be a string"],
];

describe("processing of a wrong type", () => {
  test.each(WRONG)("%j is ignored over REST while the contract is off", async (processing) => {
    await server.setRollout({});
    expect(await post({ processing })).toMatchObject({ status: 200, processing: IGNORED });
  });

  test.each(WRONG)("%j is refused over REST where it is on: %s", async (processing, detail) => {
    await server.setRollout({ contract_enabled: true });
    expect(await post({ processing })).toMatchObject({ status: 400, code: "malformed", detail });
  });

  test.each(WRONG)("%j cannot be decoded over RPC, whatever the flags", async (processing) => {
    for (const contract_enabled of [false, true]) {
      await server.setRollout({ contract_enabled });
      expect(await call({ processing })).toMatchObject({ status: 400, code: "invalid_argument" });
    }
  });
});

describe("a request in the form of an old client", () => {
  test.each<JsonObject>([{}, { processing: null }, { prompt: "Hello", text: "x", modes: ["fast"] }])(
    "%j gets the default runtime",
    async (body) => {
      await server.setRollout(ON);
      const processing = { outcome: "not_requested", applied_mode: "default" };
      expect(await post(body)).toMatchObject({ status: 200, processing });
      expect(await server.resolve.RPC({ ...body, processing: {} })).toMatchObject({ processing });
    },
  );
});

describe("members that the server does not know", () => {
  test("are ignored inside processing and beside it", async () => {
    await server.setRollout(ON);
    const body = { mood: {}, processing: { mode: "fast", mood: 1, applied_mode: 7 } };
    expect(await post(body)).toMatchObject({ processing: { applied_mode: "fast" } });
    expect(await call(body)).toMatchObject({ processing: { appliedMode: "fast" } });
  });
});

test.each(EDGES)("names are read in any case and with white space around them over %s", async (edge) => {
  await server.setRollout(ON);
  const processing = { mode: " FAST ", profile: " Fast-V1 " };
  expect(await server.resolve[edge]({ processing })).toMatchObject({ processing: { profile: "fast-v1" } });
});

test("a deployment that is none is refused over REST by its name, and over RPC by its number", async () => {
  await server.setRollout({});
  expect(await post({ deployment: "edge" })).toMatchObject({
    status: 400,
    detail: 'deployment must be one of "local", "cloud"',
  });
  expect(await call({ deployment: 99 })).toMatchObject({ status: 400, code: "invalid_argument" });
});

describe("the key of a request", () => {
  test("is the conversation that a POST without one is given", async () => {
    await server.setRollout(ON);
    const { conv_id, processing } = await post({ processing: { mode: "fast" } });
    expect(processing?.bucket).toBe(bucketOf("default/fast", conv_id!));
  });

  test.each(EDGES)("is its targeting key before its conversation over %s", async (edge) => {
    await server.setRollout(ON);
    const request = { processing: { mode: "fast" }, conv_id: "c", targeting_key: "ключ 😀" };
    const bucket = bucketOf("default/fast", "ключ 😀");
    expect(await server.resolve[edge](request)).toMatchObject({ processing: { bucket } });
  });

  test("is none over RPC without either", async () => {
    await server.setRollout({ ...ON, percentage: 99.99 });
    expect(await server.resolve.RPC({ processing: { mode: "fast" } })).toMatchObject({
      processing: { requested_mode: "fast", applied_mode: "default", outcome: "not_in_rollout" },
    });
  });

  test.each(EDGES)("that is in the cohort is in over %s", async (edge) => {
    await server.setRollout({ ...ON, percentage: 0, cohort: ["ann"] });
    const request = { processing: { mode: "fast" }, targeting_key: "ann" };
    expect(await server.resolve[edge](request)).toMatchObject({ processing: { outcome: "applied" } });
  });
});

describe("a GET", () => {
  const get = async (query: string, headers: Record<string, string> = {}) => {
    const { status, json, headers: answered } = await server.rest("GET", `/resolve?${query}`, { headers });
    return { status, etag: answered.get("etag") ?? "", ...(json as object) };
  };

  test("takes mode, keys and deployment in the query", async () => {
    await server.setRollout({ ...ON, percentage: 0, cohort: ["ann"] });
    expect(await get("mode=fast&targeting_key=ann&conv_id=c")).toMatchObject({
      conv_id: "c",
      processing: { outcome: "applied", bucket: bucketOf("default/fast", "ann") },
    });
    expect(await get("mode=fast&conv_id=ann")).toMatchObject({ processing: { outcome: "applied" } });
    expect(await get("mode=fast")).toMatchObject({ processing: { outcome: "not_in_rollout" } });
    expect(await get("mode=slow")).toMatchObject({ status: 400 });
    expect(await get("deployment=edge")).toMatchObject({ status: 400 });
  });

  test("is modified when its mode is applied, and again when it is turned back", async () => {
    await server.setRollout({ ...ON, percentage: 0 });
    const before = await get("mode=fast&conv_id=c");
    await server.setRollout(ON);
    const applied = await get("mode=fast&conv_id=c", { "if-none-match": before.etag });
    expect(applied).toMatchObject({ status: 200, processing: { outcome: "applied" } });
    expect((await get("mode=fast&conv_id=c", { "if-none-match": applied.etag })).status).toBe(304);
    await server.setRollout({ ...ON, runtime_enabled: false });
    const back = await get("mode=fast&conv_id=c", { "if-none-match": applied.etag });
    expect([back.status, back.etag]).toEqual([200, before.etag]);
  });
});

describe("a mode", () => {
  test.each(EDGES)("never outlives its request, over %s", async (edge) => {
    await server.setRollout(ON);
    const asks = Array.from({ length: 200 }, (_, i) => ({
      conv_id: "c",
      mode: i % 3 === 0 ? "fast" : undefined,
    }));
    const applied = await Promise.all(
      asks.map(async ({ conv_id, mode }) => {
        const answer = await server.resolve[edge]({ conv_id, ...(mode && { processing: { mode } }) });
        return ((answer as JsonObject).processing as JsonObject).applied_mode;
      }),
    );
    expect(applied).toEqual(asks.map(({ mode }) => mode ?? "default"));
  });

  test("is each request's own in a batch", async () => {
    await server.setRollout(ON);
    const resolver = createClient(ResolverService, PROTOCOLS["gRPC, proto"]!(server.url));
    const requests = ["", "fast", "slow", "default", "fast"].map((mode) =>
      mode === "" ? {} : { processing: { mode } },
    );
    const { results } = await resolver.batchResolveProfiles({ requests });
    expect(
      results.map(({ result }) =>
        result.case === "response" ? result.value.processing?.appliedMode : result.value?.message,
      ),
    ).toEqual(["default", "fast", 'processing.mode must be one of "default", "fast"', "default", "fast"]);
  });
});

test("a fingerprint that the client knows is unchanged in its own mode alone", async () => {
  await server.setRollout(ON);
  const { fingerprint } = (await server.resolve.RPC({ processing: { mode: "fast" } })) as JsonObject;
  const known = { known_fingerprint: fingerprint! };
  expect(await server.resolve.RPC({ ...known, processing: { mode: "fast" } })).toMatchObject({
    unchanged: true,
  });
  expect(await server.resolve.RPC(known)).not.toHaveProperty("unchanged");
});

test.each(Object.entries(PROTOCOLS))("%s sends and gets the same of a mode", async (_, transport) => {
  await server.setRollout(ON);
  const resolver = createClient(ResolverService, transport(server.url));
  const answer = await resolver.resolveProfile({
    processing: { mode: "fast", profile: "", reason: "typing" },
    convId: "c",
    explain: true,
  });
  expect(answer.processing).toMatchObject({
    requestedMode: "fast",
    appliedMode: "fast",
    profile: "fast-v1",
    profileVersion: 1,
    outcome: ProcessingOutcome.APPLIED,
    bucket: bucketOf("default/fast", "c"),
  });
  expect(answer.runtime?.systemPrompt).toBe("Fast");
  const plain = await resolver.resolveProfile({});
  expect(plain.processing).toMatchObject({
    appliedMode: "default",
    outcome: ProcessingOutcome.NOT_REQUESTED,
  });
  expect(plain.processing?.bucket).toBeUndefined();
});
