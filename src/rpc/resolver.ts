/** ResolverService: decode, call the service, encode. */
import { toBinary, toJsonString } from "@bufbuild/protobuf";
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import {
  type ResolveProfileRequest,
  type ResolveProfileResponse,
  type ResolveProfileResult,
  ResolveProfileResultSchema,
  type ResolverService,
} from "../../gen/profileregistry/v1/resolver_service_pb.js";
import { malformed } from "../domain/errors.js";
import { failedResult, fitting, MAX_BATCH, resultOf } from "./batch.js";
import { resolutionMessage } from "./mapping.js";
import { callRules, type RpcOptions } from "./options.js";
import { resolveRequest } from "./resolve-request.js";

export function createResolverHandlers(options: RpcOptions): ServiceImpl<typeof ResolverService> {
  const { resolver } = options.services;
  const rules = callRules(options);
  const answer = async (
    request: ResolveProfileRequest,
    context: HandlerContext,
  ): Promise<ResolveProfileResponse> => {
    const resolution = await resolver.resolve(
      resolveRequest(request),
      rules.seesSecrets(context) ? "all" : "own",
    );
    return resolutionMessage(resolution, request.knownFingerprint === resolution.fingerprint);
  };
  return {
    resolveProfile: answer,

    async batchResolveProfiles({ requests }, context) {
      if (requests.length > MAX_BATCH) throw malformed(`requests must not have more than ${MAX_BATCH} items`);
      const results = await Promise.all(requests.map((request) => resultOf(() => answer(request, context))));
      const sizeOf = (result: ResolveProfileResult): number =>
        isJson(context)
          ? Buffer.byteLength(toJsonString(ResolveProfileResultSchema, result))
          : toBinary(ResolveProfileResultSchema, result).length;
      return { results: fitting(results, sizeOf, failedResult) };
    },
  };
}

/** Whether the answer goes out as JSON: for a GET its query tells, else the content type. */
function isJson({ requestHeader, requestMethod, url }: HandlerContext): boolean {
  return requestMethod === "GET"
    ? new URL(url).searchParams.get("encoding") === "json"
    : (requestHeader.get("content-type") ?? "").includes("json");
}
