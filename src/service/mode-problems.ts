/** Declared modes that cannot be applied as they are declared (spec 5.1): reported, and never in the way of a default resolve. */
import type { Registry } from "../domain/document.js";
import type { DocumentView } from "../domain/document-view.js";
import { modeProfile } from "../domain/processing.js";
import { modesOf } from "../domain/processing-modes.js";

export interface ModeProblem {
  registry: string;
  mode: string;
  profile: string;
  problem: "profile_missing" | "profile_invalid";
}

export function modeProblems(view: DocumentView, registry: Registry): ModeProblem[] {
  const problems: ModeProblem[] = [];
  for (const [mode, { profiles }] of modesOf(registry)) {
    for (const profile of profiles) {
      const found = modeProfile(view, registry.slug, profile);
      if (typeof found === "string")
        problems.push({ registry: registry.slug, mode, profile, problem: found });
    }
  }
  return problems;
}
