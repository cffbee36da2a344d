import { type FormEvent, useState } from "react";
import { isObject, type Json, type JsonObject, withMember } from "../../json/json.js";
import { Button } from "../../ui/button.js";
import { FieldErrors } from "../../ui/field.js";
import { Empty } from "../../ui/states.js";
import { reasonsFor, reasonsWithin } from "../field-errors.js";
import { type SectionProps, withRuntime } from "../section-props.js";
import { SettingRow } from "./setting-row.js";

const FIELD = "runtime.step_settings_patch";

/** Settings lie two deep: section, then field. */
export function SettingsSection({ draft, update, violations, readOnly }: SectionProps) {
  const settings = draft.runtime.step_settings_patch;
  const set = (section: string, value: Json | undefined): void =>
    update((now) =>
      withRuntime(now, { step_settings_patch: withMember(now.runtime.step_settings_patch, section, value) }),
    );
  return (
    <div className="stack">
      {Object.keys(settings).length === 0 && (
        <section className="card">
          <Empty title="No settings">
            What is set here goes over the caller’s own settings, field by field: an engine, a temperature,
            limits.
          </Empty>
        </section>
      )}
      {Object.entries(settings).map(([name, fields]) => (
        <SettingsCard
          key={name}
          name={name}
          fields={fields}
          readOnly={readOnly}
          errors={reasonsWithin(violations, `${FIELD}.${name}`)}
          onChange={(value) => set(name, value)}
        />
      ))}
      <FieldErrors errors={reasonsFor(violations, FIELD)} />
      {!readOnly && <NameForm label="New section" taken={settings} onAdd={(name) => set(name, {})} />}
    </div>
  );
}

interface SettingsCardProps {
  name: string;
  fields: Json;
  errors: readonly string[];
  readOnly: boolean;
  onChange: (fields: Json | undefined) => void;
}

function SettingsCard({ name, fields, errors, readOnly, onChange }: SettingsCardProps) {
  const object: JsonObject = isObject(fields) ? fields : {};
  return (
    <section className="card" aria-label={`Section ${name}`}>
      <div className="card-head">
        <h2 className="grow mono">
          <bdi>{name}</bdi>
        </h2>
        {!readOnly && (
          <Button
            look="quiet-danger"
            size="small"
            icon="trash"
            aria-label={`Remove section ${name}`}
            onClick={() => onChange(undefined)}
          />
        )}
      </div>
      <div className="card-body">
        {Object.entries(object).map(([field, value]) => (
          <SettingRow
            key={field}
            name={field}
            value={value}
            readOnly={readOnly}
            onChange={(next) => onChange(withMember(object, field, next))}
          />
        ))}
        {!isObject(fields) && <p className="muted">This section holds no fields, but a single value.</p>}
        <FieldErrors errors={errors} />
        {!readOnly && (
          <NameForm
            label={`New field of ${name}`}
            taken={object}
            onAdd={(field) => onChange(withMember(object, field, ""))}
          />
        )}
      </div>
    </section>
  );
}

interface NameFormProps {
  label: string;
  taken: JsonObject;
  onAdd: (name: string) => void;
}

function NameForm({ label, taken, onAdd }: NameFormProps) {
  const [name, setName] = useState("");
  const wanted = name.trim();
  const twice = Object.hasOwn(taken, wanted);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (wanted === "" || twice) return;
    onAdd(wanted);
    setName("");
  };
  return (
    <form className="row" onSubmit={submit}>
      <input
        className="input mono new-name"
        aria-label={label}
        placeholder={label}
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <Button type="submit" icon="add" disabled={wanted === "" || twice}>
        Add
      </Button>
      {twice && <span className="small muted">It is there already.</span>}
    </form>
  );
}
