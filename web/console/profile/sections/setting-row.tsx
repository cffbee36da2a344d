import { useId } from "react";
import { JsonField } from "../../editor/json-field.js";
import type { Json } from "../../json/json.js";
import { REDACTED } from "../../json/redacted.js";
import { Button } from "../../ui/button.js";
import { SecretHint } from "../../ui/secret.js";
import { Switch } from "../../ui/switch.js";

const KINDS = ["text", "number", "yes or no", "JSON"] as const;
type Kind = (typeof KINDS)[number];

export interface SettingRowProps {
  name: string;
  value: Json;
  readOnly: boolean;
  /** Undefined removes it. */
  onChange: (value: Json | undefined) => void;
}

/** A field without a schema: people say what kind of value it has. */
export function SettingRow({ name, value, readOnly, onChange }: SettingRowProps) {
  const id = useId();
  const kind = kindOf(value);
  return (
    <div className="setting-row">
      <label className="mono label" htmlFor={id}>
        <bdi>{name}</bdi>
      </label>
      <select
        className="input"
        aria-label={`Kind of ${name}`}
        value={kind}
        disabled={readOnly}
        onChange={({ target }) => onChange(converted(value, target.value as Kind))}
      >
        {KINDS.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
      <div className="setting-value">
        <Value id={id} name={name} value={value} readOnly={readOnly} onChange={onChange} />
      </div>
      {!readOnly && (
        <Button look="ghost" icon="close" aria-label={`Remove ${name}`} onClick={() => onChange(undefined)} />
      )}
    </div>
  );
}

function Value({ id, name, value, readOnly, onChange }: SettingRowProps & { id: string }) {
  if (typeof value === "boolean") {
    return <Switch id={id} checked={value} disabled={readOnly} onChange={(on) => onChange(on)} />;
  }
  if (typeof value === "number") {
    return (
      <input
        id={id}
        className="input"
        type="number"
        step="any"
        value={value}
        readOnly={readOnly}
        onChange={({ target }) => Number.isFinite(target.valueAsNumber) && onChange(target.valueAsNumber)}
      />
    );
  }
  if (typeof value === "string") {
    return (
      <>
        <textarea
          id={id}
          className="input"
          rows={1}
          value={value}
          readOnly={readOnly}
          onChange={({ target }) => onChange(target.value)}
        />
        {value === REDACTED && <SecretHint />}
      </>
    );
  }
  return <JsonField label={name} value={value} readOnly={readOnly} onChange={onChange} />;
}

function kindOf(value: Json): Kind {
  if (typeof value === "string") return "text";
  if (typeof value === "number") return "number";
  return typeof value === "boolean" ? "yes or no" : "JSON";
}

/** Keeps what it can of the value. */
function converted(value: Json, kind: Kind): Json {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (kind === "text") return text;
  if (kind === "number") return Number.isFinite(Number(text)) && text.trim() !== "" ? Number(text) : 0;
  if (kind === "yes or no") return value === "true" || value === 1;
  return typeof value === "object" ? value : [value];
}
