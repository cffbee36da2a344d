import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { ProfileDocument } from "../../../client/index.js";
import { client } from "../../api/client.js";
import type { Json } from "../../json/json.js";
import { Button } from "../../ui/button.js";
import { Dialog } from "../../ui/dialog.js";
import { Loading, Problem } from "../../ui/states.js";
import { Time } from "../../ui/time.js";
import { type Draft, draftOf } from "../draft.js";
import { type Choice, compareThree, mergeThree } from "../three-way-merge.js";
import { FieldChoice } from "./field-choice.js";

export interface ConflictDialogProps {
  registry: string;
  slug: string;
  base: Draft;
  baseVersion: number;
  mine: Draft;
  saving: boolean;
  /** With the version that it was merged onto. */
  onSave: (merged: Draft, onto: ProfileDocument) => void;
  /** Keeps the merge to edit it further before it is saved. */
  onEdit: (merged: Draft, onto: ProfileDocument) => void;
  onClose: () => void;
}

export function ConflictDialog({ registry, slug, saving, ...rest }: ConflictDialogProps) {
  // What counts is what is stored now, whatever was read before.
  const theirs = useQuery({
    queryKey: ["profile", registry, slug, "theirs", rest.baseVersion],
    queryFn: ({ signal }) => client.getProfile(slug, { registry, signal }),
    staleTime: 0,
  });
  if (theirs.data) return <Merge {...rest} saving={saving} theirs={theirs.data} />;
  return (
    <Dialog title="It has changed since you read it" onClose={rest.onClose}>
      {theirs.isError ? <Problem error={theirs.error} retry={() => void theirs.refetch()} /> : <Loading />}
    </Dialog>
  );
}

type MergeProps = Omit<ConflictDialogProps, "registry" | "slug"> & { theirs: ProfileDocument };

function Merge({ base, baseVersion, mine, saving, theirs, onSave, onEdit, onClose }: MergeProps) {
  const [choices, setChoices] = useState<ReadonlyMap<string, Choice>>(new Map());
  const theirDraft = useMemo(() => draftOf(theirs), [theirs]);
  const fields = useMemo(
    () => compareThree(base as unknown as Json, theirDraft as unknown as Json, mine as unknown as Json),
    [base, theirDraft, mine],
  );
  const both = fields.filter(({ by }) => by === "both");
  const others = fields.filter(({ by }) => by !== "both");
  const open = both.filter(({ pointer }) => !choices.has(pointer)).length;
  const choose = (pointer: string, choice: Choice): void =>
    setChoices((now) => new Map([...now, [pointer, choice]]));
  const merged = (): Draft => mergeThree(theirDraft as unknown as Json, fields, choices) as unknown as Draft;
  const { version, updated_by, updated_at_ms } = theirs.metadata;
  return (
    <Dialog
      wide
      title="It has changed since you read it"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button disabled={open > 0} onClick={() => onEdit(merged(), theirs)}>
            Edit the merge
          </Button>
          <Button look="primary" busy={saving} disabled={open > 0} onClick={() => onSave(merged(), theirs)}>
            Save the merge as v{version + 1}
          </Button>
        </>
      }
    >
      <p>
        You read version {baseVersion}. <bdi>{updated_by}</bdi> has saved version {version} (
        <Time ms={updated_at_ms} />
        ).{" "}
        {both.length === 0
          ? "You changed different things: both can stay."
          : "Where both of you changed the same, choose."}
      </p>
      {both.length > 0 && (
        <section className="stack tight" aria-label="Changed by both">
          <h3>
            Changed by both{" "}
            <span className="muted" role="status">
              {open === 0 ? "all chosen" : `${open} to choose`}
            </span>
          </h3>
          {both.map((field) => (
            <FieldChoice
              key={field.pointer}
              field={field}
              choice={choices.get(field.pointer)}
              onChoose={(choice) => choose(field.pointer, choice)}
            />
          ))}
        </section>
      )}
      {others.length > 0 && (
        <section className="stack tight" aria-label="Changed by one">
          <h3>Taken as they are</h3>
          {others.map((field) => (
            <FieldChoice key={field.pointer} field={field} />
          ))}
        </section>
      )}
    </Dialog>
  );
}
