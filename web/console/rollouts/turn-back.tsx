import { useState } from "react";
import type { RollbackKind, ShownRollout } from "../../client/index.js";
import { client } from "../api/client.js";
import { Button } from "../ui/button.js";
import { ConfirmDialog } from "../ui/dialog.js";
import { useRolloutWrite } from "./use-rollout-write.js";

const REASON = "turned back in the console";

/** At once, without a question: whoever presses it has no time for one, and it can be turned on again. */
export function TurnBack({ rollout }: { rollout: ShownRollout }) {
  const [asking, setAsking] = useState(false);
  const { mode } = rollout;
  const rollback = useRolloutWrite(
    (kind: RollbackKind) => client.rollbackRollout(rollout, kind, { reason: REASON }),
    `${mode} was turned back: every turn gets the default runtime`,
  );
  return (
    <>
      {rollout.contract_enabled && (
        <Button look="ghost" onClick={() => setAsking(true)}>
          Turn back and close the contract
        </Button>
      )}
      <Button
        look="danger"
        size="huge"
        icon="rollback"
        busy={rollback.isPending}
        onClick={() => rollback.mutate("soft")}
      >
        Turn {mode} back now
      </Button>
      {asking && (
        <ConfirmDialog
          title={`Turn ${mode} back and close its contract?`}
          action={`Turn ${mode} back hard`}
          danger
          busy={rollback.isPending}
          onConfirm={() => rollback.mutate("hard", { onSettled: () => setAsking(false) })}
          onClose={() => setAsking(false)}
        >
          <p>
            Runtime, UI, enforcement and contract of <strong>{mode}</strong> go off, and the percentage to 0:
            what requests say of the mode is ignored from then on, not even echoed.
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}
