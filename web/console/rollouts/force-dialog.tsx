import { useState } from "react";
import type { RolloutChanges, ShownRollout } from "../../client/index.js";
import { client } from "../api/client.js";
import { Button } from "../ui/button.js";
import { Dialog } from "../ui/dialog.js";
import { Field } from "../ui/field.js";
import { Problem } from "../ui/states.js";
import { useRolloutWrite } from "./use-rollout-write.js";

export interface ForceDialogProps {
  rollout: ShownRollout;
  changes: RolloutChanges;
  /** As in `Set the percentage of fast to 50 %`. */
  what: string;
  /** What the server said to it. */
  refusal: unknown;
  onClose: () => void;
}

/** Past a gate that does not hold: only with a reason, which the log keeps. */
export function ForceDialog({ rollout, changes, what, refusal, onClose }: ForceDialogProps) {
  const [reason, setReason] = useState("");
  const force = useRolloutWrite(
    () => client.updateRollout(rollout, { ...changes, force: true, reason }),
    "Done, past the gates",
    true,
  );
  const blank = reason.trim() === "";
  return (
    <Dialog
      title={`${what} against the gates?`}
      onClose={onClose}
      onSubmit={() => !blank && force.mutate(undefined, { onSuccess: onClose })}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="danger" busy={force.isPending} disabled={blank}>
            {what} anyway
          </Button>
        </>
      }
    >
      <Problem error={force.error ?? refusal} />
      <Field label="Reason" hint="Kept in the log, with who did it.">
        <textarea
          className="input"
          rows={2}
          required
          value={reason}
          onChange={({ target }) => setReason(target.value)}
        />
      </Field>
    </Dialog>
  );
}
