import { Field } from "../../ui/field.js";
import { TokensInput } from "../../ui/tokens-input.js";
import { reasonsFor, reasonsWithin, wrongItems } from "../field-errors.js";
import type { SectionProps } from "../section-props.js";

export function GeneralSection({ draft, update, violations, readOnly }: SectionProps) {
  return (
    <div className="stack form-width">
      <Field
        label="Name"
        hint="What people see. Without one they see the slug."
        errors={reasonsFor(violations, "display_name")}
      >
        <input
          className="input"
          value={draft.display_name}
          readOnly={readOnly}
          onChange={({ target }) => update((now) => ({ ...now, display_name: target.value }))}
        />
      </Field>
      <Field label="Description" errors={reasonsFor(violations, "description")}>
        <textarea
          className="input"
          rows={3}
          value={draft.description}
          readOnly={readOnly}
          onChange={({ target }) => update((now) => ({ ...now, description: target.value }))}
        />
      </Field>
      <Field
        label="Tags"
        hint="To find it by. Enter or a comma ends one."
        errors={reasonsWithin(violations, "metadata.tags")}
      >
        <TokensInput
          label="Tags"
          values={draft.metadata.tags}
          wrong={wrongItems(violations, "metadata.tags")}
          disabled={readOnly}
          onChange={(tags) => update((now) => ({ ...now, metadata: { tags } }))}
        />
      </Field>
    </div>
  );
}
