/** What a registry declares of a mode and stores of its rollout, together. */
import { configDigest } from "../domain/config-digest.js";
import type { Registry } from "../domain/document.js";
import type { DocumentView } from "../domain/document-view.js";
import { DomainError, malformed, quoteCut } from "../domain/errors.js";
import { parseSlug } from "../domain/identifiers.js";
import { cappedFlags, type EnvironmentFlags, effectiveFlags, rolloutOf } from "../domain/processing.js";
import { modesOf, type ProcessingMode } from "../domain/processing-modes.js";
import { newRollout, type Rollout, type ShownRollout } from "../domain/rollout.js";
import { chooseRegistry, existingRegistry } from "./names.js";

/** Names a rollout. Throws `malformed`, or `not_found` for an unknown registry and for a mode that it does not declare. */
export interface RolloutName {
  registry: string | undefined;
  mode: string;
}

export interface RolloutState {
  registry: Registry;
  declaration: ProcessingMode;
  /** All off, with version 0, where it is lost or cannot be read. */
  rollout: Rollout;
}

export function findRollout(view: DocumentView, name: RolloutName, defaultRegistry: string): RolloutState {
  const choice = chooseRegistry(name.registry, defaultRegistry);
  const mode = parseSlug(name.mode, "processing mode");
  if (!mode.ok) throw malformed(mode.reason);
  const registry = existingRegistry(view, choice);
  const state = stateOf(view, registry, mode.value);
  if (state === undefined) {
    throw new DomainError("not_found", `processing mode not found: ${quoteCut(name.mode)}`);
  }
  return state;
}

/** By mode. */
export function allRollouts(view: DocumentView, registry: Registry): RolloutState[] {
  return [...modesOf(registry).keys()].map((mode) => stateOf(view, registry, mode)!);
}

export function stateOf(view: DocumentView, registry: Registry, mode: string): RolloutState | undefined {
  const declaration = modesOf(registry).get(mode);
  if (declaration === undefined) return undefined;
  const stored = rolloutOf(view.rollouts(registry.slug), mode);
  return {
    registry,
    declaration,
    rollout: stored ?? { ...newRollout(registry.slug, mode, 0), version: 0 },
  };
}

export function shownRollout(
  view: DocumentView,
  { declaration, rollout }: RolloutState,
  environment: EnvironmentFlags,
): ShownRollout {
  const { registry, mode, thresholds } = rollout;
  const flags = effectiveFlags(rollout, mode, environment);
  return {
    ...rollout,
    config_digest: configDigest(view, { registry, declaration, flags, thresholds }),
    capped: cappedFlags(mode, environment),
  };
}
