/** Two profiles that are always written together, so that a reader who sees them differ has mixed two revisions. */
import type { DocumentView } from "../../src/domain/document-view.js";

export interface Pair {
  revision: number;
  a: string | undefined;
  b: string | undefined;
}

export function readPair(view: DocumentView): Pair {
  view.registry("r");
  return {
    revision: view.revision,
    a: view.profile("r", "a")?.display_name,
    b: view.profile("r", "b")?.display_name,
  };
}
