import { useEffect, useState } from "react";
import { CodeEditor } from "../../editor/code-editor.js";
import { equalJson, prettyJson } from "../../json/json.js";
import { FieldErrors } from "../../ui/field.js";
import { type Draft, shownDraft } from "../draft.js";
import { readDraft } from "../read-draft.js";
import type { SectionProps } from "../section-props.js";

/** The whole document as text, under the same checks as the form. */
export function JsonSection({ draft, update, violations, readOnly }: SectionProps) {
  const [text, setText] = useState(() => prettyJson(shownDraft(draft)));
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    setText((now) => (equalJson(read(now), draft) ? now : prettyJson(shownDraft(draft))));
  }, [draft]);
  const change = (next: string): void => {
    setText(next);
    try {
      const written = readDraft(next);
      setProblem(undefined);
      update(() => written);
    } catch (error) {
      setProblem((error as Error).message);
    }
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
      <FieldErrors errors={problem === undefined ? errors : [`Not taken over yet: ${problem}`]} />
    </div>
  );
}

function read(text: string): Draft | undefined {
  try {
    return readDraft(text);
  } catch {
    return undefined;
  }
}
