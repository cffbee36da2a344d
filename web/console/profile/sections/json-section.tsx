import { useEffect, useState } from "react";
import { CodeEditor } from "../../editor/code-editor.js";
import { createEcho } from "../../editor/echo.js";
import { useUnfinished } from "../../editor/unfinished.js";
import { equalJson, prettyJson } from "../../json/json.js";
import { FieldErrors } from "../../ui/field.js";
import { type Draft, shownDraft } from "../draft.js";
import { readDraft } from "../read-draft.js";
import type { SectionProps } from "../section-props.js";

/** The whole document as text, under the same checks as the form. */
export function JsonSection({ draft, update, violations, readOnly }: SectionProps) {
  const [text, setText] = useState(() => prettyJson(shownDraft(draft)));
  const [echo] = useState(() => createEcho<Draft>(equalJson));
  const parsed = read(text);
  useUnfinished("error" in parsed);
  useEffect(() => {
    if (echo.isOwn(draft)) return;
    setText((now) => {
      const own = read(now);
      return "draft" in own && equalJson(own.draft, draft) ? now : prettyJson(shownDraft(draft));
    });
  }, [draft, echo]);
  const change = (next: string): void => {
    setText(next);
    const written = read(next);
    if (!("draft" in written)) return;
    echo.told(written.draft);
    update(() => written.draft);
  };
  const errors = violations.map(({ field, reason }) => `${field}: ${reason}`);
  return (
    <div className="stack tight">
      <CodeEditor
        label="Profile as JSON"
        language="json"
        size="fill"
        value={text}
        readOnly={readOnly}
        onChange={change}
      />
      <FieldErrors errors={"error" in parsed ? [`Not taken over yet: ${parsed.error}`] : errors} />
    </div>
  );
}

function read(text: string): { draft: Draft } | { error: string } {
  try {
    return { draft: readDraft(text) };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
