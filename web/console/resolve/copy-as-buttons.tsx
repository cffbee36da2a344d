import type { JsonObject } from "../json/json.js";
import { CopyButton } from "../ui/copy-button.js";
import { COPY_FORMS, copyAs } from "./copy-as.js";

export function CopyAs({ body }: { body: JsonObject }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a row of buttons, no form
    <div className="row tight" role="group" aria-label="Copy the request as">
      <span className="muted small">Copy as</span>
      {COPY_FORMS.map((form) => (
        <CopyButton
          key={form}
          size="small"
          aria-label={`Copy as ${form}`}
          text={() => copyAs(form, body, window.location.origin)}
        >
          {form}
        </CopyButton>
      ))}
    </div>
  );
}
