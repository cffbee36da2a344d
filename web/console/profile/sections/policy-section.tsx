import { Field } from "../../ui/field.js";
import { SwitchField } from "../../ui/switch.js";
import { TokensInput } from "../../ui/tokens-input.js";
import type { Draft } from "../draft.js";
import { reasonsFor, reasonsWithin, wrongItems } from "../field-errors.js";
import type { SectionProps } from "../section-props.js";

export function PolicySection({ draft, update, violations, readOnly }: SectionProps) {
  const { policy } = draft;
  const set = (change: Partial<Draft["policy"]>): void =>
    update((now) => ({ ...now, policy: { ...now.policy, ...change } }));
  const inBoth = reasonsFor(violations, "policy.override_keys");
  return (
    <div className="stack form-width">
      <SwitchField
        label="Requests may override it"
        checked={policy.allow_overrides}
        disabled={readOnly}
        onChange={(on) => set({ allow_overrides: on })}
      >
        A chat turn may bring a prompt, tools, middlewares or settings of its own.
      </SwitchField>
      <Field
        label="Only these keys"
        hint="Such as system_prompt. None: no restriction."
        errors={[...reasonsWithin(violations, "policy.allowed_override_keys"), ...inBoth]}
      >
        <TokensInput
          label="Allowed override keys"
          values={policy.allowed_override_keys}
          wrong={wrongItems(violations, "policy.allowed_override_keys")}
          disabled={readOnly}
          onChange={(allowed_override_keys) => set({ allowed_override_keys })}
        />
      </Field>
      <Field
        label="Never these keys"
        hint="Goes before what is allowed."
        errors={reasonsWithin(violations, "policy.denied_override_keys")}
      >
        <TokensInput
          label="Denied override keys"
          values={policy.denied_override_keys}
          wrong={wrongItems(violations, "policy.denied_override_keys")}
          disabled={readOnly}
          onChange={(denied_override_keys) => set({ denied_override_keys })}
        />
      </Field>
      <SwitchField
        label="Read-only"
        checked={policy.read_only}
        disabled={readOnly}
        onChange={(on) => set({ read_only: on })}
      >
        Once saved, nobody can change, delete or roll it back, here or elsewhere, until an operator unlocks it
        on the command line.
      </SwitchField>
    </div>
  );
}
