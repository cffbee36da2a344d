/** The way back of rollout-mapping.ts, for clients: messages of answers as REST shows the same things. */
import type {
  Figures as FiguresMessage,
  Gate as GateMessage,
  Incident as IncidentMessage,
  RolloutReport as ReportMessage,
  Rollout as RolloutMessage,
} from "../../gen/profileregistry/v1/rollout_service_pb.js";
import {
  DEFAULT_THRESHOLDS,
  type Deployment,
  type FiguresReport,
  type Gate,
  type Incident,
  type RollbackKind,
  type RolloutFlag,
  type RolloutReport,
  type ShownRollout,
} from "../domain/rollout.js";
import { SOURCES } from "./mapping.js";
import { CONTROLS, deploymentInput, ROLLBACK_KINDS } from "./rollout-mapping.js";
import { msOf, wordOf } from "./shown-documents.js";

export function shownRollout(message: RolloutMessage): ShownRollout {
  const { thresholds } = message;
  return {
    registry: message.registry,
    mode: message.mode,
    contract_enabled: message.contractEnabled ?? false,
    runtime_enabled: message.runtimeEnabled ?? false,
    ui_enabled: message.uiEnabled ?? false,
    cloud_enforced: message.cloudEnforced ?? false,
    percentage: message.percentage ?? 0,
    salt: message.salt,
    cohort: message.cohort,
    stages: message.stages,
    thresholds: {
      min_samples: thresholds?.minSamples ?? DEFAULT_THRESHOLDS.min_samples,
      window_s: thresholds?.windowS ?? DEFAULT_THRESHOLDS.window_s,
      min_stage_s: thresholds?.minStageS ?? DEFAULT_THRESHOLDS.min_stage_s,
      error_rate_delta: thresholds?.errorRateDelta ?? DEFAULT_THRESHOLDS.error_rate_delta,
      p95_ratio: thresholds?.p95Ratio ?? DEFAULT_THRESHOLDS.p95_ratio,
      p95_regression: thresholds?.p95Regression ?? DEFAULT_THRESHOLDS.p95_regression,
    },
    auto_rollback: message.autoRollback ?? false,
    stage_since_ms: msOf(message.stageStartTime),
    config_digest: message.configDigest,
    capped: message.capped as RolloutFlag[],
    version: message.version,
  };
}

/** `revision`: that of the answer. */
export function shownReport(message: ReportMessage, revision: bigint): RolloutReport {
  return {
    registry: message.registry,
    mode: message.mode,
    revision: Number(revision),
    percentage: message.percentage,
    stage_since_ms: msOf(message.stageStartTime),
    window: { from_ms: msOf(message.windowStartTime), to_ms: msOf(message.windowEndTime) },
    next_stage: message.nextStage ?? null,
    ready: message.ready,
    gates: message.gates.map(gateOf),
    mode_figures: figuresOf(message.modeFigures),
    control_figures: figuresOf(message.controlFigures),
    control: wordOf(CONTROLS, message.control) as RolloutReport["control"],
    deployments: { local: figuresOf(message.localFigures), cloud: figuresOf(message.cloudFigures) },
    ...(message.incident ? { incident: incidentOf(message.incident) } : {}),
  };
}

function gateOf({ name, passed, reason, figures }: GateMessage): Gate {
  return { name: name as Gate["name"], passed, reason, figures: { ...figures } };
}

function figuresOf(message: FiguresMessage | undefined): FiguresReport {
  return {
    samples: Number(message?.samples ?? 0),
    errors: Number(message?.errors ?? 0),
    error_rate: message?.errorRate ?? null,
    critical_errors: Number(message?.criticalErrors ?? 0),
    critical_error_rate: message?.criticalErrorRate ?? null,
    mismatches: Number(message?.mismatches ?? 0),
    severe: Number(message?.severe ?? 0),
    severe_safety: Number(message?.severeSafety ?? 0),
    latency_ms: {
      p50: message?.p50Ms ?? null,
      p95: message?.p95Ms ?? null,
      p99: message?.p99Ms ?? null,
    },
    latency_buckets: (message?.latencyBuckets ?? []).map(({ upToMs, count }) => ({
      up_to_ms: upToMs,
      count: Number(count),
    })),
    quality_score: message?.qualityScore ?? null,
  };
}

function incidentOf(message: IncidentMessage): Incident {
  const deployment = deploymentInput(message.deployment) as Deployment | undefined;
  return {
    revision: Number(message.revision),
    time_ms: msOf(message.time),
    actor: message.actor,
    source: wordOf(SOURCES, message.source),
    operation: "rollback_rollout",
    kind: wordOf(ROLLBACK_KINDS, message.kind) as RollbackKind,
    trigger: message.trigger,
    reason: message.reason,
    stage: message.stage ?? null,
    percentage: message.percentage,
    ...(deployment ? { deployment } : {}),
    gates: message.gates.map(gateOf),
    default_share: { before: message.defaultShareBefore ?? null, after: message.defaultShareAfter ?? null },
  };
}
