/** Edits that are not saved yet: they outlast a look at another view, and the page asks before it is left with them. */
import { useCallback, useSyncExternalStore } from "react";
import type { Draft } from "./draft.js";

export interface KeptDraft {
  draft: Draft;
  /** What it was made from. */
  base: Draft;
  baseVersion: number;
}

const drafts = new Map<string, KeptDraft>();
const listeners = new Set<() => void>();

/** What a draft becomes is decided from what it is then, not from what was last shown. */
export type Keep = (change: (now: KeptDraft | undefined) => KeptDraft | undefined) => void;

export function useKeptDraft(key: string): [KeptDraft | undefined, Keep] {
  const kept = useSyncExternalStore(subscribe, () => drafts.get(key));
  const keep = useCallback<Keep>(
    (change) => {
      const next = change(drafts.get(key));
      if (next === undefined) drafts.delete(key);
      else drafts.set(key, next);
      for (const listener of listeners) listener();
    },
    [key],
  );
  return [kept, keep];
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

window.addEventListener("beforeunload", (event) => {
  if (drafts.size > 0) event.preventDefault();
});
