/** Text in an editor that is no document yet: until it is one, a save would not write what is shown. */
import { useEffect, useSyncExternalStore } from "react";

let editors = 0;
const listeners = new Set<() => void>();

function count(by: 1 | -1): void {
  editors += by;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** For an editor to say so of its text. */
export function useUnfinished(unfinished: boolean): void {
  useEffect(() => {
    if (!unfinished) return;
    count(1);
    return () => count(-1);
  }, [unfinished]);
}

/** Whether there is such an editor in sight. */
export function useAnyUnfinished(): boolean {
  return useSyncExternalStore(subscribe, () => editors > 0);
}
