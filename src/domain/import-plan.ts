/** What an import does to the documents there are, before and after it is done (spec 6.3): plain data, without secrets. */
import type { Difference } from "./document-diff.js";

export interface PlannedChange {
  action: "create" | "change" | "delete";
  registry: string;
  /** Absent for the registry itself. */
  profile?: string;
  /** Of a change; secrets are `<redacted>`. */
  differences?: Difference[];
}

export interface ImportPlan {
  /** In the order of the input: each registry, its profiles, then those that are deleted, by slug. */
  changes: PlannedChange[];
  /** Registries and profiles alike. */
  counts: { created: number; changed: number; unchanged: number; deleted: number };
}

export function emptyPlan(): ImportPlan {
  return { changes: [], counts: { created: 0, changed: 0, unchanged: 0, deleted: 0 } };
}

const COUNTED = { create: "created", change: "changed", delete: "deleted" } as const;

export function addChange(plan: ImportPlan, change: PlannedChange): void {
  plan.changes.push(change);
  plan.counts[COUNTED[change.action]] += 1;
}
