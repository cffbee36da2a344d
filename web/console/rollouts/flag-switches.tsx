import { useState } from "react";
import type { RolloutFlag, ShownRollout } from "../../client/index.js";
import { client, isCode } from "../api/client.js";
import { notifyError } from "../ui/notices.js";
import { SwitchField } from "../ui/switch.js";
import { FLAG_TEXTS, FLAG_TITLES, FLAGS, NEEDS } from "./flags.js";
import { ForceDialog } from "./force-dialog.js";
import { useRolloutWrite } from "./use-rollout-write.js";

export function FlagSwitches({ rollout }: { rollout: ShownRollout }) {
  const [refused, setRefused] = useState<{ flag: RolloutFlag; error: unknown }>();
  const turn = useRolloutWrite(
    ({ flag, on }: { flag: RolloutFlag; on: boolean }) => client.updateRollout(rollout, { [flag]: on }),
    "Set",
    true,
  );
  const set = (flag: RolloutFlag, on: boolean): void =>
    turn.mutate(
      { flag, on },
      {
        onError: (error) =>
          isCode(error, "failed_precondition") && on && flag === "ui_enabled"
            ? setRefused({ flag, error })
            : notifyError(error),
      },
    );
  return (
    <section className="card" aria-label="Flags">
      <div className="card-head">
        <h2>Flags</h2>
      </div>
      <div className="card-body">
        {FLAGS.map((flag) => {
          const need = NEEDS[flag];
          const missing = need !== undefined && !rollout[need];
          return (
            <SwitchField
              key={flag}
              label={
                <>
                  {FLAG_TITLES[flag]}{" "}
                  {rollout.capped.includes(flag) && (
                    <span className="badge warn">held off by the environment</span>
                  )}
                </>
              }
              checked={rollout[flag]}
              disabled={turn.isPending || (missing && !rollout[flag])}
              onChange={(on) => set(flag, on)}
            >
              {FLAG_TEXTS[flag]}
              {missing && ` Needs ${FLAG_TITLES[need]}.`}
            </SwitchField>
          );
        })}
      </div>
      {refused && (
        <ForceDialog
          rollout={rollout}
          changes={{ [refused.flag]: true }}
          what={`Turn ${FLAG_TITLES[refused.flag]} of ${rollout.mode} on`}
          refusal={refused.error}
          onClose={() => setRefused(undefined)}
        />
      )}
    </section>
  );
}
