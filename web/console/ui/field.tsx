import { cloneElement, type ReactElement, type ReactNode, useId } from "react";
import { Icon } from "./icon.js";

interface ControlProps {
  id?: string;
  "aria-invalid"?: boolean | undefined;
  "aria-describedby"?: string | undefined;
}

export interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  /** The server's own words. */
  errors?: readonly string[] | undefined;
  children: ReactElement<ControlProps>;
}

/** A labelled control, with what is wrong with it below. */
export function Field({ label, hint, errors = [], children }: FieldProps) {
  const id = useId();
  const described = [hint && `${id}-hint`, errors.length > 0 && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        {label}
      </label>
      {cloneElement(children, {
        id,
        "aria-invalid": errors.length > 0 || undefined,
        "aria-describedby": described || undefined,
      })}
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <FieldErrors id={`${id}-error`} errors={errors} />
    </div>
  );
}

export function FieldErrors({ errors = [], id }: { errors?: readonly string[] | undefined; id?: string }) {
  if (errors.length === 0) return null;
  return (
    <div id={id} role="alert">
      {[...new Set(errors)].map((error) => (
        <p className="field-error" key={error}>
          <Icon name="warn" />
          <span>{error}</span>
        </p>
      ))}
    </div>
  );
}
