/** ResolverService: decode, call the service, encode. */
import type { ServiceImpl } from "@connectrpc/connect";
import type { ResolverService } from "../../gen/profileregistry/v1/resolver_service_pb.js";
import { Deployment as DeploymentMessage } from "../../gen/profileregistry/v1/rollout_service_pb.js";
import type { Deployment } from "../domain/rollout.js";
import { jsonFromPlain } from "./json-value.js";
import { processingInput, resolutionMessage } from "./mapping.js";
import { callRules, type RpcOptions } from "./options.js";

/** Undefined where the caller says none. */
const DEPLOYMENTS: Partial<Record<DeploymentMessage, Deployment>> = {
  [DeploymentMessage.LOCAL]: "local",
  [DeploymentMessage.CLOUD]: "cloud",
};

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
          processing: processingInput(request.processing),
          deployment: DEPLOYMENTS[request.deployment],
          conv_id: request.convId,
          targeting_key: request.targetingKey,
          explain: request.explain,
        },
        rules.seesSecrets(context) ? "all" : "own",
      );
      return resolutionMessage(resolution, request.knownFingerprint === resolution.fingerprint);
    },
  };
}
