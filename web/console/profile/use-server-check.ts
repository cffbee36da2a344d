import { useEffect, useState } from "react";
import { ProfileRegistryError, type Violation } from "../../client/index.js";
import { useDebounced } from "../ui/use-debounced.js";
import type { Draft } from "./draft.js";

export interface Check {
  /** `idle`: nothing to check. `conflict`: it fits the rules, but was changed by others since it was read. */
  state: "idle" | "checking" | "valid" | "invalid" | "conflict" | "failed";
  violations: readonly Violation[];
  /** Of a failure that has no field. */
  error?: unknown;
}

const DEBOUNCE_MS = 350;
const NOTHING: Check = { state: "idle", violations: [] };

/**
 * The server's own check of what is being written, as soon as the hand rests: `attempt` is the write itself with
 * `validate_only`. Undefined: there is nothing to check. It must be the same function while it means the same.
 */
export function useServerCheck(
  draft: Draft | undefined,
  attempt: (draft: Draft, signal: AbortSignal) => Promise<unknown>,
): Check {
  const settled = useDebounced(draft, DEBOUNCE_MS);
  const [check, setCheck] = useState<Check>(NOTHING);
  useEffect(() => {
    if (settled === undefined) {
      setCheck(NOTHING);
      return;
    }
    const abort = new AbortController();
    setCheck(({ violations }) => ({ state: "checking", violations }));
    attempt(settled, abort.signal).then(
      () => setCheck({ state: "valid", violations: [] }),
      (error: unknown) => {
        if (!abort.signal.aborted) setCheck(checkOf(error));
      },
    );
    return () => abort.abort();
  }, [settled, attempt]);
  return draft === undefined ? NOTHING : draft === settled ? check : { ...check, state: "checking" };
}

function checkOf(error: unknown): Check {
  const code = error instanceof ProfileRegistryError ? error.code : undefined;
  if (error instanceof ProfileRegistryError && code === "validation") {
    return { state: "invalid", violations: error.errors };
  }
  return { state: code === "version_conflict" ? "conflict" : "failed", violations: [], error };
}
