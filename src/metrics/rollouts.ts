/** Rollouts as they are now, and the figures behind their gates: asked for at a scrape, once for all families. */
import { DomainError } from "../domain/errors.js";
import type { FiguresReport, RolloutReport } from "../domain/rollout.js";
import { currentStage } from "../domain/rollout-draft.js";
import type { ModeProblem } from "../service/mode-problems.js";
import type { Services } from "../service/services.js";
import type { ActingRollout } from "../service/vitals.js";
import { type Family, type Sample, single } from "./family.js";
import type { NamesInUse } from "./label-names.js";
import type { ScrapeFailures } from "./scrape-failures.js";

/** Each has some thirty series. */
const MOST_ROLLOUTS = 50;

type Sources = Pick<Services, "rollouts" | "vitals">;

interface SeenRollout extends ActingRollout {
  labels: { registry: string; mode: string };
  report: RolloutReport;
}

interface Seen {
  /** Also of those that are not shown. */
  count: number;
  shown: SeenRollout[];
}

const PROBLEMS: readonly ModeProblem["problem"][] = ["profile_missing", "profile_invalid"];

/** `seen`: told of the rollouts that a scrape shows. What cannot be read is left out and counted by `failures`. */
export function rolloutFamilies(
  sources: Sources,
  names: NamesInUse,
  { seen, failures }: { seen: (registry: string, mode: string) => void; failures: ScrapeFailures },
): Family[] {
  const look = sharedWhileRunning(async () => {
    const found = await failures.guarded("rollouts", () => readRollouts(sources, names));
    for (const { labels } of found?.shown ?? []) seen(labels.registry, labels.mode);
    return found;
  });
  const gauge = (name: string, help: string, samples: (rollout: SeenRollout) => Sample[]): Family => ({
    name: `profile_registry_${name}`,
    help,
    type: "gauge",
    merge: "max",
    read: async () => (await look())?.shown.flatMap(samples) ?? [],
  });
  const one = (name: string, help: string, value: (rollout: SeenRollout) => number | null): Family =>
    gauge(name, help, (rollout) => {
      const found = value(rollout);
      return found === null ? [] : [{ labels: rollout.labels, value: found }];
    });
  const ofPopulations = (name: string, help: string, value: (of: FiguresReport) => number | null): Family =>
    gauge(name, help, ({ labels, report }) =>
      Object.entries({ mode: report.mode_figures, control: report.control_figures }).flatMap(
        ([population, figures]) => {
          const found = value(figures);
          return found === null ? [] : [{ labels: { ...labels, population }, value: found }];
        },
      ),
    );

  return [
    {
      name: "profile_registry_rollouts",
      help: `Rollouts that there are; figures are given of the first ${MOST_ROLLOUTS}.`,
      type: "gauge",
      merge: "max",
      read: async () => {
        const seen = await look();
        return seen === undefined ? [] : single(seen.count);
      },
    },
    gauge(
      "rollout_flag",
      "1 where the flag is on as it acts in this process.",
      ({ labels, rollout, flags }) =>
        Object.entries({ ...flags, auto_rollback: rollout.auto_rollback }).map(([flag, on]) => ({
          labels: { ...labels, flag },
          value: on ? 1 : 0,
        })),
    ),
    one(
      "rollout_percentage_ratio",
      "The rollout's percentage, from 0 to 1.",
      ({ rollout }) => rollout.percentage / 100,
    ),
    one(
      "rollout_stage_ratio",
      "The stage that the rollout is at, from 0 to 1; 0 below the first.",
      ({ rollout }) => (currentStage(rollout) ?? 0) / 100,
    ),
    one(
      "rollout_stage_start_time_seconds",
      "Since when the rollout is at its percentage, as Unix time.",
      ({ rollout }) => rollout.stage_since_ms / 1_000,
    ),
    gauge("rollout_gate_passed", "1 where the gate has passed.", ({ labels, report }) =>
      report.gates.map(({ name: gate, passed }) => ({ labels: { ...labels, gate }, value: passed ? 1 : 0 })),
    ),
    ofPopulations("rollout_samples", "Outcomes in the window of the gates.", ({ samples }) => samples),
    ofPopulations(
      "rollout_error_ratio",
      "Errors per outcome in the window of the gates; absent without outcomes.",
      ({ error_rate }) => error_rate,
    ),
    ofPopulations(
      "rollout_latency_p95_seconds",
      "95th percentile of the latencies in the window of the gates; absent without outcomes.",
      ({ latency_ms: { p95 } }) => p95 && p95 / 1_000,
    ),
    one(
      "rollout_mismatches",
      "Outcomes of the mode in the window that differ from what was resolved.",
      ({ report }) => report.mode_figures.mismatches,
    ),
    one(
      "rollout_severe_reports",
      "Severe reports of the mode in the window.",
      ({ report }) => report.mode_figures.severe,
    ),
    gauge(
      "processing_mode_problems",
      "Profiles of the mode that cannot be applied.",
      ({ labels, problems }) =>
        PROBLEMS.map((problem) => ({
          labels: { ...labels, problem },
          value: problems.filter((one) => one.problem === problem).length,
        })),
    ),
  ];
}

/** Reads again for each call, but for those made while it is at it. */
function sharedWhileRunning<T>(read: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= read().finally(() => {
      running = undefined;
    });
    return running;
  };
}

/** All rollouts, with the reports of those that are shown. */
async function readRollouts(
  { vitals, rollouts: service }: Sources,
  { registries, modes }: NamesInUse,
): Promise<Seen> {
  const all = await vitals.rollouts();
  const shown: SeenRollout[] = [];
  for (const acting of all) {
    const { registry, mode } = acting.rollout;
    if (shown.length === MOST_ROLLOUTS) break;
    // Two under one name would be two values of one series.
    if (registries.admit(registry) !== registry || modes.admit(mode) !== mode) continue;
    const report = await reportUnlessGone(service, { registry, mode });
    if (report !== undefined) shown.push({ ...acting, labels: { registry, mode }, report });
  }
  return { count: all.length, shown };
}

/** Undefined for one that was deleted meanwhile. */
async function reportUnlessGone(
  service: Sources["rollouts"],
  name: SeenRollout["labels"],
): Promise<RolloutReport | undefined> {
  try {
    return (await service.getReport(name)).report;
  } catch (error) {
    if (error instanceof DomainError && error.code === "not_found") return undefined;
    throw error;
  }
}
