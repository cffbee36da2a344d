import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { client } from "../api/client.js";
import { registriesQuery } from "../api/queries.js";
import { JsonField } from "../editor/json-field.js";
import { isObject, type Json, type JsonObject } from "../json/json.js";
import { Field } from "../ui/field.js";
import { objectOf, textOf, withMode, withObject, withText } from "./request-body.js";

export interface RequestFormProps {
  body: JsonObject;
  onChange: (body: JsonObject) => void;
}

/** Built field by field, or pasted whole: a chat's own body does, too. */
export function RequestForm({ body, onChange }: RequestFormProps) {
  const [raw, setRaw] = useState(false);
  return (
    <section className="card" aria-label="Request">
      <div className="card-head">
        <h2 className="grow">Request</h2>
        <div className="segments">
          <button type="button" aria-pressed={!raw} onClick={() => setRaw(false)}>
            Form
          </button>
          <button type="button" aria-pressed={raw} onClick={() => setRaw(true)}>
            JSON
          </button>
        </div>
      </div>
      <div className="card-body">
        {raw ? (
          <>
            <p className="small muted">
              Paste the body of a chat turn: what the resolver does not know, it ignores.
            </p>
            <JsonField
              label="Request as JSON"
              size="medium"
              value={body}
              onChange={(value) => isObject(value) && onChange(value)}
            />
          </>
        ) : (
          <Fields body={body} onChange={onChange} />
        )}
      </div>
    </section>
  );
}

function Fields({ body, onChange }: RequestFormProps) {
  const registry = textOf(body, "registry");
  const set = (name: string) => (text: string) => onChange(withText(body, name, text));
  const setObject = (name: string) => (value: Json) => onChange(withObject(body, name, value));
  const overrides = Object.hasOwn(body, "overrides") ? "overrides" : "request_overrides";
  return (
    <>
      <RegistryField value={registry} onChange={set("registry")} />
      <ProfileField registry={registry} value={textOf(body, "profile")} onChange={set("profile")} />
      <ModeField
        registry={registry}
        value={textOf(objectOf(body, "processing"), "mode")}
        onChange={(mode) => onChange(withMode(body, mode))}
      />
      <Text label="Conversation" name="conv_id" body={body} set={set} />
      <Text
        label="Targeting key"
        name="targeting_key"
        body={body}
        set={set}
        hint="Decides who is inside a rollout."
      />
      <Field label="Deployment">
        <select
          className="input"
          value={textOf(body, "deployment")}
          onChange={({ target }) => set("deployment")(target.value)}
        >
          <option value="">not said: local</option>
          <option>local</option>
          <option>cloud</option>
        </select>
      </Field>
      <div className="field">
        <span className="label">Overrides</span>
        <p className="hint">
          system_prompt, tools, middlewares, step_settings_patch; the profile’s policy decides.
        </p>
        <JsonField label="Overrides" value={objectOf(body, overrides)} onChange={setObject(overrides)} />
      </div>
      <div className="field">
        <span className="label">The caller’s own settings</span>
        <p className="hint">The lowest layer: section, field, value.</p>
        <JsonField
          label="Base step settings"
          value={objectOf(body, "base_step_settings")}
          onChange={setObject("base_step_settings")}
        />
      </div>
    </>
  );
}

interface TextProps {
  label: string;
  name: string;
  hint?: string;
  body: JsonObject;
  set: (name: string) => (text: string) => void;
}

function Text({ label, name, hint, body, set }: TextProps) {
  return (
    <Field label={label} hint={hint}>
      <input
        className="input mono"
        value={textOf(body, name)}
        spellCheck={false}
        onChange={({ target }) => set(name)(target.value)}
      />
    </Field>
  );
}

interface ChoiceProps {
  value: string;
  onChange: (value: string) => void;
}

function RegistryField({ value, onChange }: ChoiceProps) {
  const registries = useQuery(registriesQuery());
  const names = registries.data?.map(({ slug }) => slug) ?? [];
  return (
    <Field label="Registry">
      <select className="input" value={value} onChange={({ target }) => onChange(target.value)}>
        <option value="">not said: the server’s default</option>
        {[...new Set([...names, ...(value ? [value] : [])])].map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </Field>
  );
}

/** The first ones are offered; any other can be written. */
function ProfileField({ registry, value, onChange }: ChoiceProps & { registry: string }) {
  const offered = useQuery({
    queryKey: ["profiles-offered", registry, value],
    queryFn: ({ signal }) =>
      client
        .listProfiles({ registry: registry || undefined, pageSize: 50, signal })
        .page(String(new URLSearchParams({ view: "summary", ...(value && { q: value }) }))),
    retry: false,
  });
  return (
    <>
      <Field label="Profile" hint="Blank: the cookie’s, then the registry’s default.">
        <input
          className="input mono"
          list="profiles-offered"
          value={value}
          spellCheck={false}
          autoComplete="off"
          onChange={({ target }) => onChange(target.value)}
        />
      </Field>
      <datalist id="profiles-offered">
        {offered.data?.items.map(({ slug }) => (
          <option key={slug} value={slug} />
        ))}
      </datalist>
    </>
  );
}

function ModeField({ registry, value, onChange }: ChoiceProps & { registry: string }) {
  const features = useQuery({
    queryKey: ["features", registry],
    queryFn: ({ signal }) => client.getFeatures({ registry: registry || undefined, signal }),
    retry: false,
  });
  const modes = features.data?.modes.map(({ mode }) => mode) ?? [];
  return (
    <Field label="Processing mode">
      <select className="input" value={value} onChange={({ target }) => onChange(target.value)}>
        <option value="">none asked for</option>
        {[...new Set([...modes, ...(value ? [value] : [])])].map((mode) => (
          <option key={mode}>{mode}</option>
        ))}
      </select>
    </Field>
  );
}
