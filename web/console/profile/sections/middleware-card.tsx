import type { MiddlewareDefinition, Violation } from "../../../client/index.js";
import { JsonField } from "../../editor/json-field.js";
import { SchemaForm } from "../../forms/schema-form.js";
import { isObject, type Json, type JsonObject, shortJson } from "../../json/json.js";
import { Button } from "../../ui/button.js";
import { Field, FieldErrors } from "../../ui/field.js";
import { Switch } from "../../ui/switch.js";
import type { MiddlewareDraft } from "../draft.js";
import { reasonsFor } from "../field-errors.js";

export interface MiddlewareCardProps {
  entry: MiddlewareDraft;
  position: number;
  last: boolean;
  definition: MiddlewareDefinition | undefined;
  /** Whether the catalogue has it, as far as is known. */
  known: boolean;
  violations: readonly Violation[];
  readOnly: boolean;
  open: boolean;
  onToggle: () => void;
  onChange: (entry: MiddlewareDraft) => void;
  onRemove: () => void;
  onMove: (by: 1 | -1) => void;
}

export function MiddlewareCard(props: MiddlewareCardProps) {
  const { entry, position, definition, known, violations, readOnly, open } = props;
  const field = `runtime.middlewares[${position}]`;
  const errors = violations.filter((one) => one.field.startsWith(field));
  const title = definition?.display_name ?? entry.name;
  const enabled = entry.enabled !== false;
  return (
    <section className="card" aria-label={`${position + 1}. ${title}`}>
      <div className={open ? "card-head" : "card-head alone"}>
        <span className="faint order">{position + 1}</span>
        <button type="button" className="disclosure grow" aria-expanded={open} onClick={props.onToggle}>
          <span className={enabled ? "strong" : "strong muted"}>{title}</span>
          {entry.id !== undefined && <bdi className="badge mono">{entry.id}</bdi>}
          {!enabled && <span className="badge">off</span>}
          {!known && <span className="badge warn">not in the catalogue</span>}
          {errors.length > 0 && (
            <span className="badge danger">
              {errors.length === 1 ? "1 error" : `${errors.length} errors`}
            </span>
          )}
          {!open && <span className="small faint clip mono grow">{summary(entry.config)}</span>}
        </button>
        <CardActions {...props} title={title} enabled={enabled} />
      </div>
      {open && (
        <div className="card-body">
          {definition?.description && <p className="muted">{definition.description}</p>}
          <div className="form-width">
            <Field
              label="Id"
              hint="Names this instance among others, and keeps its config when it is moved."
              errors={reasonsFor(violations, `${field}.id`)}
            >
              <input
                className="input mono"
                value={entry.id ?? ""}
                readOnly={readOnly}
                onChange={({ target }) => props.onChange(withId(entry, target.value))}
              />
            </Field>
          </div>
          <Config {...props} errors={reasonsUnder(violations, `${field}.config`)} />
        </div>
      )}
      {errors.some((one) => one.field === `${field}.name`) && (
        <div className="card-body">
          <FieldErrors errors={reasonsFor(violations, `${field}.name`)} />
        </div>
      )}
    </section>
  );
}

function CardActions(props: MiddlewareCardProps & { title: string; enabled: boolean }) {
  const { entry, position, last, readOnly, title, enabled, onChange, onRemove, onMove } = props;
  return (
    <div className="row tight">
      <Switch
        aria-label={`${title} is on`}
        checked={enabled}
        disabled={readOnly}
        onChange={(on) => onChange(withEnabled(entry, on))}
      />
      {!readOnly && (
        <>
          <Button
            look="ghost"
            size="small"
            icon="up"
            aria-label={`Move ${title} up`}
            data-move="-1"
            disabled={position === 0}
            onClick={() => onMove(-1)}
          />
          <Button
            look="ghost"
            size="small"
            icon="down"
            aria-label={`Move ${title} down`}
            data-move="1"
            disabled={last}
            onClick={() => onMove(1)}
          />
          <Button
            look="quiet-danger"
            size="small"
            icon="trash"
            aria-label={`Remove ${title}`}
            onClick={onRemove}
          />
        </>
      )}
    </div>
  );
}

function Config({
  entry,
  definition,
  readOnly,
  onChange,
  errors,
}: MiddlewareCardProps & { errors: readonly string[] }) {
  const change = (config: Json): void => onChange({ ...entry, config: isObject(config) ? config : {} });
  if (definition === undefined) {
    return (
      <JsonField
        label={`Config of ${entry.name}`}
        value={entry.config}
        readOnly={readOnly}
        errors={errors}
        onChange={change}
      />
    );
  }
  return (
    <SchemaForm
      schema={definition.schema as JsonObject}
      value={entry.config}
      readOnly={readOnly}
      errors={errors}
      onChange={change}
    />
  );
}

/** Those of the config as a whole name the place inside themselves; those of secrets are of members. */
function reasonsUnder(violations: readonly Violation[], field: string): string[] {
  return violations.flatMap((one) => {
    if (one.field === field) return [one.reason];
    if (!one.field.startsWith(`${field}.`)) return [];
    return [`/${one.field.slice(field.length + 1).replaceAll(".", "/")} ${one.reason}`];
  });
}

function withId({ id: _, ...entry }: MiddlewareDraft, id: string): MiddlewareDraft {
  return id === "" ? entry : { ...entry, id };
}

/** Enabled is what an entry is that does not say. */
function withEnabled({ enabled: _, ...entry }: MiddlewareDraft, enabled: boolean): MiddlewareDraft {
  return enabled ? entry : { ...entry, enabled };
}

function summary(config: JsonObject): string {
  return Object.entries(config)
    .map(([name, value]) => `${name}: ${shortJson(value, 40)}`)
    .join(", ");
}
