/** The plan of an import for terminals (spec 6.4). */
import type { ImportPlan, PlannedChange } from "../domain/import-plan.js";
import { differenceLines, type Sign, type Style, signedLine } from "./show-diff.js";

const SIGNS: Readonly<Record<PlannedChange["action"], Sign>> = { create: "+", change: "~", delete: "-" };

/** `+ profile team/agent`, `~ profile team/analyst: 2 changes` and what they are, at the end `planSummary`. */
export function* planLines(
  plan: ImportPlan,
  { colours = false }: Pick<Style, "colours"> = {},
): Generator<string> {
  for (const { action, registry, profile, differences = [] } of plan.changes) {
    const name = profile === undefined ? `registry ${registry}` : `profile ${registry}/${profile}`;
    const count = differences.length === 1 ? "1 change" : `${differences.length} changes`;
    yield signedLine(SIGNS[action], action === "change" ? `${name}: ${count}` : name, { colours });
    yield* differenceLines(differences, { colours, indent: "    " });
  }
  yield planSummary(plan);
}

/** Registries and profiles alike: `2 created, 1 changed, 5 unchanged, 0 deleted`. */
export function planSummary({ counts }: ImportPlan): string {
  const { created, changed, unchanged, deleted } = counts;
  return `${created} created, ${changed} changed, ${unchanged} unchanged, ${deleted} deleted`;
}
