/** The controls of forms made from schemas. */
import {
  type BaseInputTemplateProps,
  enumOptionsIndexForValue,
  enumOptionsValueForIndex,
  getInputProps,
  type WidgetProps,
} from "@rjsf/utils";
import { shortJson } from "../json/json.js";
import { REDACTED } from "../json/redacted.js";
import { SecretHint } from "../ui/secret.js";

export function InputTemplate(props: BaseInputTemplateProps) {
  const {
    id,
    value,
    readonly,
    disabled,
    onChange,
    onChangeOverride,
    options,
    schema,
    type,
    label,
    rawErrors,
  } = props;
  // Steps would make a browser complain of numbers that the server takes.
  const { step: _, ...inputProps } = getInputProps(schema, type, options, false);
  return (
    <>
      <input
        className="input"
        {...inputProps}
        id={id}
        aria-label={label}
        aria-invalid={(rawErrors?.length ?? 0) > 0 || undefined}
        step="any"
        value={value ?? ""}
        placeholder={placeholderOf(schema)}
        readOnly={readonly || disabled}
        onChange={
          onChangeOverride ??
          (({ target }) => onChange(target.value === "" ? options.emptyValue : target.value))
        }
      />
      {value === REDACTED && <SecretHint />}
    </>
  );
}

function TextareaWidget({
  id,
  value,
  readonly,
  disabled,
  onChange,
  options,
  schema,
  label,
  rawErrors,
}: WidgetProps) {
  return (
    <textarea
      className="input"
      id={id}
      rows={4}
      aria-label={label}
      aria-invalid={(rawErrors?.length ?? 0) > 0 || undefined}
      value={value ?? ""}
      placeholder={placeholderOf(schema)}
      readOnly={readonly || disabled}
      onChange={({ target }) => onChange(target.value === "" ? options.emptyValue : target.value)}
    />
  );
}

function CheckboxWidget({ id, value, readonly, disabled, onChange, label, schema }: WidgetProps) {
  const unset = value === undefined;
  const shown = unset ? schema.default === true : value === true;
  return (
    <div className="stack tight">
      <label className="check" htmlFor={id}>
        <input
          type="checkbox"
          id={id}
          checked={shown}
          disabled={readonly || disabled}
          onChange={({ target }) => onChange(target.checked)}
        />
        <span>
          <span className="label">{label}</span>
          {unset && schema.default !== undefined && <span className="small faint"> by default</span>}
          {schema.description && <span className="small muted block">{schema.description}</span>}
        </span>
      </label>
    </div>
  );
}

function SelectWidget(props: WidgetProps) {
  const { id, value, readonly, disabled, multiple, onChange, options, schema, label, rawErrors } = props;
  const { enumOptions = [], emptyValue } = options;
  const index = enumOptionsIndexForValue(value, enumOptions, multiple);
  return (
    <select
      className="input"
      id={id}
      aria-label={label}
      aria-invalid={(rawErrors?.length ?? 0) > 0 || undefined}
      multiple={multiple}
      disabled={readonly || disabled}
      value={index ?? (multiple ? [] : "")}
      onChange={({ target }) => {
        const chosen = multiple ? [...target.selectedOptions].map((option) => option.value) : target.value;
        onChange(enumOptionsValueForIndex(chosen, enumOptions, emptyValue));
      }}
    >
      {!multiple && (value === undefined || schema.default === undefined || index === undefined) && (
        <option value="">
          {schema.default === undefined ? "" : `${shortJson(schema.default as never)} (default)`}
        </option>
      )}
      {enumOptions.map(({ label: text }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the position is what an option stands for
        <option key={i} value={String(i)}>
          {text}
        </option>
      ))}
    </select>
  );
}

function placeholderOf({ default: value }: { default?: unknown }): string | undefined {
  return value === undefined ? undefined : `${shortJson(value as never, 60)} (default)`;
}

export const widgets = { TextareaWidget, CheckboxWidget, SelectWidget };
