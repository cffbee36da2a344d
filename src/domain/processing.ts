/** Which variant of its runtime a request gets (spec 5): a pure function of declaration, rollouts, caps and request. */
import { BUCKETS, bucketOf, bucketsIn } from "./bucket.js";
import type { Profile, Registry } from "./document.js";
import type { DocumentView } from "./document-view.js";
import { DomainError, isDataLoss, malformed, quoteCut } from "./errors.js";
import { isBlank, normalizeIdentifier } from "./identifiers.js";
import { isObject, type Json, member } from "./json.js";
import { DEFAULT_MODE, modesOf, type ProcessingMode } from "./processing-modes.js";
import {
  DEPLOYMENTS,
  type Deployment,
  NEEDED_FLAG,
  ROLLOUT_FLAGS,
  type Rollout,
  type RolloutFlag,
  type RolloutFlags,
} from "./rollout.js";

/** What of a request decides its mode. `processing` is as it was sent; null counts as absent. */
export interface ProcessingRequest {
  processing?: Json | undefined;
  /** Blank: `local`. */
  deployment?: string | undefined;
  conv_id?: string | undefined;
  targeting_key?: string | undefined;
}

export const PROCESSING_OUTCOMES = [
  "applied",
  "not_requested",
  "contract_disabled",
  "runtime_disabled",
  "not_in_rollout",
  "profile_missing",
  "profile_invalid",
] as const;
export type ProcessingOutcome = (typeof PROCESSING_OUTCOMES)[number];

/** The answer's `processing` (spec 5.4). */
export interface Processing {
  /** The mode asked for where it was not ignored, else `default`. */
  requested_mode: string;
  applied_mode: string;
  /** The mode's profile, where it was applied. */
  profile?: string;
  profile_version?: number;
  outcome: ProcessingOutcome;
  /** The request's bucket in the rollout of the mode asked for, where it has a key. */
  bucket?: number;
}

/** By mode: what the environment of this process says of its flags. False caps a flag off, true is where it starts. */
export type EnvironmentFlags = Readonly<Record<string, Partial<RolloutFlags>>>;

/**
 * The flags as they act: one counts as off where the process caps it, and while one that it needs is off. A rollout that is
 * absent or cannot be read is all off.
 */
export function effectiveFlags(
  rollout: Rollout | undefined,
  mode: string,
  environment: EnvironmentFlags,
): RolloutFlags {
  const caps = flagsOf(environment, mode);
  return withNeeded((flag) => rollout?.[flag] === true && caps[flag] !== false);
}

/** Those that a mode starts with when a registry first declares it, of what the environment says of them. */
export function startingFlags(given: Partial<RolloutFlags>): RolloutFlags {
  return withNeeded((flag) => given[flag] === true);
}

function withNeeded(isOn: (flag: RolloutFlag) => boolean): RolloutFlags {
  const on = {} as RolloutFlags;
  for (const flag of ROLLOUT_FLAGS) {
    const needed = NEEDED_FLAG[flag];
    on[flag] = isOn(flag) && (needed === undefined || on[needed]);
  }
  return on;
}

/** What the environment says of a mode's flags. */
export function flagsOf(environment: EnvironmentFlags, mode: string): Partial<RolloutFlags> {
  return Object.hasOwn(environment, mode) ? environment[mode]! : {};
}

/** The flags that the environment holds off, whatever is stored. */
export function cappedFlags(mode: string, environment: EnvironmentFlags): RolloutFlag[] {
  const caps = flagsOf(environment, mode);
  return ROLLOUT_FLAGS.filter((flag) => caps[flag] === false);
}

const NOT_REQUESTED: Processing = {
  requested_mode: DEFAULT_MODE,
  applied_mode: DEFAULT_MODE,
  outcome: "not_requested",
};
const IGNORED: Processing = { ...NOT_REQUESTED, outcome: "contract_disabled" };

export interface ProcessingDecision {
  processing: Processing;
  /** To be laid over the selected one. */
  profile?: Profile;
}

/**
 * Throws `malformed` for what a contract refuses, and `failed_precondition` where the cloud path insists on a mode whose
 * profile is not there.
 */
