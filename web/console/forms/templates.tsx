/** How fields made from schemas look: as all other fields of the console do. */
import {
  ADDITIONAL_PROPERTY_FLAG,
  type ArrayFieldItemTemplateProps,
  type ArrayFieldTemplateProps,
  canExpand,
  type FieldErrorProps,
  type FieldTemplateProps,
  type IconButtonProps,
  type MultiSchemaFieldTemplateProps,
  type ObjectFieldTemplateProps,
  type UnsupportedFieldProps,
} from "@rjsf/utils";
import { Button } from "../ui/button.js";
import { FieldErrors } from "../ui/field.js";
import type { IconName } from "../ui/icon.js";
import { InputTemplate } from "./widgets.js";

function FieldTemplate(props: FieldTemplateProps) {
  const { id, label, children, rawDescription, rawErrors, hidden, required, displayLabel, schema } = props;
  if (hidden) return null;
  const additional = ADDITIONAL_PROPERTY_FLAG in schema;
  const boolean = schema.type === "boolean";
  const labelled = displayLabel && !boolean && !additional;
  const container = schema.type === "object" || schema.type === "array";
  return (
    <div className={container ? "field wide" : "field"}>
      {labelled && (
        <label className="label" htmlFor={id}>
          {label}
          {required && <span className="small faint"> required</span>}
        </label>
      )}
      {additional ? <AdditionalMember {...props} /> : children}
      {rawDescription && !container && !boolean && <p className="hint">{rawDescription}</p>}
      {!container && <FieldErrors errors={rawErrors} />}
    </div>
  );
}

/** A member that the schema does not name: its name can be changed too. */
function AdditionalMember({
  id,
  label,
  children,
  readonly,
  disabled,
  onKeyRenameBlur,
  onRemoveProperty,
}: FieldTemplateProps) {
  return (
    <div className="row top">
      <input
        className="input mono member-name"
        key={label}
        id={`${id}-key`}
        aria-label={`Name of ${label}`}
        defaultValue={label}
        readOnly={readonly || disabled}
        onBlur={onKeyRenameBlur}
      />
      <div className="grow">{children}</div>
      {!readonly && (
        <Button look="ghost" icon="close" aria-label={`Remove ${label}`} onClick={onRemoveProperty} />
      )}
    </div>
  );
}

function ObjectFieldTemplate(props: ObjectFieldTemplateProps) {
  const { title, description, properties, schema, uiSchema, formData, readonly, fieldPathId, errorSchema } =
    props;
  const root = fieldPathId.path.length === 0;
  const union = (schema.oneOf || schema.anyOf) && properties.length === 0;
  if (union) return null;
  return (
    <fieldset className={root ? "schema-object root" : "schema-object"} id={fieldPathId.$id}>
      {title && !root && <legend className="label">{title}</legend>}
      {description && !root && <p className="hint wide">{description}</p>}
      {properties.map(({ content }) => content)}
      {properties.length === 0 && root && <p className="muted">There is nothing to set.</p>}
      <FieldErrors errors={errorSchema?.__errors} />
      {canExpand(schema, uiSchema, formData) && !readonly && (
        <div className="wide">
          <Button size="small" icon="add" onClick={props.onAddProperty}>
            Add member
          </Button>
        </div>
      )}
    </fieldset>
  );
}

function ArrayFieldTemplate(props: ArrayFieldTemplateProps) {
  const { title, schema, items, canAdd, onAddClick, readonly, fieldPathId, errorSchema } = props;
  return (
    <fieldset className="schema-array" id={fieldPathId.$id}>
      <legend className="label">{title}</legend>
      {schema.description && <p className="hint">{schema.description}</p>}
      {items.length > 0 && <div className="stack tight">{items}</div>}
      <FieldErrors errors={errorSchema?.__errors} />
      {canAdd && !readonly && (
        <div>
          <Button size="small" icon="add" onClick={onAddClick} aria-label={`Add to ${title}`}>
            Add
          </Button>
        </div>
      )}
    </fieldset>
  );
}

function ArrayFieldItemTemplate({ children, buttonsProps, index }: ArrayFieldItemTemplateProps) {
  const { hasMoveUp, hasMoveDown, hasRemove, onMoveUpItem, onMoveDownItem, onRemoveItem, readonly } =
    buttonsProps;
  const place = index + 1;
  return (
    <div className="row top nowrap-row array-item">
      <div className="grow">{children}</div>
      {!readonly && (
        <div className="row tight nowrap-row">
          {(hasMoveUp || hasMoveDown) && (
            <>
              <Button
                look="ghost"
                icon="up"
                aria-label={`Move ${place} up`}
                disabled={!hasMoveUp}
                onClick={onMoveUpItem}
              />
              <Button
                look="ghost"
                icon="down"
                aria-label={`Move ${place} down`}
                disabled={!hasMoveDown}
                onClick={onMoveDownItem}
              />
            </>
          )}
          {hasRemove && (
            <Button look="ghost" icon="close" aria-label={`Remove ${place}`} onClick={onRemoveItem} />
          )}
        </div>
      )}
    </div>
  );
}

function MultiSchemaFieldTemplate({ selector, optionSchemaField }: MultiSchemaFieldTemplateProps) {
  return (
    <div className="stack tight">
      {selector}
      {optionSchemaField}
    </div>
  );
}

function FieldErrorTemplate({ errors = [] }: FieldErrorProps) {
  return <FieldErrors errors={errors.map(String)} />;
}

function UnsupportedFieldTemplate({ reason }: UnsupportedFieldProps) {
  return <p className="hint">The form cannot show this part ({reason}); the JSON view can.</p>;
}

const iconButton =
  (icon: IconName, label: string) =>
  ({ onClick, disabled, title }: IconButtonProps) => (
    <Button
      look="ghost"
      size="small"
      icon={icon}
      aria-label={title ?? label}
      onClick={onClick}
      disabled={disabled}
    />
  );

export const templates = {
  FieldTemplate,
  ObjectFieldTemplate,
  ArrayFieldTemplate,
  ArrayFieldItemTemplate,
  MultiSchemaFieldTemplate,
  FieldErrorTemplate,
  UnsupportedFieldTemplate,
  BaseInputTemplate: InputTemplate,
  ButtonTemplates: {
    AddButton: iconButton("add", "Add"),
    RemoveButton: iconButton("close", "Remove"),
    MoveUpButton: iconButton("up", "Move up"),
    MoveDownButton: iconButton("down", "Move down"),
    CopyButton: iconButton("copy", "Copy"),
    ClearButton: iconButton("close", "Clear"),
    SubmitButton: () => null,
  },
};
