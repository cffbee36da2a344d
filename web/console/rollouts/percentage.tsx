import { useState } from "react";
import type { RolloutReport, ShownRollout } from "../../client/index.js";
import { client, isCode } from "../api/client.js";
import { Button } from "../ui/button.js";
import { Problem } from "../ui/states.js";
import { ForceDialog } from "./force-dialog.js";
import { useRolloutWrite } from "./use-rollout-write.js";

export interface PercentageProps {
  rollout: ShownRollout;
  report: RolloutReport | undefined;
}

/** One stage on, or to any percentage by hand. */
export function Percentage({ rollout, report }: PercentageProps) {
  const [text, setText] = useState<string>();
  const wanted = Number(text);
  const usable =
    text !== undefined && text.trim() !== "" && Number.isFinite(wanted) && wanted !== rollout.percentage;
  const next = report?.next_stage ?? null;
  const failing = report?.gates.filter(({ passed }) => !passed).length ?? 0;
  const advance = useRolloutWrite(() => client.advanceRollout(rollout), "Advanced to the next stage", true);
  const update = useRolloutWrite(
    (percentage: number) => client.updateRollout(rollout, { percentage }),
    "The percentage was set",
    true,
  );
  const forcing = isCode(update.error, "failed_precondition");
  return (
    <div className="stack tight">
      <div className="row">
        <Button
          look="primary"
          icon="up"
          busy={advance.isPending}
          disabled={next === null}
          onClick={() => advance.mutate(undefined)}
        >
          {next === null ? "At the last stage" : `Advance to ${next} %`}
        </Button>
        {next !== null && rollout.percentage > 0 && failing > 0 && (
          <span className="muted">{failing === 1 ? "1 gate is closed" : `${failing} gates are closed`}</span>
        )}
        <span className="grow" />
        <form
          className="row tight"
          onSubmit={(event) => {
            event.preventDefault();
            if (usable) update.mutate(wanted, { onSuccess: () => setText(undefined) });
          }}
        >
          <input
            className="input percentage"
            type="number"
            min={0}
            max={100}
            step={0.01}
            aria-label="Percentage"
            value={text ?? rollout.percentage}
            onChange={({ target }) => setText(target.value)}
          />
          <span className="muted">%</span>
          <Button type="submit" busy={update.isPending} disabled={!usable}>
            Set
          </Button>
        </form>
      </div>
      {advance.isError && <Problem error={advance.error} />}
      {update.isError && !forcing && <Problem error={update.error} />}
      {forcing && (
        <ForceDialog
          rollout={rollout}
          changes={{ percentage: wanted }}
          what={`Set the percentage of ${rollout.mode} to ${wanted} %`}
          refusal={update.error}
          onClose={() => {
            update.reset();
            setText(undefined);
          }}
        />
      )}
    </div>
  );
}
