/** What mapping.ts is to documents, for rollouts and what is told of them (spec 5): the one place where they are converted. */
import { create, isFieldSet, type MessageInitShape } from "@bufbuild/protobuf";
import { type FieldMask, timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  Category as CategoryMessage,
  ControlPopulation as ControlMessage,
  Deployment as DeploymentMessage,
  FeatureModeSchema,
  type FiguresSchema,
  type GetFeaturesResponse,
  GetFeaturesResponseSchema,
  type IncidentSchema,
  type Outcome as OutcomeMessage,
  type RolloutReport as ReportMessage,
  RollbackKind as RollbackKindMessage,
  type Rollout as RolloutMessage,
  RolloutReportSchema,
  RolloutSchema,
  Severity as SeverityMessage,
  type RolloutThresholds as ThresholdsMessage,
} from "../../gen/profileregistry/v1/rollout_service_pb.js";
import type { Source } from "../domain/document.js";
import { normalizeIdentifier } from "../domain/identifiers.js";
import type { JsonObject } from "../domain/json.js";
import { defined } from "../domain/parse-document.js";
import { parseRollbackKind } from "../domain/parse-rollout.js";
import {
  DEFAULT_STAGES,
  DEFAULT_THRESHOLDS,
  type Deployment,
  type Features,
  type FiguresReport,
  type Incident,
  newRollout,
  type Outcome,
  ROLLOUT_FLAGS,
  type RollbackKind,
  type Rollout,
  type RolloutInput,
  type RolloutReport,
  type RolloutThresholds,
  type ShownRollout,
} from "../domain/rollout.js";
import { chooseRegistry } from "../service/names.js";
import { readMask, SOURCES } from "./mapping.js";

const DEPLOYMENTS: Record<Deployment, DeploymentMessage> = {
  local: DeploymentMessage.LOCAL,
  cloud: DeploymentMessage.CLOUD,
};

export const ROLLBACK_KINDS: Record<RollbackKind, RollbackKindMessage> = {
  soft: RollbackKindMessage.SOFT,
  hard: RollbackKindMessage.HARD,
};

export const CONTROLS: Record<RolloutReport["control"], ControlMessage> = {
  asked: ControlMessage.ASKED,
  all_default: ControlMessage.ALL_DEFAULT,
};

const SEVERITIES: Record<NonNullable<Outcome["severity"]>, SeverityMessage> = {
  minor: SeverityMessage.MINOR,
  major: SeverityMessage.MAJOR,
  severe: SeverityMessage.SEVERE,
};

const CATEGORIES: Record<NonNullable<Outcome["category"]>, CategoryMessage> = {
  quality: CategoryMessage.QUALITY,
  safety: CategoryMessage.SAFETY,
  error: CategoryMessage.ERROR,
};

/** As it is answered, or as it is stored: without what is not. */
export function rolloutMessage(rollout: Rollout & Partial<ShownRollout>): RolloutMessage {
  return create(RolloutSchema, {
    registry: rollout.registry,
    mode: rollout.mode,
    contractEnabled: rollout.contract_enabled,
    runtimeEnabled: rollout.runtime_enabled,
    uiEnabled: rollout.ui_enabled,
    cloudEnforced: rollout.cloud_enforced,
    percentage: rollout.percentage,
    salt: rollout.salt,
    cohort: rollout.cohort,
    stages: rollout.stages,
    thresholds: {
      minSamples: rollout.thresholds.min_samples,
      windowS: rollout.thresholds.window_s,
      minStageS: rollout.thresholds.min_stage_s,
      errorRateDelta: rollout.thresholds.error_rate_delta,
      p95Ratio: rollout.thresholds.p95_ratio,
      p95Regression: rollout.thresholds.p95_regression,
    },
    autoRollback: rollout.auto_rollback,
    stageStartTime: timestampFromMs(rollout.stage_since_ms),
    configDigest: rollout.config_digest ?? "",
    capped: rollout.capped ?? [],
    version: rollout.version,
  });
}

const ROLLOUT_MEMBERS = [
  ...ROLLOUT_FLAGS,
  "percentage",
  "salt",
  "cohort",
  "stages",
  "thresholds",
  "auto_rollback",
] as const;

/**
 * The members that an update sets: the masked ones, else the populated ones; what is masked and not set gets its default.
 * Throws `malformed` on other paths.
 */
export function rolloutInput(
  given: RolloutMessage | undefined,
  mask: FieldMask | undefined,
  defaultRegistry: string,
): RolloutInput {
  const masked = readMask(mask, ROLLOUT_MEMBERS);
  const rollout = given ?? create(RolloutSchema);
  const named = [
    chooseRegistry(rollout.registry, defaultRegistry),
    normalizeIdentifier(rollout.mode),
  ] as const;
  const populated = new Set(
    RolloutSchema.fields.filter((field) => isFieldSet(rollout, field)).map(({ name }) => name),
  );
  const values: Required<RolloutInput> = {
    contract_enabled: rollout.contractEnabled ?? false,
    runtime_enabled: rollout.runtimeEnabled ?? false,
    ui_enabled: rollout.uiEnabled ?? false,
    cloud_enforced: rollout.cloudEnforced ?? false,
    percentage: rollout.percentage ?? 0,
    salt: rollout.salt || newRollout(...named, 0).salt,
    cohort: rollout.cohort,
    stages: rollout.stages.length > 0 ? rollout.stages : [...DEFAULT_STAGES],
    thresholds: rollout.thresholds ? thresholdsInput(rollout.thresholds) : { ...DEFAULT_THRESHOLDS },
    auto_rollback: rollout.autoRollback ?? false,
  };
  const set = ROLLOUT_MEMBERS.filter((member) => (masked ?? populated).has(member));
  return Object.fromEntries(set.map((member) => [member, values[member]]));
}

