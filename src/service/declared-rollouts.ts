/** Rollouts come to be in the commit that declares their mode, and end with it (spec 5.5). */
import type { Registry } from "../domain/document.js";
import { type EnvironmentFlags, flagsOf, startingFlags } from "../domain/processing.js";
import { modesOf } from "../domain/processing-modes.js";
import { newRollout, type Rollout } from "../domain/rollout.js";
import type { Change, Unversioned } from "../store/store.js";

/**
 * What a registry's write does to its rollouts: `before` and `after` are undefined where there is none. To be applied after
 * the write of the registry, or before its delete.
 */
export function rolloutChanges(
  before: Registry | undefined,
  after: Unversioned<Registry> | undefined,
  stored: readonly Rollout[],
  nowMs: number,
  environment: EnvironmentFlags,
): Change[] {
  const declaredBefore = modesIn(before);
  const declared = modesIn(after);
  // One that cannot be read is not among those stored.
  const known = new Set([...declaredBefore, ...stored.map(({ mode }) => mode)]);
  return [
    ...[...known]
      .filter((mode) => !declared.has(mode))
      .map((mode) => endedRollout((after ?? before)!.slug, mode)),
    ...[...declared]
      .filter((mode) => !declaredBefore.has(mode))
      .map((mode) => createdRollout(after!.slug, mode, nowMs, environment)),
  ];
}

/** The environment says only how the first rollout of a mode starts: one that is declared again is all off. */
export function createdRollout(
  registry: string,
  mode: string,
  nowMs: number,
  environment: EnvironmentFlags,
): Change {
  return {
    operation: "create_rollout",
    registry,
    rollout: newRollout(registry, mode, nowMs),
    onFirst: startingFlags(flagsOf(environment, mode)),
  };
}

export function endedRollout(registry: string, mode: string): Change {
  return { operation: "delete_rollout", registry, deleteRollout: mode };
}

function modesIn(registry: Pick<Registry, "processing_modes"> | undefined): ReadonlySet<string> {
  return new Set(registry === undefined ? [] : modesOf(registry).keys());
}
