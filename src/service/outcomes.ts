/** Reports of turns, added up in memory and passed on to the store in batches (spec 5.5). */
import type { DocumentView } from "../domain/document-view.js";
import { DomainError, isDataLoss, malformed } from "../domain/errors.js";
import { addCounts, type FiguresCell, type FiguresKey, noCounts } from "../domain/figures.js";
import { isBlank, normalizeIdentifier } from "../domain/identifiers.js";
import { latencyBucket } from "../domain/latency-buckets.js";
import { cellOf, count, isMismatch, isSevereSafety } from "../domain/outcome-cell.js";
import { type Populations, populationsOf, windowOf } from "../domain/populations.js";
import { DEFAULT_MODE } from "../domain/processing-modes.js";
import { isWatched } from "../domain/regression.js";
import type { Outcome, Rollout } from "../domain/rollout.js";
import type { ServiceContext } from "./context.js";
import type { KnownRollouts } from "./known-rollouts.js";
import { allRollouts } from "./rollout-state.js";

export interface Outcomes {
  /** See RolloutsService.reportOutcomes. */
  report(outcomes: readonly Outcome[]): Promise<{ accepted: number; dropped: number }>;
  /** Passes on what has been reported here. Throws `unavailable`: then it is kept for the next time. */
  flush(): Promise<void>;
  /** Of a registry, of all processes, from a time on: what was reported here before is in it. */
  read(registry: string, fromMs: number, toMs?: number): Promise<FiguresCell[]>;
  /** Of a rollout's window. */
  populations(rollout: Rollout, nowMs: number): Promise<Populations>;
  /** Calls back at once where a report alone may turn modes back. */
  onAlarm(listener: () => void): void;
  /** Reports since the process began. */
  counters(): { accepted: number; dropped: number };
}

const MOST_REPORTS = 1_000;
/** How many numbers are kept in memory while the store does not take them: about 10 MB. */
const MOST_PENDING = 100_000;
/** Numbers of a cell besides its latencies. */
const NUMBERS_PER_CELL = 10;
/** Figures are kept for two windows, so that what was before an incident can be told, and this much longer. */
const KEPT_LONGER_MS = 3_600_000;
const LEAST_WINDOW_MS = 900_000;
const KNOWN_FOR_MS = 10_000;

export function createOutcomes(
  { store, documents, defaultRegistry, clock }: ServiceContext,
  known: KnownRollouts,
): Outcomes {
  let pending = createPending();
  let flushing: Promise<void> | undefined;
  let alarm = (): void => {};
  const counters = { accepted: 0, dropped: 0 };

  const keepSince = async (): Promise<number> => {
    const windows = (await known.all(KNOWN_FOR_MS)).map(({ rollout }) => rollout.thresholds.window_s * 1_000);
    const widest = windows.reduce((most, window) => Math.max(most, window), LEAST_WINDOW_MS);
    return clock() - 2 * widest - KEPT_LONGER_MS;
  };

  const write = async (): Promise<void> => {
    const batch = pending;
    pending = createPending();
    try {
      await store.addFigures(batch.cells(), await keepSince());
    } catch (error) {
      const later = pending;
      pending = batch;
      for (const cell of later.cells()) pending.merge(cell);
      throw error;
    }
  };

  const flush = async (): Promise<void> => {
    // One at a time: what is under way may fail, and is then pending again.
    while (flushing !== undefined) await flushing.catch(() => undefined);
    if (pending.isEmpty()) return;
    flushing = write().finally(() => {
      flushing = undefined;
    });
    await flushing;
  };

  const read: Outcomes["read"] = async (registry, fromMs, toMs) => {
    await flush();
    return store.readFigures({ registry, fromMs, ...(toMs === undefined ? {} : { toMs }) });
  };

  return {
    async report(given) {
      checkOutcomes(given);
      const nowMs = clock();
      const outcomes = given.map((outcome) => named(outcome, defaultRegistry));
      const places = await documents
        .decide((view) => {
          const rolloutsIn = rememberedByName((registry) => declaredIn(view, registry));
          return outcomes.map((outcome) => placeOf(outcome, rolloutsIn(outcome.registry), nowMs));
        })
        .catch(orNone);
      let accepted = 0;
      let alarming = false;
      outcomes.forEach((outcome, i) => {
        const place = places[i];
        if (place === undefined || !pending.add(place.key, outcome)) return;
        accepted++;
        alarming ||= place.alarming;
      });
      const dropped = outcomes.length - accepted;
      counters.accepted += accepted;
      counters.dropped += dropped;
      if (alarming) alarm();
      return { accepted, dropped };
    },
    flush,
    read,
    async populations(rollout, nowMs) {
      const { from_ms } = windowOf(rollout, nowMs);
      return populationsOf(await read(rollout.registry, from_ms), rollout, from_ms);
    },
    onAlarm(listener) {
      alarm = listener;
    },
    counters: () => ({ ...counters }),
  };
}