export function decideProcessing(
  view: DocumentView,
  registry: Registry,
  request: ProcessingRequest,
  environment: EnvironmentFlags,
): ProcessingDecision {
  const deployment = parseDeployment(request.deployment);
  const given = request.processing ?? undefined;
  if (given === undefined) return { processing: NOT_REQUESTED };
  const modes = modesOf(registry);
  const rollouts = modes.size === 0 ? [] : view.rollouts(registry.slug);
  const actingFlags = (mode: string): RolloutFlags =>
    effectiveFlags(rolloutOf(rollouts, mode), mode, environment);
  const contract = [...modes.keys()].some((mode) => actingFlags(mode).contract_enabled);
  if (!contract) return { processing: asksForDefault(given) ? NOT_REQUESTED : IGNORED };

  const { mode, profile: wished } = parseProcessing(given, modes);
  if (mode === DEFAULT_MODE) return { processing: NOT_REQUESTED };
  const flags = actingFlags(mode);
  if (!flags.contract_enabled) return { processing: IGNORED };
  const slug = chooseProfile(modes.get(mode)!, wished);
  const rollout = rolloutOf(rollouts, mode)!;
  const { inside, bucket } = placeIn(rollout, request);
  const stripped = (outcome: ProcessingOutcome): ProcessingDecision => ({
    processing: {
      requested_mode: mode,
      applied_mode: DEFAULT_MODE,
      outcome,
      ...(bucket === undefined ? {} : { bucket }),
    },
  });
  if (!flags.runtime_enabled) return stripped("runtime_disabled");
  if (!inside) return stripped("not_in_rollout");
  const profile = modeProfile(view, registry.slug, slug);
  if (typeof profile === "string") {
    if (flags.cloud_enforced && deployment === "cloud") {
      throw new DomainError(
        "failed_precondition",
        `processing mode "${mode}" is enforced for cloud and its profile "${slug}" ${
          profile === "profile_missing" ? "does not exist" : "cannot be read"
        }`,
        { metadata: { mode, profile: slug, outcome: profile } },
      );
    }
    return stripped(profile);
  }
  return {
    processing: {
      requested_mode: mode,
      applied_mode: mode,
      profile: profile.slug,
      profile_version: profile.metadata.version,
      outcome: "applied",
      ...(bucket === undefined ? {} : { bucket }),
    },
    profile,
  };
}

/** The profile of a mode, or why it cannot be applied. */
export function modeProfile(
  view: DocumentView,
  registry: string,
  slug: string,
): Profile | "profile_missing" | "profile_invalid" {
  try {
    return view.profile(registry, slug) ?? "profile_missing";
  } catch (error) {
    if (isDataLoss(error)) return "profile_invalid";
    throw error;
  }
}

export function rolloutOf(rollouts: readonly Rollout[], mode: string): Rollout | undefined {
  return rollouts.find((rollout) => rollout.mode === mode);
}

/** Throws `malformed`. */
export function parseDeployment(raw: string | undefined): Deployment {
  if (isBlank(raw)) return "local";
  const value = normalizeIdentifier(raw) as Deployment;
  if (!DEPLOYMENTS.includes(value)) throw malformed(`deployment must be one of ${quotedList(DEPLOYMENTS)}`);
  return value;
}

/** Whether it would be `default` if it were read. */
function asksForDefault(given: Json): boolean {
  if (!isObject(given)) return false;
  const mode = member(given, "mode") ?? undefined;
  return mode === undefined || (typeof mode === "string" && modeName(mode) === DEFAULT_MODE);
}

function modeName(raw: string): string {
  return isBlank(raw) ? DEFAULT_MODE : normalizeIdentifier(raw);
}

function parseProcessing(
  given: Json,
  modes: ReadonlyMap<string, ProcessingMode>,
): { mode: string; profile: string | undefined } {
  if (!isObject(given)) throw malformed("processing must be an object");
  const text = (name: string): string | undefined => {
    const value = member(given, name) ?? undefined;
    if (value === undefined || typeof value === "string") return value;
    throw malformed(`processing.${name} must be a string`);
  };
  const mode = modeName(text("mode") ?? "");
  const profile = text("profile");
  text("reason");
  if (mode !== DEFAULT_MODE && !modes.has(mode)) {
    throw malformed(`processing.mode must be one of ${quotedList([DEFAULT_MODE, ...modes.keys()])}`);
  }
  return { mode, profile };
}

function chooseProfile({ profiles }: ProcessingMode, wished: string | undefined): string {
  if (isBlank(wished)) return profiles[0]!;
  const slug = normalizeIdentifier(wished);
  if (!profiles.includes(slug)) throw malformed(`processing.profile must be one of ${quotedList(profiles)}`);
  return slug;
}

function placeIn(
  rollout: Rollout,
  { targeting_key, conv_id }: ProcessingRequest,
): { inside: boolean; bucket: number | undefined } {
  const key = isBlank(targeting_key) ? conv_id : targeting_key;
  const bucket = isBlank(key) ? undefined : bucketOf(rollout.salt, key);
  const invited = [targeting_key, conv_id].some((one) => !isBlank(one) && rollout.cohort.includes(one));
  const limit = bucketsIn(rollout.percentage);
  return { inside: invited || (bucket === undefined ? limit >= BUCKETS : bucket < limit), bucket };
}

/** Words as messages list them. */
export function quotedList(words: readonly string[]): string {
  return words.map((word) => `"${quoteCut(word)}"`).join(", ");
}
