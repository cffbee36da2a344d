/** Messages of rollouts as the documents that REST shows. */
import { type JsonObject, toJson } from "@bufbuild/protobuf";
import {
  type GetFeaturesResponse,
  GetFeaturesResponseSchema,
  type Rollout,
  type RolloutReport,
  RolloutReportSchema,
  RolloutSchema,
} from "../../gen/profileregistry/v1/rollout_service_pb.js";
import { plain, word } from "./rpc-documents.js";

const whole = { ...plain, alwaysEmitImplicit: true } as const;

export function rolloutDocument(rollout: Rollout | undefined): JsonObject {
  if (rollout === undefined) throw new TypeError("an answer without its rollout");
  const { stage_start_time, ...document } = toJson(RolloutSchema, rollout, whole) as JsonObject;
  return { ...document, stage_since_ms: timeOf(stage_start_time) };
}

export function featuresDocument(features: GetFeaturesResponse): JsonObject {
  const {
    revision: _,
    modes,
    ...document
  } = toJson(GetFeaturesResponseSchema, features, whole) as JsonObject;
  const shown = (modes as JsonObject[]).map(({ description, ...mode }) =>
    description === "" ? mode : { ...mode, description: description! },
  );
  return { ...document, modes: shown };
}

export function reportDocument(report: RolloutReport | undefined, revision: bigint): JsonObject {
  if (report === undefined) throw new TypeError("an answer without its report");
  const json = toJson(RolloutReportSchema, report, whole) as { [name: string]: JsonObject };
  const { stage_start_time, window_start_time, window_end_time, control, incident, ...document } = json;
  const { local_figures, cloud_figures, mode_figures, control_figures, ...rest } = document;
  return {
    ...rest,
    revision: Number(revision),
    stage_since_ms: timeOf(stage_start_time),
    window: { from_ms: timeOf(window_start_time), to_ms: timeOf(window_end_time) },
    next_stage: rest.next_stage ?? null,
    control: word(String(control)),
    mode_figures: figuresOf(mode_figures!),
    control_figures: figuresOf(control_figures!),
    deployments: { local: figuresOf(local_figures!), cloud: figuresOf(cloud_figures!) },
    ...(incident ? { incident: incidentOf(incident) } : {}),
  };
}

function figuresOf(figures: JsonObject): JsonObject {
  const { p50_ms, p95_ms, p99_ms, latency_buckets, ...rest } = figures;
  const { error_rate = null, critical_error_rate = null, quality_score = null, ...counts } = rest;
  return {
    ...Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, Number(count)])),
    error_rate,
    critical_error_rate,
    quality_score,
    latency_ms: { p50: p50_ms ?? null, p95: p95_ms ?? null, p99: p99_ms ?? null },
    latency_buckets: (latency_buckets as JsonObject[]).map(({ up_to_ms, count }) => ({
      up_to_ms: up_to_ms!,
      count: Number(count),
    })),
  };
}

function incidentOf(incident: JsonObject): JsonObject {
  const { time, revision, source, kind, stage = null, deployment, ...rest } = incident;
  const { default_share_before = null, default_share_after = null, ...more } = rest;
  const from = word(String(source));
  const path = word(String(deployment));
  return {
    ...more,
    time_ms: timeOf(time),
    revision: Number(revision),
    source: from === "rpc" ? "edge" : from,
    kind: word(String(kind)),
    operation: "rollback_rollout",
    stage,
    ...(path === "unspecified" ? {} : { deployment: path }),
    default_share: { before: default_share_before, after: default_share_after },
  };
}

/** Words as the names of their values; `unknown` is a value that nobody knows. */
export function outcomeMessage({ deployment, severity, category, ...outcome }: JsonObject): JsonObject {
  const named = (set: string, word: unknown) =>
    word === "unknown" ? 99 : `${set}_${String(word).toUpperCase()}`;
  return {
    ...outcome,
    ...(deployment === undefined ? {} : { deployment: named("DEPLOYMENT", deployment) }),
    ...(severity === undefined ? {} : { severity: named("SEVERITY", severity) }),
    ...(category === undefined ? {} : { category: named("CATEGORY", category) }),
  };
}

function timeOf(time: unknown): number {
  return Date.parse(String(time));
}