/** Throws `malformed`. */
function checkOutcomes(outcomes: readonly Outcome[]): void {
  if (outcomes.length > MOST_REPORTS) throw malformed(`outcomes must not be more than ${MOST_REPORTS}`);
  outcomes.forEach(({ latency_ms, quality_score }, i) => {
    if (!(latency_ms >= 0 && Number.isFinite(latency_ms))) {
      throw malformed(`outcomes[${i}].latency_ms must be a number of at least 0`);
    }
    if (quality_score !== undefined && !(quality_score >= 0 && quality_score <= 1)) {
      throw malformed(`outcomes[${i}].quality_score must be a number from 0 to 1`);
    }
  });
}

function named(outcome: Outcome, defaultRegistry: string): Outcome {
  const name = (raw: string, blank: string): string => (isBlank(raw) ? blank : normalizeIdentifier(raw));
  return {
    ...outcome,
    registry: name(outcome.registry, defaultRegistry),
    mode: name(outcome.mode, DEFAULT_MODE),
    resolved_mode: name(outcome.resolved_mode, DEFAULT_MODE),
    applied_mode: name(outcome.applied_mode, DEFAULT_MODE),
  };
}

interface Place {
  key: FiguresKey;
  /** Whether a rollout that turns back by itself does so for this report alone. */
  alarming: boolean;
}

/** Of every mode of a registry; undefined where it is not there or cannot be read. */
function declaredIn(view: DocumentView, slug: string): Rollout[] | undefined {
  try {
    const registry = view.registry(slug);
    return registry && allRollouts(view, registry).map(({ rollout }) => rollout);
  } catch (error) {
    if (isDataLoss(error)) return undefined;
    throw error;
  }
}

function rememberedByName<T>(find: (name: string) => T): (name: string) => T {
  const found = new Map<string, T>();
  return (name) => {
    if (!found.has(name)) found.set(name, find(name));
    return found.get(name)!;
  };
}

/** Undefined where the registry is none, or does not declare a mode of the report. */
function placeOf(
  outcome: Outcome,
  rollouts: readonly Rollout[] | undefined,
  nowMs: number,
): Place | undefined {
  if (rollouts === undefined) return undefined;
  const { mode, resolved_mode, applied_mode } = outcome;
  const named = (name: string): Rollout | undefined => rollouts.find((rollout) => rollout.mode === name);
  const isDeclared = (name: string): boolean => name === DEFAULT_MODE || named(name) !== undefined;
  if (![mode, resolved_mode, applied_mode].every(isDeclared)) return undefined;
  const watched = (name: string): boolean => {
    const rollout = named(name);
    return rollout !== undefined && isWatched(rollout);
  };
  return {
    key: cellOf(outcome, rollouts, nowMs),
    alarming:
      (isMismatch(outcome) && (watched(mode) || watched(applied_mode))) ||
      (isSevereSafety(outcome) && watched(applied_mode)),
  };
}

/** While the store cannot even say what is declared, reports are lost. */
function orNone(error: unknown): undefined[] {
  if (error instanceof DomainError && error.code === "unavailable") return [];
  throw error;
}

interface Pending {
  /** False where there is no room for it. */
  add(key: FiguresKey, outcome: Outcome): boolean;
  /** Whatever room there is. */
  merge(cell: FiguresCell): void;
  cells(): FiguresCell[];
  isEmpty(): boolean;
}

function createPending(): Pending {
  const cells = new Map<string, FiguresCell>();
  let numbers = 0;
  const nameOf = ({ registry, askedMode, appliedMode, deployment, slotMs }: FiguresKey): string =>
    `${registry}/${askedMode}/${appliedMode}/${deployment}/${slotMs}`;
  const put = (cell: FiguresCell): FiguresCell => {
    const name = nameOf(cell);
    numbers += numbersOf(cell) - numbersOf(cells.get(name));
    cells.set(name, cell);
    return cell;
  };
  return {
    add(key, outcome) {
      if (numbers >= MOST_PENDING) return false;
      const cell = cells.get(nameOf(key)) ?? put({ ...key, counts: noCounts() });
      if (!(latencyBucket(outcome.latency_ms) in cell.counts.latency)) numbers++;
      count(cell.counts, outcome);
      return true;
    },
    merge(cell) {
      const before = cells.get(nameOf(cell));
      put(before ? { ...cell, counts: addCounts(before.counts, cell.counts) } : cell);
    },
    cells: () => [...cells.values()],
    isEmpty: () => cells.size === 0,
  };
}

function numbersOf(cell: FiguresCell | undefined): number {
  return cell === undefined ? 0 : NUMBERS_PER_CELL + Object.keys(cell.counts.latency).length;
}
