import { type InputHTMLAttributes, type ReactNode, useId } from "react";

export interface SwitchProps
  extends Omit<InputHTMLAttributes<HTMLInputElement>, "onChange" | "type" | "children"> {
  checked: boolean;
  onChange: (checked: boolean) => void;
}

/** On or off. */
export function Switch({ checked, onChange, ...rest }: SwitchProps) {
  return (
    <input
      {...rest}
      type="checkbox"
      className="switch"
      role="switch"
      aria-checked={checked}
      checked={checked}
      onChange={({ target }) => onChange(target.checked)}
    />
  );
}

/** The same with its name, and what it means. */
export function SwitchField({
  label,
  children,
  ...rest
}: SwitchProps & { label: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <div className="check">
      <Switch {...rest} id={id} aria-describedby={`${id}-hint`} />
      <div>
        <label className="label" htmlFor={id}>
          {label}
        </label>
        <div className="small muted" id={`${id}-hint`}>
          {children}
        </div>
      </div>
    </div>
  );
}
