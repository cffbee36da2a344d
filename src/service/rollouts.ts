/** Use cases on rollouts (spec 5.5). */
import type { DocumentView } from "../domain/document-view.js";
import { DomainError, type Violation, validationError } from "../domain/errors.js";
import { gatesOf, unmetGates } from "../domain/gates.js";
import type { JsonObject } from "../domain/json.js";
import { cappedFlags, type EnvironmentFlags, effectiveFlags, modeProfile } from "../domain/processing.js";
import type {
  Features,
  Gate,
  Outcome,
  RollbackKind,
  Rollout,
  RolloutFlag,
  RolloutInput,
  ShownRollout,
} from "../domain/rollout.js";
import {
  advanced,
  draftReason,
  draftRollout,
  nextStage,
  onlyGoesBack,
  rolledBack,
  unmetNeeds,
} from "../domain/rollout-draft.js";
import type { Committed, Operation } from "../store/store.js";
import type { ServiceContext } from "./context.js";
import { chooseRegistry, existingRegistry } from "./names.js";
import type { Outcomes } from "./outcomes.js";
import { rollbackDetails } from "./rollback-details.js";
import { createReport, type GetReport } from "./rollout-report.js";
import {
  allRollouts,
  findRollout,
  type RolloutName,
  type RolloutState,
  shownRollout,
} from "./rollout-state.js";
import { type Caller, checkExpectedVersion, type Plan } from "./write.js";

export interface RolloutAnswer {
  rollout: ShownRollout;
  /** The revision that this reflects; of a write, its own. */
  revision: number;
}

export interface UpdateRollout extends RolloutName {
  input: RolloutInput;
  expectedVersion?: number | undefined;
  /** Does what gates would refuse. Needs `reason`. */
  force?: boolean | undefined;
  reason?: string | undefined;
}

export interface RolloutsService {
  /** By mode. A declared mode whose state is lost shows as all off, with version 0. */
  listRollouts(registry: string | undefined): Promise<{ rollouts: ShownRollout[]; revision: number }>;
  getRollout(name: RolloutName): Promise<RolloutAnswer>;
  updateRollout(request: UpdateRollout, caller: Caller): Promise<RolloutAnswer>;
  advanceRollout(
    request: RolloutName & { expectedVersion?: number | undefined },
    caller: Caller,
  ): Promise<RolloutAnswer>;
  rollbackRollout(
    request: RolloutName & {
      kind: RollbackKind;
      reason?: string | undefined;
      expectedVersion?: number | undefined;
    },
    caller: Caller,
  ): Promise<RolloutAnswer>;
  /** `incident`: with the last rollback. */
  getReport: GetReport;
  features(registry: string | undefined): Promise<{ features: Features; revision: number }>;
  /**
   * Never waits for the store. At most 1,000: throws `malformed` for more, and for latencies and scores that are none. A
   * blank registry is the default one, a blank mode `default`.
   */
  reportOutcomes(outcomes: readonly Outcome[]): Promise<{ accepted: number; dropped: number }>;
}

type Given = Omit<ShownRollout, "version">;

