/** The answer of a resolve as JSON text, without and with what differs from turn to turn. */
import { oncePer } from "../domain/once-per.js";
import type { Processing } from "../domain/processing.js";
import type { Resolution } from "../domain/resolve.js";
import type { EncodedParts, FoundAnswer } from "../service/encoded-answers.js";

export function resolutionParts(resolution: Resolution): EncodedParts {
  const { registry, profile, profile_version, revision: _, ...rest } = resolution;
  const { runtime_key, runtime, step_settings, fingerprint, selection, processing: _p, ...last } = rest;
  return {
    head: membersOf({ registry, profile, profile_version }),
    middle: membersOf({ runtime_key, runtime, step_settings, fingerprint, selection }),
    tail: membersOf(last),
  };
}

export function resolutionText(
  { answer: { head, middle, tail }, revision, processing }: FoundAnswer,
  conversation: string | undefined,
): string {
  const own = conversation === undefined ? "" : `"conv_id":${JSON.stringify(conversation)},`;
  return `{${own}${head},"revision":${revision},${middle},"processing":${processingText(processing)},${tail}}`;
}

/** There is at least one. */
function membersOf(object: object): string {
  return JSON.stringify(object).slice(1, -1);
}

/** Most are of the same few decisions. */
const processingText = oncePer((processing: Processing) => JSON.stringify(processing));
