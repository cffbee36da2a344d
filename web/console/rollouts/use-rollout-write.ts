import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ShownRollout } from "../../client/index.js";
import { rolloutQuery } from "../api/queries.js";
import { notify, notifyError } from "../ui/notices.js";

/** A write of a rollout: what it became is shown at once. `quiet`: the caller shows what goes wrong. */
export function useRolloutWrite<T>(write: (input: T) => Promise<ShownRollout>, done: string, quiet = false) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: write,
    onSuccess: (rollout) => {
      queries.setQueryData(rolloutQuery(rollout.registry, rollout.mode).queryKey, rollout);
      notify(done);
    },
    onError: (error) => {
      if (!quiet) notifyError(error);
    },
  });
}
