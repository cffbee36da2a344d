import { useCallback } from "react";
import { useSearchParams } from "wouter";

/** A parameter of the query as state: what a view shows is in its URL. Blank removes it. */
export function useQueryState(name: string, initial = ""): [string, (value: string) => void] {
  const [params, setParams] = useSearchParams();
  const set = useCallback(
    (value: string) =>
      setParams(
        () => {
          // What the URL says now: another parameter may have been set in the same breath.
          const next = new URLSearchParams(window.location.search);
          if (value === "" || value === initial) next.delete(name);
          else next.set(name, value);
          return next;
        },
        { replace: true },
      ),
    [setParams, name, initial],
  );
  return [params.get(name) ?? initial, set];
}
