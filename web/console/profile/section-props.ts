import type { Violation } from "../../client/index.js";
import type { Draft } from "./draft.js";

/** What every part of the form is given. */
export interface SectionProps {
  draft: Draft;
  update: (change: (draft: Draft) => Draft) => void;
  violations: readonly Violation[];
  readOnly: boolean;
}

export function withRuntime(draft: Draft, runtime: Partial<Draft["runtime"]>): Draft {
  return { ...draft, runtime: { ...draft.runtime, ...runtime } };
}
