/** The registry that was looked at last: what the parts of the console that belong to a registry open with. */
import { useEffect, useSyncExternalStore } from "react";

let last: string | undefined;
const listeners = new Set<() => void>();

export function useLastRegistry(): string | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => last,
  );
}

export function useRememberRegistry(registry: string): void {
  useEffect(() => {
    last = registry;
    for (const listener of listeners) listener();
  }, [registry]);
}
