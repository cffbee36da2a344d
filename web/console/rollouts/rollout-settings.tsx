import { useState } from "react";
import type { RolloutThresholds, ShownRollout } from "../../client/index.js";
import { client } from "../api/client.js";
import { equalJson } from "../json/json.js";
import { Button } from "../ui/button.js";
import { Field } from "../ui/field.js";
import { SwitchField } from "../ui/switch.js";
import { TokensInput } from "../ui/tokens-input.js";
import { useRolloutWrite } from "./use-rollout-write.js";

const THRESHOLDS: readonly (readonly [keyof RolloutThresholds, string])[] = [
  ["min_samples", "Samples at least"],
  ["window_s", "Window, seconds"],
  ["min_stage_s", "A stage lasts at least, seconds"],
  ["error_rate_delta", "Error rate above control by at most"],
  ["p95_ratio", "p95 at most, times control"],
  ["p95_regression", "p95 regression, times control"],
];

interface Edits {
  cohort: string[];
  stages: string[];
  auto_rollback: boolean;
  thresholds: Record<string, string>;
}

function editsOf({ cohort, stages, auto_rollback, thresholds }: ShownRollout): Edits {
  const texts = THRESHOLDS.map(([name]) => [name, String(thresholds[name])] as const);
  return {
    cohort: [...cohort],
    stages: stages.map(String),
    auto_rollback,
    thresholds: Object.fromEntries(texts),
  };
}

export function RolloutSettings({ rollout }: { rollout: ShownRollout }) {
  const [edits, setEdits] = useState(() => editsOf(rollout));
  const changed = !equalJson(edits, editsOf(rollout));
  const set = (change: Partial<Edits>): void => setEdits((now) => ({ ...now, ...change }));
  const save = useRolloutWrite(
    () =>
      client.updateRollout(rollout, {
        cohort: edits.cohort,
        stages: edits.stages.map(Number),
        auto_rollback: edits.auto_rollback,
        thresholds: Object.fromEntries(THRESHOLDS.map(([name]) => [name, Number(edits.thresholds[name])])),
      }),
    "Saved",
  );
  const numbers = [...edits.stages, ...Object.values(edits.thresholds)];
  const readable = numbers.every((text) => text.trim() !== "" && Number.isFinite(Number(text)));
  return (
    <section className="card" aria-label="Settings">
      <div className="card-head">
        <h2>Settings</h2>
      </div>
      <div className="card-body">
        <Field label="Always in" hint="Targeting keys or conversations.">
          <TokensInput label="Cohort" values={edits.cohort} onChange={(cohort) => set({ cohort })} />
        </Field>
        <Field label="Stages" hint="Percentages, rising.">
          <TokensInput label="Stages" values={edits.stages} onChange={(stages) => set({ stages })} />
        </Field>
        <SwitchField
          label="Turns back by itself"
          checked={edits.auto_rollback}
          onChange={(on) => set({ auto_rollback: on })}
        >
          On a mismatch, a safety report, or a regression that is certain.
        </SwitchField>
        <div className="thresholds">
          {THRESHOLDS.map(([name, title]) => (
            <Field label={title} key={name}>
              <input
                className="input"
                type="number"
                step="any"
                min={0}
                value={edits.thresholds[name] ?? ""}
                onChange={({ target }) => set({ thresholds: { ...edits.thresholds, [name]: target.value } })}
              />
            </Field>
          ))}
        </div>
        <div className="row end">
          <Button disabled={!changed} onClick={() => setEdits(editsOf(rollout))}>
            Discard
          </Button>
          <Button
            look="primary"
            busy={save.isPending}
            disabled={!changed || !readable}
            onClick={() => save.mutate(undefined)}
          >
            Save settings
          </Button>
        </div>
      </div>
    </section>
  );
}
