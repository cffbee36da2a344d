import { CodeEditor } from "../../editor/code-editor.js";
import { FieldErrors } from "../../ui/field.js";
import { reasonsWithin } from "../field-errors.js";
import { type SectionProps, withRuntime } from "../section-props.js";

const COUNT = new Intl.NumberFormat();
const encoder = new TextEncoder();

export function PromptSection({ draft, update, violations, readOnly }: SectionProps) {
  const { system_prompt } = draft.runtime;
  const bytes = encoder.encode(system_prompt).length;
  return (
    <div className="stack tight">
      <CodeEditor
        label="System prompt"
        size="fill"
        value={system_prompt}
        readOnly={readOnly}
        placeholder="What the model is told before anything else."
        onChange={(text) => update((now) => withRuntime(now, { system_prompt: text }))}
      />
      <div className="row between small muted">
        <span>Kept as it is written. Ctrl+F or ⌘F searches, Tab leaves the editor.</span>
        <span className="nowrap">
          {COUNT.format(system_prompt.length)} characters, {COUNT.format(bytes)} bytes
        </span>
      </div>
      <FieldErrors errors={reasonsWithin(violations, "runtime.system_prompt")} />
    </div>
  );
}
