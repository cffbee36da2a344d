/** RolloutService: decode, call the service, encode. */
import type { ServiceImpl } from "@connectrpc/connect";
import { RolloutSchema, type RolloutService } from "../../gen/profileregistry/v1/rollout_service_pb.js";
import { readMembers } from "../domain/parse-document.js";
import { parseOutcomes } from "../domain/parse-outcomes.js";
import type { RolloutAnswer } from "../service/rollouts.js";
import { callRules, type RpcOptions } from "./options.js";
import { pageOf } from "./paging.js";
import {
  featuresMessage,
  outcomeInput,
  reportMessage,
  rollbackKind,
  rolloutInput,
  rolloutMessage,
} from "./rollout-mapping.js";

const ROLLOUTS = { schema: RolloutSchema, encode: rolloutMessage };

export function createRolloutHandlers(options: RpcOptions): ServiceImpl<typeof RolloutService> {
  const { rollouts, defaultRegistry } = options.services;
  const rules = callRules(options);

  return {
    async getRollout(name) {
      return rolloutAnswer(await rollouts.getRollout(name));
    },
    async listRollouts(request) {
      const list = await rollouts.listRollouts(request.registry);
      const { items, nextPageToken } = pageOf(list.rollouts, ({ mode }) => mode, ROLLOUTS, request);
      return { rollouts: items, nextPageToken, revision: BigInt(list.revision) };
    },
    async updateRollout(message, context) {
      const { rollout, updateMask, expectedVersion, force, reason } = message;
      const request = {
        registry: rollout?.registry,
        mode: rollout?.mode ?? "",
        input: rolloutInput(rollout, updateMask, defaultRegistry),
        expectedVersion,
        force,
        reason,
      };
      return rolloutAnswer(await rollouts.updateRollout(request, rules.caller(message, context)));
    },
    async advanceRollout(request, context) {
      return rolloutAnswer(await rollouts.advanceRollout(request, rules.caller(request, context)));
    },
    async rollbackRollout(message, context) {
      const request = { ...message, kind: rollbackKind(message.kind) };
      return rolloutAnswer(await rollouts.rollbackRollout(request, rules.caller(message, context)));
    },
    reportOutcomes({ outcomes }) {
      const body = readMembers({ outcomes: outcomes.map(outcomeInput) });
      return rollouts.reportOutcomes(parseOutcomes(body, defaultRegistry));
    },
    async getRolloutReport({ registry, mode, includeIncident: incident }) {
      const { report, revision } = await rollouts.getReport({ registry, mode, incident });
      return { report: reportMessage(report), revision: BigInt(revision) };
    },
    async getFeatures({ registry }) {
      const { features, revision } = await rollouts.features(registry);
      return featuresMessage(features, revision);
    },
  };
}

function rolloutAnswer({ rollout, revision }: RolloutAnswer) {
  return { rollout: rolloutMessage(rollout), revision: BigInt(revision) };
}
