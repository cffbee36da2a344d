import { useId } from "react";
import { type Json, prettyJson } from "../../json/json.js";
import { readablePointer } from "../../json/pointer.js";
import type { Choice, FieldMerge } from "../three-way-merge.js";

const BY = {
  theirs: "only they changed it",
  mine: "only you changed it",
  same: "both changed it alike",
  both: "",
};

export interface FieldChoiceProps {
  field: FieldMerge;
  choice?: Choice | undefined;
  /** Absent where there is nothing to choose. */
  onChoose?: (choice: Choice) => void;
}

/** A field as it was, as they have it, as I have it. */
export function FieldChoice({ field, choice, onChoose }: FieldChoiceProps) {
  const name = useId();
  const title = readablePointer(field.pointer);
  const taken = field.by === "same" ? "theirs" : field.by === "both" ? choice : field.by;
  return (
    <fieldset className="card merge-field" aria-label={title}>
      <div className="merge-title">
        <span className="mono strong">{title}</span>
        <span className="small muted">{BY[field.by]}</span>
      </div>
      <div className="merge-sides">
        <Side title="Base" value={field.base} />
        {(["theirs", "mine"] as const).map((side) => (
          <Side
            key={side}
            title={side === "mine" ? "Mine" : "Theirs"}
            value={field[side]}
            taken={taken === side}
            choose={onChoose && { name, onChoose: () => onChoose(side), field: title }}
          />
        ))}
      </div>
    </fieldset>
  );
}

interface SideProps {
  title: string;
  value: Json | undefined;
  taken?: boolean;
  choose?: { name: string; field: string; onChoose: () => void } | undefined;
}

function Side({ title, value, taken, choose }: SideProps) {
  const head = choose ? (
    <label className="check">
      <input
        type="radio"
        name={choose.name}
        checked={taken ?? false}
        onChange={choose.onChoose}
        aria-label={`${title} for ${choose.field}`}
      />
      <span className="strong">{title}</span>
    </label>
  ) : (
    <span className="strong">{title}</span>
  );
  return (
    <div className={taken ? "merge-side taken" : "merge-side"}>
      {head}
      <pre>{value === undefined ? <span className="faint">not there</span> : textOf(value)}</pre>
    </div>
  );
}

function textOf(value: Json): string {
  return typeof value === "string" ? value || "(empty)" : prettyJson(value);
}
