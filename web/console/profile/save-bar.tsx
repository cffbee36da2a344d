import { type ReactNode, useEffect } from "react";
import { useAnyUnfinished } from "../editor/unfinished.js";
import { Button } from "../ui/button.js";
import { describeError } from "../ui/describe-error.js";
import { Icon } from "../ui/icon.js";
import type { Section } from "./field-errors.js";
import { SECTION_TITLES } from "./sections-nav.js";
import type { Check } from "./use-server-check.js";

export interface SaveBarProps {
  changed: readonly Section[];
  check: Check;
  label: string;
  saving: boolean;
  onSave: () => void;
  onDiscard: () => void;
}

/** What is not saved yet, and whether it may be; Ctrl+S or ⌘S saves. */
export function SaveBar({ changed, check, label, saving, onSave, onDiscard }: SaveBarProps) {
  const unfinished = useAnyUnfinished();
  const blocked = unfinished || check.state === "invalid" || changed.length === 0;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      if (!blocked && !saving) onSave();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [blocked, saving, onSave]);
  if (changed.length === 0) return null;
  return (
    <section className="save-bar" aria-label="Unsaved changes">
      <div className="grow">
        <p className="strong">
          {changed.length === 1 ? "1 part changed" : `${changed.length} parts changed`}
          <span className="muted hide-narrow">: {changed.map((one) => SECTION_TITLES[one]).join(", ")}</span>
        </p>
        <p className="small check-state" role="status">
          {unfinished ? <span className="danger">Not all text is taken over yet</span> : stateOf(check)}
        </p>
      </div>
      <Button onClick={onDiscard}>Discard</Button>
      <Button look="primary" busy={saving} disabled={blocked} onClick={onSave} aria-keyshortcuts="Control+S">
        {label}
      </Button>
    </section>
  );
}

function stateOf({ state, violations, error }: Check): ReactNode {
  if (state === "checking") return <span className="muted">The server is checking …</span>;
  if (state === "valid") {
    return (
      <span className="ok">
        <Icon name="check" /> Fits all rules
      </span>
    );
  }
  if (state === "conflict")
    return <span className="warn">Changed by others meanwhile: saving will ask to merge</span>;
  if (state === "failed") {
    const { title, detail } = describeError(error);
    return (
      <span className="danger">
        {title}
        {detail && `: ${detail}`}
      </span>
    );
  }
  if (state !== "invalid") return null;
  const [first] = violations;
  const rest = violations.length - 1;
  return (
    <span className="danger">
      {first?.field}: {first?.reason}
      {rest > 0 && ` and ${rest} more`}
    </span>
  );
}
