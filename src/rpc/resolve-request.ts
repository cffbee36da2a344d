import type { ResolveProfileRequest } from "../../gen/profileregistry/v1/resolver_service_pb.js";
import type { ResolveRequest } from "../domain/resolve.js";
import { jsonFromPlain } from "./json-value.js";
import { processingInput } from "./mapping.js";
import { deploymentInput } from "./rollout-mapping.js";

/** What a message asks for; over RPC a profile is named by the body. */
export function resolveRequest(message: Omit<ResolveProfileRequest, "$typeName">): ResolveRequest {
  return {
    selection: { registry: message.registry, body: message.profile },
    runtime_key: message.runtimeKey,
    base_step_settings: jsonFromPlain(message.baseStepSettings),
    request_overrides: jsonFromPlain(message.requestOverrides),
    ai_engine: message.aiEngine,
    ai_api_type: message.aiApiType,
    processing: processingInput(message.processing),
    deployment: deploymentInput(message.deployment),
    conv_id: message.convId,
    targeting_key: message.targetingKey,
    explain: message.explain,
  };
}
