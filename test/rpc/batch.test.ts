import { toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { BatchResolveProfilesResponseSchema } from "../../gen/profileregistry/v1/resolver_service_pb.js";
import { PROTOCOLS, refusalOf, rpcClients, sharedRpc } from "../support/rpc.js";
import { REGISTRIES } from "../support/server.js";

const rpc = sharedRpc({ "seed-file": REGISTRIES });

test("each request gets the answer that it would get alone", async () => {
  const requests = [
    {},
    { profile: "analyst", runtimeKey: "mine", explain: true },
    { profile: "analyst", requestOverrides: { system_prompt: "Brief." } },
  ];
  for (const transport of Object.values(PROTOCOLS)) {
    const { resolver } = rpcClients(transport(rpc.url()));
    const { results } = await resolver.batchResolveProfiles({ requests });
    for (const [i, request] of requests.entries()) {
      expect(results[i]?.result).toEqual({
        case: "response",
        value: await resolver.resolveProfile(request),
      });
    }
  }
});

test("a request that is refused gets its error, and stands in nobody's way", async () => {
  const requests = [
    { profile: "nobody" },
    { profile: "analyst" },
    { profile: "default", requestOverrides: { nonsense: 1, other: true } },
    { runtimeKey: "not a slug" },
  ];
  const { results } = await rpc.resolver.batchResolveProfiles({ requests });
  expect(results.map(({ result }) => result.case)).toEqual(["error", "response", "error", "error"]);
  for (const i of [0, 2, 3]) {
    const alone = await refusalOf(rpc.resolver.resolveProfile(requests[i]!));
    const { result } = results[i]!;
    if (result.case !== "error") throw new TypeError("no error");
    expect(result.value).toMatchObject({
      message: alone.message,
      reason: alone.info?.reason,
      metadata: alone.info?.metadata,
    });
    expect(
      result.value.fieldViolations.map(({ field, description }) => ({
        field,
        reason: description,
      })),
    ).toEqual(alone.violations);
  }
  expect(results.map(({ result }) => (result.case === "error" ? result.value.code : 0))).toEqual([
    5, 0, 7, 3,
  ]);
});

test("no request at all is answered with no result, and more than 500 are refused", async () => {
  expect((await rpc.resolver.batchResolveProfiles({})).results).toEqual([]);
  const requests = Array.from({ length: 501 }, () => ({}));
  expect(await refusalOf(rpc.resolver.batchResolveProfiles({ requests }))).toMatchObject({
    code: "InvalidArgument",
    message: "requests must not have more than 500 items",
  });
});

test("an answer stays below what stock clients take, and says of the rest to ask again", async () => {
  await rpc.registry.createProfile({
    profile: { slug: "long", runtime: { systemPrompt: "x".repeat(250_000) } },
  });
  const requests = Array.from({ length: 20 }, () => ({ profile: "long" }));
  const answer = await rpc.resolver.batchResolveProfiles({ requests });
  expect(toBinary(BatchResolveProfilesResponseSchema, answer).length).toBeLessThan(3.1 * 1024 * 1024);
  const kinds = answer.results.map(({ result }) => (result.case === "error" ? result.value.code : 0));
  expect(kinds.filter((code) => code === 0).length).toBe(12);
  expect(new Set(kinds)).toEqual(new Set([0, 8]));
});
