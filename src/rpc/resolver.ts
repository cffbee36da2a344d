/** ResolverService: decode, call the service, encode. */
import type { ServiceImpl } from "@connectrpc/connect";
import type { ResolverService } from "../../gen/profileregistry/v1/resolver_service_pb.js";
import { jsonFromPlain } from "./json-value.js";
import { resolutionMessage } from "./mapping.js";
import { callRules, type RpcOptions } from "./options.js";

export function createResolverHandlers(options: RpcOptions): ServiceImpl<typeof ResolverService> {
  const { resolver } = options.services;
  const rules = callRules(options);
  return {
    async resolveProfile(request, context) {
      const resolution = await resolver.resolve(
        {
          selection: { registry: request.registry, body: request.profile },
          runtime_key: request.runtimeKey,
          base_step_settings: jsonFromPlain(request.baseStepSettings),
          request_overrides: jsonFromPlain(request.requestOverrides),
          ai_engine: request.aiEngine,
          ai_api_type: request.aiApiType,
          explain: request.explain,
        },
        rules.seesSecrets(context) ? "all" : "own",
      );
      return resolutionMessage(resolution, request.knownFingerprint === resolution.fingerprint);
    },
  };
}
