/** The figures behind each gate, and the last rollback with the figures around it (spec 5.5). */
import { figuresReport, share } from "../domain/figures-report.js";
import { gatesOf } from "../domain/gates.js";
import { windowOf } from "../domain/populations.js";
import { DEFAULT_MODE } from "../domain/processing-modes.js";
import type { Incident, Rollout, RolloutReport } from "../domain/rollout.js";
import { nextStage } from "../domain/rollout-draft.js";
import type { LogEntry, Store } from "../store/store.js";
import type { ServiceContext } from "./context.js";
import type { Outcomes } from "./outcomes.js";
import { findRollout, type RolloutName } from "./rollout-state.js";

/** See RolloutsService.getReport. */
export type GetReport = (
  request: RolloutName & { incident?: boolean | undefined },
) => Promise<{ report: RolloutReport; revision: number }>;

export function createReport(
  { store, documents, defaultRegistry, clock }: ServiceContext,
  outcomes: Outcomes,
): GetReport {
  return async ({ incident: wanted = false, ...name }) => {
    const { rollout, revision } = await documents.decide((view) => ({
      rollout: findRollout(view, name, defaultRegistry).rollout,
      revision: view.revision,
    }));
    const nowMs = clock();
    const populations = await outcomes.populations(rollout, nowMs);
    const gates = gatesOf(populations, rollout, nowMs);
    const incident = wanted ? await lastIncident(store, outcomes, rollout) : undefined;
    const report: RolloutReport = {
      registry: rollout.registry,
      mode: rollout.mode,
      revision,
      percentage: rollout.percentage,
      stage_since_ms: rollout.stage_since_ms,
      window: windowOf(rollout, nowMs),
      next_stage: nextStage(rollout) ?? null,
      ready: gates.every(({ passed }) => passed),
      gates,
      mode_figures: figuresReport(populations.mode),
      control_figures: figuresReport(populations.control),
      control: populations.controlIs,
      deployments: {
        local: figuresReport(populations.deployments.local),
        cloud: figuresReport(populations.deployments.cloud),
      },
      ...(incident ? { incident } : {}),
    };
    return { report, revision };
  };
}

async function lastIncident(
  store: Store,
  outcomes: Outcomes,
  rollout: Rollout,
): Promise<Incident | undefined> {
  const entry = await lastRollback(store, rollout);
  if (entry?.details === undefined) return undefined;
  const { revision, timeMs, actor, source, operation } = entry;
  const { kind, trigger, reason, stage, percentage, deployment, gates } = entry.details as unknown as Pick<
    Incident,
    "kind" | "trigger" | "reason" | "stage" | "percentage" | "deployment" | "gates"
  >;
  const windowMs = rollout.thresholds.window_s * 1_000;
  const defaultShare = async (fromMs: number, toMs: number): Promise<number | null> => {
    const asked = (await outcomes.read(rollout.registry, fromMs, toMs)).filter(
      ({ askedMode }) => askedMode === rollout.mode,
    );
    const samples = (cells: typeof asked): number =>
      cells.reduce((sum, { counts }) => sum + counts.samples, 0);
    return share(samples(asked.filter(({ appliedMode }) => appliedMode === DEFAULT_MODE)), samples(asked));
  };
  return {
    revision,
    time_ms: timeMs,
    actor,
    source,
    operation,
    kind,
    trigger,
    reason,
    stage,
    percentage,
    ...(deployment === undefined ? {} : { deployment }),
    gates,
    default_share: {
      before: await defaultShare(timeMs - windowMs, timeMs),
      after: await defaultShare(timeMs, timeMs + windowMs),
    },
  };
}

const READ_AT_ONCE = 100;

/**
 * Of the rollout as it is declared now: one of an earlier declaration is another one's. One that follows another rollback and
 * goes no further turned nothing back, and hides nothing of it.
 */
async function lastRollback(store: Store, { registry, mode }: Rollout): Promise<LogEntry | undefined> {
  const query = { registry, mode, newestFirst: true, limit: READ_AT_ONCE };
  let found: LogEntry | undefined;
  for (let before: number | undefined; ; ) {
    const entries = await store.readLog({ ...query, ...(before === undefined ? {} : { before }) });
    for (const entry of entries) {
      if (entry.operation === "rollback_rollout") {
        if (found !== undefined && goesFurther(found, entry)) return found;
        found = entry;
      } else if (found !== undefined || entry.operation === "delete_rollout") return found;
    }
    before = entries.at(-1)?.revision;
    if (before === undefined || entries.length < READ_AT_ONCE) return found;
  }
}

function goesFurther(later: LogEntry, earlier: LogEntry): boolean {
  return later.details?.kind === "hard" && earlier.details?.kind === "soft";
}