export function createRolloutsService(context: ServiceContext, outcomes: Outcomes): RolloutsService {
  const { documents, writer, defaultRegistry, requireExpectedVersion, environmentFlags } = context;

  const find = (name: RolloutName): Promise<RolloutState> =>
    documents.decide((view) => findRollout(view, name, defaultRegistry));

  const readGates = async ({ rollout }: RolloutState, nowMs: number): Promise<Gate[]> =>
    gatesOf(await outcomes.populations(rollout, nowMs), rollout, nowMs);

  /** What a write stores, and what of it the answer needs. */
  const plan = async (
    operation: Operation,
    state: RolloutState,
    { version: _, ...rollout }: Rollout,
    details: JsonObject,
  ): Promise<Plan<Given>> => {
    const { slug, metadata } = state.registry;
    const { version } = state.rollout;
    const { version: __, ...given } = await documents.decide((view) =>
      shownRollout(view, { ...state, rollout: { ...rollout, version } }, environmentFlags),
    );
    return {
      expect: [
        // A rollout ends with its declaration, so its version covers that; of one that is lost the registry's does.
        { registry: slug, version: version === 0 ? metadata.version : "exists" },
        { registry: slug, mode: rollout.mode, version },
      ],
      changes: [
        {
          operation,
          registry: slug,
          rollout,
          ...(Object.keys(details).length > 0 ? { details } : {}),
        },
      ],
      given,
    };
  };

  const checkVersion = ({ mode, version }: Rollout, expected: number | undefined, required: boolean): void =>
    checkExpectedVersion({ kind: "rollout", slug: mode, version }, expected, required);

  return {
    listRollouts: (registry) =>
      documents.decide((view) => ({
        rollouts: allRollouts(view, existingRegistry(view, chooseRegistry(registry, defaultRegistry))).map(
          (state) => shownRollout(view, state, environmentFlags),
        ),
        revision: view.revision,
      })),

    getRollout: (name) =>
      documents.decide((view) => ({
        rollout: shownRollout(view, findRollout(view, name, defaultRegistry), environmentFlags),
        revision: view.revision,
      })),

    updateRollout({ input, expectedVersion, force = false, reason: rawReason, ...name }, caller) {
      return writer.writeAfter(
        caller,
        async (nowMs) => {
          const state = await find(name);
          const { rollout: stored } = state;
          const violations: Violation[] = [];
          const draft = draftRollout(stored, input, nowMs, violations);
          const reason = draftReason(rawReason, force, violations);
          if (violations.length > 0) throw validationError(violations);
          checkVersion(stored, expectedVersion, requireExpectedVersion && !onlyGoesBack(stored, input));
          refuseUnmetNeeds(stored, draft);
          if (!force) {
            refuseSkippedStage(stored, draft);
            if (draft.ui_enabled && !stored.ui_enabled) {
              refuseUnmetGates(stored, "ui_enabled cannot be turned on", await readGates(state, nowMs));
            }
          }
          return plan("update_rollout", state, draft, {
            ...(force ? { force } : {}),
            ...(reason === undefined ? {} : { reason }),
          });
        },
        rolloutAnswer,
      );
    },

    advanceRollout({ expectedVersion, ...name }, caller) {
      return writer.writeAfter(
        caller,
        async (nowMs) => {
          const state = await find(name);
          const { rollout: stored } = state;
          checkVersion(stored, expectedVersion, requireExpectedVersion);
          const { mode, percentage: from } = stored;
          const to = nextStage(stored);
          if (to === undefined) throw unmet(mode, `rollout "${mode}" is at its last stage (${from}%)`);
          let gates: Gate[] = [];
          if (from === 0) {
            const obstacles = await documents.decide((view) => whatIsMissing(view, state, environmentFlags));
            if (obstacles.length > 0) {
              throw unmet(mode, `rollout "${mode}" cannot advance to ${to}%: ${obstacles.join("; ")}`);
            }
          } else {
            gates = await readGates(state, nowMs);
            refuseUnmetGates(stored, `cannot advance to ${to}%`, gates);
          }
          const details = { from, to, gates: gates as unknown as JsonObject[] };
          return plan("advance_rollout", state, advanced(stored, to, nowMs), details);
        },
        rolloutAnswer,
      );
    },

    rollbackRollout({ kind, reason: rawReason, expectedVersion, ...name }, caller) {
      return writer.writeAfter(
        caller,
        async (nowMs) => {
          const state = await find(name);
          const violations: Violation[] = [];
          const reason = draftReason(rawReason, false, violations);
          if (violations.length > 0) throw validationError(violations);
          checkVersion(state.rollout, expectedVersion, false);
          const gates = await readGates(state, nowMs).catch((error: unknown) => error as Error);
          return plan(
            "rollback_rollout",
            state,
            rolledBack(state.rollout, kind, nowMs),
            rollbackDetails(state.rollout, { kind, trigger: "manual", reason: reason ?? "", gates }),
          );
        },
        rolloutAnswer,
      );
    },

    getReport: createReport(context, outcomes),

    features: (raw) =>
      documents.decide((view) => {
        const registry = existingRegistry(view, chooseRegistry(raw, defaultRegistry));
        const modes = allRollouts(view, registry).map(({ declaration, rollout: { mode }, rollout }) => ({
          mode,
          ...(declaration.description === undefined ? {} : { description: declaration.description }),
          profiles: [...declaration.profiles],
          visible:
            effectiveFlags(rollout, mode, environmentFlags).ui_enabled &&
            typeof modeProfile(view, registry.slug, declaration.profiles[0]!) !== "string",
        }));
        return { features: { registry: registry.slug, modes }, revision: view.revision };
      }),

    reportOutcomes: outcomes.report,
  };
}

function rolloutAnswer({ versions, revision }: Committed, given: Given): RolloutAnswer {
  return { rollout: { ...given, version: versions[0]! }, revision };
}

function unmet(mode: string, message: string, gates: readonly Gate[] = []): DomainError {
  const names = gates.filter(({ passed }) => !passed).map(({ name }) => name);
  return new DomainError("failed_precondition", message, {
    metadata: { mode, ...(names.length > 0 ? { gates: names.join(",") } : {}) },
  });
}

function refuseUnmetNeeds(stored: Rollout, draft: Rollout): void {
  const texts = unmetNeeds(stored, draft).map(({ flag, needed }) => `${flag} needs ${needed}, which is off`);
  if (texts.length > 0) throw unmet(stored.mode, `rollout "${stored.mode}": ${texts.join("; ")}`);
}

const OR_FORCE = "force with a reason does it all the same";

function refuseSkippedStage(stored: Rollout, draft: Rollout): void {
  if (draft.percentage <= stored.percentage) return;
  const next = nextStage(stored);
  if (next !== undefined && draft.percentage <= next) return;
  const limit = next === undefined ? "it is at its last stage" : `its next stage is ${next}%`;
  throw unmet(
    stored.mode,
    `rollout "${stored.mode}" cannot be raised from ${stored.percentage}% to ${draft.percentage}%: ${limit} (${OR_FORCE})`,
  );
}

function refuseUnmetGates({ mode }: Rollout, what: string, gates: readonly Gate[]): void {
  if (gates.every(({ passed }) => passed)) return;
  throw unmet(mode, `rollout "${mode}" ${what}: gates not met: ${unmetGates(gates)}`, gates);
}

/** Why a mode cannot take its first turns. */
function whatIsMissing(
  view: DocumentView,
  { registry, declaration, rollout }: RolloutState,
  environment: EnvironmentFlags,
): string[] {
  const { mode } = rollout;
  const capped = cappedFlags(mode, environment);
  const off = (["contract_enabled", "runtime_enabled"] as const satisfies RolloutFlag[])
    // One that is stored on and not capped lacks only the other, which is told.
    .filter((flag) => !rollout[flag] || capped.includes(flag))
    .map((flag) =>
      rollout[flag] ? `${flag} is held off by the environment of this process` : `${flag} is off`,
    );
  const slug = declaration.profiles[0]!;
  const profile = modeProfile(view, registry.slug, slug);
  if (typeof profile !== "string") return off;
  const why = profile === "profile_missing" ? "does not exist" : "cannot be read";
  return [...off, `its profile "${slug}" ${why}`];
}
