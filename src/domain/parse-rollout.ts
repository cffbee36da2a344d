/** From JSON to rollouts, member by member (spec 5.5). Throws `malformed` naming the member. */
import { malformed } from "./errors.js";
import { isBlank, normalizeIdentifier } from "./identifiers.js";
import type { JsonObject } from "./json.js";
import { defined, type MemberReader, readMembers } from "./parse-document.js";
import {
  DEFAULT_THRESHOLDS,
  type RollbackKind,
  type Rollout,
  type RolloutInput,
  type RolloutThresholds,
} from "./rollout.js";

/** The members that a write may set. Others are ignored. */
export function parseRolloutInput(body: MemberReader): RolloutInput {
  const thresholds = body.inside("thresholds");
  return defined({
    contract_enabled: body.boolean("contract_enabled"),
    runtime_enabled: body.boolean("runtime_enabled"),
    ui_enabled: body.boolean("ui_enabled"),
    cloud_enforced: body.boolean("cloud_enforced"),
    percentage: body.number("percentage"),
    salt: body.string("salt"),
    cohort: body.strings("cohort"),
    stages: body.numbers("stages"),
    auto_rollback: body.boolean("auto_rollback"),
    thresholds: thresholds && parseThresholds(thresholds),
  });
}

/** How far a rollback is to go. */
export function parseRollbackKind(raw: string | undefined): RollbackKind {
  const kind = isBlank(raw) ? undefined : normalizeIdentifier(raw);
  if (kind === "soft" || kind === "hard") return kind;
  throw malformed('kind must be one of "soft", "hard"');
}

/** A rollout as it is stored. */
export function parseStoredRollout(document: JsonObject): Rollout {
  const body = readMembers(document);
  const { thresholds, ...input } = parseRolloutInput(body);
  return {
    registry: body.string("registry") ?? "",
    mode: body.string("mode") ?? "",
    contract_enabled: false,
    runtime_enabled: false,
    ui_enabled: false,
    cloud_enforced: false,
    percentage: 0,
    salt: "",
    cohort: [],
    stages: [],
    auto_rollback: false,
    ...input,
    thresholds: { ...DEFAULT_THRESHOLDS, ...thresholds },
    stage_since_ms: body.count("stage_since_ms") ?? 0,
    version: body.count("version") ?? 0,
  };
}

function parseThresholds(thresholds: MemberReader): Partial<RolloutThresholds> {
  return defined({
    min_samples: thresholds.number("min_samples"),
    window_s: thresholds.number("window_s"),
    min_stage_s: thresholds.number("min_stage_s"),
    error_rate_delta: thresholds.number("error_rate_delta"),
    p95_ratio: thresholds.number("p95_ratio"),
    p95_regression: thresholds.number("p95_regression"),
  });
}
