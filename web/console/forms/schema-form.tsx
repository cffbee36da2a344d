// The package as a whole brings test helpers and a validator that compiles code.
import Form from "@rjsf/core/lib/components/Form.js";
import type { RJSFSchema } from "@rjsf/utils";
import { useId, useMemo } from "react";
import { isObject, type Json, type JsonObject } from "../json/json.js";
import { valueErrors } from "../profile/field-errors.js";
import { FieldErrors } from "../ui/field.js";
import { errorSchemaOf } from "./error-schema.js";
import { templates } from "./templates.js";
import { branchValidator } from "./validator.js";
import { widgets } from "./widgets.js";

export interface SchemaFormProps {
  schema: JsonObject;
  value: Json;
  onChange: (value: Json) => void;
  /** The server's, as `/max_rows must be >= 1`. */
  errors?: readonly string[];
  readOnly?: boolean;
}

// What is left out stays left out: the server fills defaults in, and the form shows them as placeholders.
const DEFAULTS = { emptyObjectFields: "skipDefaults", arrayMinItems: { populate: "never" } } as const;
const UI = { "ui:submitButtonOptions": { norender: true }, "ui:label": false };
const NONE: readonly string[] = [];

/** A form made from a JSON Schema of the catalogue. */
export function SchemaForm({ schema, value, onChange, errors = NONE, readOnly = false }: SchemaFormProps) {
  const id = useId().replace(/\W/g, "");
  const found = useMemo(() => valueErrors(errors), [errors]);
  const extraErrors = useMemo(() => errorSchemaOf(found.filter(({ steps }) => steps.length > 0)), [found]);
  const whole = found.filter(({ steps }) => steps.length === 0 || !hasPlace(schema, steps));
  const bare = useMemo(() => withoutTitle(schema), [schema]);
  return (
    <div className="schema-form">
      <Form
        tagName="div"
        idPrefix={id}
        schema={bare}
        uiSchema={UI}
        formData={value}
        validator={branchValidator}
        templates={templates}
        widgets={widgets}
        extraErrors={extraErrors}
        experimental_defaultFormStateBehavior={DEFAULTS}
        noValidate
        noHtml5Validate
        showErrorList={false}
        readonly={readOnly}
        onChange={({ formData }) => onChange(cleaned(formData))}
      />
      <FieldErrors
        errors={whole.map(({ steps, reason }) =>
          steps.length > 0 ? `${steps.join(" › ")}: ${reason}` : reason,
        )}
      />
    </div>
  );
}

/** Undefined members are none. */
function cleaned(value: unknown): Json {
  return JSON.parse(JSON.stringify(value ?? {})) as Json;
}

/** The card around it has it already. */
function withoutTitle({ title: _, description: __, ...schema }: JsonObject): RJSFSchema {
  return schema as RJSFSchema;
}

/** Whether the form has a field that would show it: only members with a schema of their own do. */
function hasPlace(schema: JsonObject, [step]: readonly string[]): boolean {
  const { properties, additionalProperties } = schema;
  return (
    (isObject(properties) && step !== undefined && Object.hasOwn(properties, step)) ||
    additionalProperties !== false
  );
}
