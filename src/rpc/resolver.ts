/** ResolverService: decode, call the service, encode. */
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import type {
  ResolveProfileRequest,
  ResolveProfileResponse,
  ResolverService,
} from "../../gen/profileregistry/v1/resolver_service_pb.js";
import { malformed } from "../domain/errors.js";
import { MAX_BATCH, resultOf, withinAnswer } from "./batch.js";
import { jsonFromPlain } from "./json-value.js";
import { processingInput, resolutionMessage } from "./mapping.js";
import { callRules, type RpcOptions } from "./options.js";
import { deploymentInput } from "./rollout-mapping.js";

export function createResolverHandlers(options: RpcOptions): ServiceImpl<typeof ResolverService> {
  const { resolver } = options.services;
  const rules = callRules(options);
  const answer = async (
    request: ResolveProfileRequest,
    context: HandlerContext,
  ): Promise<ResolveProfileResponse> => {
    const resolution = await resolver.resolve(
      {
        selection: { registry: request.registry, body: request.profile },
        runtime_key: request.runtimeKey,
        base_step_settings: jsonFromPlain(request.baseStepSettings),
        request_overrides: jsonFromPlain(request.requestOverrides),
        ai_engine: request.aiEngine,
        ai_api_type: request.aiApiType,
        processing: processingInput(request.processing),
        deployment: deploymentInput(request.deployment),
        conv_id: request.convId,
        targeting_key: request.targetingKey,
        explain: request.explain,
      },
      rules.seesSecrets(context) ? "all" : "own",
    );
    return resolutionMessage(resolution, request.knownFingerprint === resolution.fingerprint);
  };
  return {
    resolveProfile: answer,

    async batchResolveProfiles({ requests }, context) {
      if (requests.length > MAX_BATCH) throw malformed(`requests must not have more than ${MAX_BATCH} items`);
      const results = await Promise.all(requests.map((request) => resultOf(() => answer(request, context))));
      return { results: withinAnswer(results) };
    },
  };
}
