/** Words of options, and what the contract calls them. */
import {
  Deployment as DeploymentMessage,
  RollbackKind as RollbackKindMessage,
} from "../../gen/profileregistry/v1/rollout_service_pb.js";
import type { Deployment, RollbackKind } from "../domain/rollout.js";

export const DEPLOYMENT_VALUES: Record<Deployment, DeploymentMessage> = {
  local: DeploymentMessage.LOCAL,
  cloud: DeploymentMessage.CLOUD,
};

export const KIND_VALUES: Record<RollbackKind, RollbackKindMessage> = {
  soft: RollbackKindMessage.SOFT,
  hard: RollbackKindMessage.HARD,
};
