import { type KeyboardEvent, useRef, useState } from "react";
import { Icon } from "./icon.js";

export interface TokensInputProps {
  values: readonly string[];
  onChange: (values: string[]) => void;
  /** Names the whole; each value is removable by name. */
  label: string;
  placeholder?: string;
  disabled?: boolean;
  /** Positions that something is wrong with. */
  wrong?: ReadonlySet<number>;
  id?: string;
  "aria-describedby"?: string | undefined;
  "aria-invalid"?: boolean | undefined;
}

/** A list of short texts: Enter or a comma adds, Backspace in the empty input takes the last one back. */
export function TokensInput({
  values,
  onChange,
  label,
  placeholder,
  disabled,
  wrong,
  ...rest
}: TokensInputProps) {
  const [text, setText] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const add = (raw: string): void => {
    const added = raw.split(/[,\n]/).map((part) => part.trim());
    const fresh = added.filter((part) => part !== "" && !values.includes(part));
    if (fresh.length > 0) onChange([...values, ...new Set(fresh)]);
    setText("");
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if ((event.key === "Enter" || event.key === ",") && text.trim() !== "") {
      event.preventDefault();
      add(text);
    } else if (event.key === "Backspace" && text === "" && values.length > 0) {
      setText(values.at(-1) ?? "");
      onChange(values.slice(0, -1));
    }
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would take its legend from the label around it
    <div className="tokens" role="group" aria-label={label}>
      {values.map((value, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same text may be there twice
        <span className={wrong?.has(i) ? "token wrong" : "token"} key={i}>
          <bdi>{value === "" ? "(blank)" : value}</bdi>
          {disabled ? (
            <span className="token-end" />
          ) : (
            <button
              type="button"
              aria-label={`Remove ${value}`}
              onClick={() => {
                onChange(values.filter((_, at) => at !== i));
                // The button that had the focus goes.
                input.current?.focus();
              }}
            >
              <Icon name="close" />
            </button>
          )}
        </span>
      ))}
      {!disabled && (
        <input
          {...rest}
          ref={input}
          value={text}
          aria-label={`Add to ${label}`}
          placeholder={placeholder}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          onBlur={() => text.trim() !== "" && add(text)}
          onPaste={(event) => {
            const pasted = event.clipboardData.getData("text");
            if (!/[,\n]/.test(pasted)) return;
            event.preventDefault();
            add(text + pasted);
          }}
        />
      )}
    </div>
  );
}
