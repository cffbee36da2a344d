import type { RolloutFlag } from "../../client/index.js";

/** Each needs those that it names. */
export const FLAGS: readonly RolloutFlag[] = [
  "contract_enabled",
  "runtime_enabled",
  "ui_enabled",
  "cloud_enforced",
];

export const FLAG_TITLES: Record<RolloutFlag, string> = {
  contract_enabled: "Contract",
  runtime_enabled: "Runtime",
  ui_enabled: "UI",
  cloud_enforced: "Enforced in the cloud",
};

export const FLAG_TEXTS: Record<RolloutFlag, string> = {
  contract_enabled: "What requests say of modes is checked and echoed; off, it is ignored.",
  runtime_enabled: "Requests inside the rollout get the mode; off, all get the default runtime.",
  ui_enabled: "Browsers may show the toggle.",
  cloud_enforced: "In the cloud a mode that cannot be applied fails, instead of falling back.",
};

export const NEEDS: Partial<Record<RolloutFlag, RolloutFlag>> = {
  runtime_enabled: "contract_enabled",
  ui_enabled: "runtime_enabled",
  cloud_enforced: "runtime_enabled",
};
