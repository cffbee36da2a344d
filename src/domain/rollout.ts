/** Rollouts of processing modes, outcomes of turns, and what is told of both (spec 5.3–5.5). Plain data. */

/** Each after the one that it needs. */
export const ROLLOUT_FLAGS = ["contract_enabled", "runtime_enabled", "ui_enabled", "cloud_enforced"] as const;
export type RolloutFlag = (typeof ROLLOUT_FLAGS)[number];
export type RolloutFlags = Record<RolloutFlag, boolean>;

/** The flag without which another counts as off. */
export const NEEDED_FLAG: { readonly [flag in RolloutFlag]?: RolloutFlag } = {
  runtime_enabled: "contract_enabled",
  ui_enabled: "runtime_enabled",
  cloud_enforced: "runtime_enabled",
};

/** When a rollout may go on, and when it has gone wrong. */
export interface RolloutThresholds {
  /** Outcomes that both populations must have. */
  min_samples: number;
  /** How far back outcomes count, in seconds. */
  window_s: number;
  /** How long a stage lasts at least, in seconds. */
  min_stage_s: number;
  /** By how much the mode's error rate may exceed the control's. */
  error_rate_delta: number;
  /** The mode's p95 latency may be at most this times the control's, or it does not advance. */
  p95_ratio: number;
  /** A p95 latency of more than this times the control's is a regression. */
  p95_regression: number;
}

/** What is stored, one per registry and declared mode. */
export interface Rollout extends RolloutFlags {
  registry: string;
  mode: string;
  /** 0–100, with at most two decimals. */
  percentage: number;
  /** `REGISTRY/MODE`; never changes by itself, or every key would move to another bucket. */
  salt: string;
  /** Values of `targeting_key` and `conv_id` that are always in. */
  cohort: string[];
  /** Percentages that `advance` goes through, rising. */
  stages: number[];
  thresholds: RolloutThresholds;
  /** Whether the service turns it back by itself. */
  auto_rollback: boolean;
  /** Since when the percentage and `runtime_enabled` are what they are: Unix milliseconds. */
  stage_since_ms: number;
  /** Counts on through deletes, as of every document (spec 2.1). */
  version: number;
}

/** A rollout as it is answered. */
export interface ShownRollout extends Rollout {
  /** Equal where declaration, mode profiles, effective flags and thresholds are equal: `sha256:` and hex. */
  config_digest: string;
  /** The flags that the environment of the answering process holds off. */
  capped: RolloutFlag[];
}

/** What PATCH and UpdateRollout may set; absent members keep. */
export type RolloutInput = Partial<
  RolloutFlags &
    Pick<Rollout, "percentage" | "salt" | "cohort" | "stages" | "auto_rollback"> & {
      thresholds: Partial<RolloutThresholds>;
    }
>;

export const DEFAULT_STAGES: readonly number[] = [1, 5, 25, 50, 100];

export const DEFAULT_THRESHOLDS: Readonly<RolloutThresholds> = {
  min_samples: 200,
  window_s: 900,
  min_stage_s: 600,
  error_rate_delta: 0.01,
  p95_ratio: 0.95,
  p95_regression: 1.2,
};

/** A rollout as it begins: everything off but what `flags` says. */
export function newRollout(
  registry: string,
  mode: string,
  nowMs: number,
  flags: Partial<RolloutFlags> = {},
): Omit<Rollout, "version"> {
  return {
    registry,
    mode,
    contract_enabled: false,
    runtime_enabled: false,
    ui_enabled: false,
    cloud_enforced: false,
    ...flags,
    percentage: 0,
    salt: `${registry}/${mode}`,
    cohort: [],
    stages: [...DEFAULT_STAGES],
    thresholds: { ...DEFAULT_THRESHOLDS },
    auto_rollback: false,
    stage_since_ms: nowMs,
  };
}

/** Which path a turn runs on. */
export type Deployment = "local" | "cloud";
export const DEPLOYMENTS: readonly Deployment[] = ["local", "cloud"];

/** How a turn went, as its caller reports it. */
export interface Outcome {
  registry: string;
  /** The mode asked for. */
  mode: string;
  /** `applied_mode` of the answer. */
  resolved_mode: string;
  /** The mode that ran. */
  applied_mode: string;
  resolved_model?: string;
  observed_model?: string;
  conv_id?: string;
  observed_conv_id?: string;
  deployment: Deployment;
  fingerprint?: string;
  latency_ms: number;
  success: boolean;
  error_type?: string;
  critical?: boolean;
  severity?: "minor" | "major" | "severe";
  category?: "quality" | "safety" | "error";
  /** 0–1. */
  quality_score?: number;
}

/** What a population's outcomes add up to. Rates and percentiles are null without samples. */
export interface FiguresReport {
  samples: number;
  errors: number;
  error_rate: number | null;
  critical_errors: number;
  critical_error_rate: number | null;
  mismatches: number;
  severe: number;
  /** `severe` reports of category `safety`. */
  severe_safety: number;
  latency_ms: { p50: number | null; p95: number | null; p99: number | null };
  /** Rising; only those that hold any. */
  latency_buckets: { up_to_ms: number; count: number }[];
  /** Mean. */
  quality_score: number | null;
}

export const GATES = [
  "min_stage_s",
  "min_samples",
  "mismatches",
  "error_rate",
  "critical_error_rate",
  "p95_latency",
  "severe_reports",
  "local_cloud",
] as const;
export type GateName = (typeof GATES)[number];

export interface Gate {
  name: GateName;
  passed: boolean;
  /** For people: what is required and what there is. */
  reason: string;
  /** The numbers that it was decided from. */
  figures: Record<string, number>;
}

export type RollbackKind = "soft" | "hard";

/** The figures behind each gate (spec 5.5). */
export interface RolloutReport {
  registry: string;
  mode: string;
  revision: number;
  percentage: number;
  stage_since_ms: number;
  /** Unix milliseconds. */
  window: { from_ms: number; to_ms: number };
  /** The percentage that `advance` would go to; null at the last. */
  next_stage: number | null;
  /** Whether every gate has passed. */
  ready: boolean;
  gates: Gate[];
  mode_figures: FiguresReport;
  control_figures: FiguresReport;
  /** Whether the control are those that asked for the mode and got `default`, or, while they are few, all `default` ones. */
  control: "asked" | "all_default";
  /** Of the mode's population. */
  deployments: Record<Deployment, FiguresReport>;
  incident?: Incident;
}

/** The last rollback, as its log entry and the figures around it tell. */
export interface Incident {
  revision: number;
  time_ms: number;
  actor: string;
  source: string;
  operation: string;
  kind: RollbackKind;
  /** `manual`, or what auto_rollback saw: `mismatch`, `severe_safety`, `error_rate`, `critical_error_rate`, `p95_latency`. */
  trigger: string;
  reason: string;
  /** The stage that it was at: the largest not above the percentage; null below the first. */
  stage: number | null;
  percentage: number;
  /** The path that the trigger was seen on, where it was one. */
  deployment?: Deployment;
  gates: Gate[];
  /** Of the turns that asked for the mode the share that ran as `default`, a window before and after; null without any. */
  default_share: { before: number | null; after: number | null };
}

/** What a browser may show (spec 5.4). */
export interface Features {
  registry: string;
  modes: { mode: string; description?: string; profiles: string[]; visible: boolean }[];
}