function thresholdsInput(thresholds: ThresholdsMessage): Partial<RolloutThresholds> {
  return defined({
    min_samples: thresholds.minSamples,
    window_s: thresholds.windowS,
    min_stage_s: thresholds.minStageS,
    error_rate_delta: thresholds.errorRateDelta,
    p95_ratio: thresholds.p95Ratio,
    p95_regression: thresholds.p95Regression,
  });
}

/** Throws `malformed` for one that is not said. */
export function rollbackKind(kind: RollbackKindMessage): RollbackKind {
  return parseRollbackKind(wordInput(ROLLBACK_KINDS, kind));
}

/** Undefined where the caller says none. */
export function deploymentInput(deployment: DeploymentMessage): string | undefined {
  return wordInput(DEPLOYMENTS, deployment);
}

/** A report as a REST body would hold it. */
export function outcomeInput(message: OutcomeMessage): JsonObject {
  return defined({
    registry: message.registry,
    mode: message.mode,
    resolved_mode: message.resolvedMode,
    applied_mode: message.appliedMode,
    resolved_model: message.resolvedModel,
    observed_model: message.observedModel,
    conv_id: message.convId,
    observed_conv_id: message.observedConvId,
    deployment: deploymentInput(message.deployment),
    fingerprint: message.fingerprint,
    latency_ms: message.latencyMs,
    success: message.success,
    error_type: message.errorType,
    critical: message.critical,
    severity: wordInput(SEVERITIES, message.severity),
    category: wordInput(CATEGORIES, message.category),
    quality_score: message.qualityScore,
  });
}

export function reportMessage(report: RolloutReport): ReportMessage {
  return create(RolloutReportSchema, {
    registry: report.registry,
    mode: report.mode,
    percentage: report.percentage,
    stageStartTime: timestampFromMs(report.stage_since_ms),
    windowStartTime: timestampFromMs(report.window.from_ms),
    windowEndTime: timestampFromMs(report.window.to_ms),
    ...defined({ nextStage: report.next_stage ?? undefined }),
    ready: report.ready,
    gates: report.gates,
    modeFigures: figuresMessage(report.mode_figures),
    controlFigures: figuresMessage(report.control_figures),
    control: CONTROLS[report.control],
    localFigures: figuresMessage(report.deployments.local),
    cloudFigures: figuresMessage(report.deployments.cloud),
    ...(report.incident ? { incident: incidentMessage(report.incident) } : {}),
  });
}

function figuresMessage(figures: FiguresReport): MessageInitShape<typeof FiguresSchema> {
  const { error_rate, critical_error_rate, latency_ms, latency_buckets, quality_score } = figures;
  return {
    samples: BigInt(figures.samples),
    errors: BigInt(figures.errors),
    criticalErrors: BigInt(figures.critical_errors),
    mismatches: BigInt(figures.mismatches),
    severe: BigInt(figures.severe),
    severeSafety: BigInt(figures.severe_safety),
    latencyBuckets: latency_buckets.map(({ up_to_ms, count }) => ({
      upToMs: up_to_ms,
      count: BigInt(count),
    })),
    ...defined({
      errorRate: error_rate ?? undefined,
      criticalErrorRate: critical_error_rate ?? undefined,
      p50Ms: latency_ms.p50 ?? undefined,
      p95Ms: latency_ms.p95 ?? undefined,
      p99Ms: latency_ms.p99 ?? undefined,
      qualityScore: quality_score ?? undefined,
    }),
  };
}

function incidentMessage(incident: Incident): MessageInitShape<typeof IncidentSchema> {
  const { stage, deployment, default_share } = incident;
  return {
    revision: BigInt(incident.revision),
    time: timestampFromMs(incident.time_ms),
    actor: incident.actor,
    source: SOURCES[incident.source as Source],
    kind: ROLLBACK_KINDS[incident.kind],
    trigger: incident.trigger,
    reason: incident.reason,
    percentage: incident.percentage,
    gates: incident.gates,
    ...defined({
      stage: stage ?? undefined,
      deployment: deployment && DEPLOYMENTS[deployment],
      defaultShareBefore: default_share.before ?? undefined,
      defaultShareAfter: default_share.after ?? undefined,
    }),
  };
}

export function featuresMessage({ registry, modes }: Features, revision: number): GetFeaturesResponse {
  return create(GetFeaturesResponseSchema, {
    registry,
    modes: modes.map(({ mode, description, profiles, visible }) =>
      create(FeatureModeSchema, { mode, description: description ?? "", profiles, visible }),
    ),
    revision: BigInt(revision),
  });
}

/** 0 is what is not said. A value that this server does not know is no word, and refused as such. */
function wordInput(words: Record<string, number>, value: number): string | undefined {
  return value === 0 ? undefined : (wordOf(words, value) ?? String(value));
}

function wordOf(words: Record<string, number>, value: number): string | undefined {
  return Object.keys(words).find((word) => words[word] === value);
}
