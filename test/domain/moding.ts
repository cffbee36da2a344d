/** A registry with the mode `fast`, resolved. */
import type { Profile, Registry } from "../../src/domain/document.js";
import type { EnvironmentFlags } from "../../src/domain/processing.js";
import { type Resolution, type ResolveRequest, resolve } from "../../src/domain/resolve.js";
import { newRollout, ROLLOUT_FLAGS, type Rollout, type RolloutFlags } from "../../src/domain/rollout.js";
import type { ShownSecrets } from "../../src/domain/secrets.js";
import { aProfile, aRegistry, viewOf } from "./documents.js";
import { settings } from "./resolving.js";

export const ALL_OFF: RolloutFlags = {
  contract_enabled: false,
  runtime_enabled: false,
  ui_enabled: false,
  cloud_enforced: false,
};

/** Every combination of the flags. */
export const FLAG_STATES: readonly RolloutFlags[] = Array.from({ length: 16 }, (_, bits) => {
  const flags = { ...ALL_OFF };
  ROLLOUT_FLAGS.forEach((flag, i) => {
    flags[flag] = (bits & (1 << i)) !== 0;
  });
  return flags;
});

/** On for every request, but for what is given. */
export function aRollout(members: Partial<Rollout> = {}): Rollout {
  const mode = members.mode ?? "fast";
  return {
    ...newRollout("default", mode, 0),
    contract_enabled: true,
    runtime_enabled: true,
    percentage: 100,
    version: 1,
    ...members,
  };
}

export interface GivenMode {
  selected?: Partial<Profile>;
  /** The mode's own profile; null: there is none. */
  fast?: Partial<Profile> | null;
  registry?: Partial<Registry>;
  rollouts?: readonly Rollout[];
  /** Default: asks for `fast`. */
  request?: Partial<ResolveRequest>;
  shown?: ShownSecrets;
  operator?: { ai_engine?: string };
  environmentFlags?: EnvironmentFlags;
}

/** Of the profile `p`, under which `fast` is `fast-v1`. */
export function answerInMode({
  selected,
  fast = {},
  registry,
  rollouts = [aRollout()],
  request,
  shown = "all",
  operator = {},
  environmentFlags = {},
}: GivenMode = {}): Resolution {
  const view = viewOf(
    [
      {
        registry: aRegistry({
          default_profile_slug: "p",
          processing_modes: { fast: { profiles: ["fast-v1"] } },
          ...registry,
        }),
        profiles: [aProfile(selected), ...(fast === null ? [] : [aProfile({ slug: "fast-v1", ...fast })])],
      },
    ],
    rollouts,
  );
  const asked = { selection: {}, processing: { mode: "fast" }, ...request };
  return resolve(view, asked, shown, { ...settings, operator, environmentFlags });
}
