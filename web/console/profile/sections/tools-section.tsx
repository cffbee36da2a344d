import { useEffect, useState } from "react";
import { CodeEditor } from "../../editor/code-editor.js";
import { JsonField } from "../../editor/json-field.js";
import { equalJson, type Json } from "../../json/json.js";
import { FieldErrors } from "../../ui/field.js";
import { reasonsWithin } from "../field-errors.js";
import { type SectionProps, withRuntime } from "../section-props.js";

/** A tool a line, in their order. */
export function ToolsSection(props: SectionProps) {
  const { draft, update, violations, readOnly } = props;
  const { tools } = draft.runtime;
  const errors = reasonsWithin(violations, "runtime.tools").map(inLines);
  const setTools = (next: string[]): void => update((now) => withRuntime(now, { tools: next }));
  // A name that has line ends itself would be two here.
  const plain = tools.every((tool) => !/[\r\n]/.test(tool));
  return (
    <div className="stack tight form-width">
      {plain ? (
        <Lines values={tools} readOnly={readOnly} onChange={setTools} />
      ) : (
        <JsonField
          label="Tools"
          value={tools}
          readOnly={readOnly}
          onChange={(value: Json) => {
            if (Array.isArray(value) && value.every((tool) => typeof tool === "string")) setTools(value);
          }}
        />
      )}
      <p className="small muted">
        The names of the tools that the model may call, one a line. Alt+↑ and Alt+↓ move a line.
      </p>
      <FieldErrors errors={errors} />
    </div>
  );
}

interface LinesProps {
  values: readonly string[];
  readOnly: boolean;
  onChange: (values: string[]) => void;
}

/** Blank lines are room to write in, not names. */
function Lines({ values, readOnly, onChange }: LinesProps) {
  const [text, setText] = useState(() => values.join("\n"));
  useEffect(() => {
    setText((now) => (equalJson(linesOf(now), values) ? now : values.join("\n")));
  }, [values]);
  return (
    <CodeEditor
      label="Tools"
      value={text}
      readOnly={readOnly}
      placeholder="orders.search"
      onChange={(next) => {
        setText(next);
        onChange(linesOf(next));
      }}
    />
  );
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

function inLines(reason: string): string {
  return reason.replace(/^\[(\d+)\]/, (_, position) => `Tool ${Number(position) + 1}`);
}
