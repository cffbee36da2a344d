import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { extensionsQuery } from "../../api/queries.js";
import { JsonField } from "../../editor/json-field.js";
import { SchemaForm } from "../../forms/schema-form.js";
import { isObject, type Json, type JsonObject, withMember } from "../../json/json.js";
import { Button } from "../../ui/button.js";
import { Dialog } from "../../ui/dialog.js";
import { Field } from "../../ui/field.js";
import { Empty } from "../../ui/states.js";
import { reasonsWithin } from "../field-errors.js";
import type { SectionProps } from "../section-props.js";

const CONFIGS = /^middleware\..*_config@v1$/;

export function ExtensionsSection({ draft, update, violations, readOnly }: SectionProps) {
  const schemas = useQuery(extensionsQuery());
  const [adding, setAdding] = useState(false);
  const { extensions } = draft;
  const known = new Map(schemas.data?.map(({ key, schema }) => [key, schema as JsonObject]));
  const set = (key: string, value: Json | undefined): void =>
    update((now) => ({ ...now, extensions: withMember(now.extensions, key, value) }));
  const addButton = !readOnly && (
    <div>
      <Button icon="add" onClick={() => setAdding(true)}>
        Add extension
      </Button>
    </div>
  );
  return (
    <div className="stack">
      {Object.keys(extensions).length === 0 && (
        <section className="card">
          <Empty title="No extensions" actions={addButton}>
            What products keep with a profile for themselves, such as starter suggestions.
          </Empty>
        </section>
      )}
      {Object.entries(extensions).map(([key, value]) => {
        const schema = known.get(key);
        const errors = reasonsWithin(violations, `profile.extensions[${key}]`);
        const shared = { value, readOnly, errors, onChange: (next: Json) => set(key, next) };
        return (
          <section className="card" key={key} aria-label={`Extension ${key}`}>
            <div className="card-head">
              <h2 className="grow mono">
                <bdi>{key}</bdi>
              </h2>
              {!schema && <span className="badge">no schema</span>}
              {!readOnly && (
                <Button
                  look="quiet-danger"
                  size="small"
                  icon="trash"
                  aria-label={`Remove extension ${key}`}
                  onClick={() => set(key, undefined)}
                />
              )}
            </div>
            <div className="card-body">
              {CONFIGS.test(key) && (
                <p className="muted">Kept configs of middlewares that this profile does not use now.</p>
              )}
              {schema && isObject(value) && !CONFIGS.test(key) ? (
                <SchemaForm schema={schema} {...shared} />
              ) : (
                <JsonField label={key} {...shared} />
              )}
            </div>
          </section>
        );
      })}
      {Object.keys(extensions).length > 0 && addButton}
      {adding && (
        <AddExtension
          keys={[...known.keys()].filter((key) => !CONFIGS.test(key) && !Object.hasOwn(extensions, key))}
          onAdd={(key) => {
            set(key, {});
            setAdding(false);
          }}
          onClose={() => setAdding(false)}
        />
      )}
    </div>
  );
}

interface AddExtensionProps {
  keys: readonly string[];
  onAdd: (key: string) => void;
  onClose: () => void;
}

function AddExtension({ keys, onAdd, onClose }: AddExtensionProps) {
  const [key, setKey] = useState("");
  return (
    <Dialog
      title="Add extension"
      onClose={onClose}
      onSubmit={() => key.trim() !== "" && onAdd(key.trim())}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={key.trim() === ""}>
            Add extension
          </Button>
        </>
      }
    >
      {keys.length > 0 && (
        <ul className="stack tight">
          {keys.map((one) => (
            <li key={one}>
              <button type="button" className="choice" onClick={() => onAdd(one)}>
                <span className="mono strong">{one}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <Field label={keys.length > 0 ? "Or another key" : "Key"} hint="namespace.feature@v1">
        <input className="input mono" value={key} onChange={({ target }) => setKey(target.value)} />
      </Field>
    </Dialog>
  );
}
