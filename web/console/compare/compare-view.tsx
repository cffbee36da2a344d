import { useQuery } from "@tanstack/react-query";
import { DocumentDiff } from "../editor/document-diff.js";
import { useQueryState } from "../shell/use-query-state.js";
import { Button } from "../ui/button.js";
import { Page } from "../ui/page.js";
import { Empty, Loading, Problem } from "../ui/states.js";
import { sideQuery } from "./read-document.js";
import { RegistriesDiff } from "./registries-diff.js";
import { readSide, type Side } from "./side.js";
import { SidePicker } from "./side-picker.js";

export default function CompareView() {
  const [left, setLeft] = useQueryState("left");
  const [right, setRight] = useQueryState("right");
  const [a, b] = [readSide(left), readSide(right)];
  const swap = (): void => {
    setLeft(right);
    setRight(left);
  };
  return (
    <Page title="Compare" subtitle="Two profiles, two versions of one, or two registries.">
      <div className="compare">
        <SidePicker label="Left" text={left} onChange={setLeft} />
        <Button icon="compare" aria-label="Swap sides" onClick={swap} />
        <SidePicker label="Right" text={right} onChange={setRight} />
      </div>
      {a && b ? (
        <Difference a={a} b={b} />
      ) : (
        <section className="card">
          <Empty title="Choose both sides">
            What they have alike is folded away, what differs stands side by side.
          </Empty>
        </section>
      )}
    </Page>
  );
}

function Difference({ a, b }: { a: Side; b: Side }) {
  if (a.profile === undefined && b.profile === undefined)
    return <RegistriesDiff a={a.registry} b={b.registry} />;
  if (a.profile === undefined || b.profile === undefined) {
    return (
      <p className="muted">
        A registry and a profile have nothing to compare: choose a profile on both sides, or on none.
      </p>
    );
  }
  return <ProfilesDiff a={a} b={b} />;
}

function ProfilesDiff({ a, b }: { a: Side; b: Side }) {
  const before = useQuery(sideQuery(a));
  const after = useQuery(sideQuery(b));
  const failed = before.error ? before : after;
  if (failed.error) return <Problem error={failed.error} retry={() => void failed.refetch()} />;
  if (before.isPending || after.isPending) return <Loading lines={8} />;
  return (
    <section className="card" aria-label="Difference">
      <div className="card-head">
        <h2>Difference</h2>
      </div>
      <div className="card-body">
        <DocumentDiff before={before.data} after={after.data} />
      </div>
    </section>
  );
}
