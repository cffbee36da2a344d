import { useEffect, useRef } from "react";
import { Icon } from "./icon.js";

export interface SearchInputProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

/** `/` comes to it from anywhere in the view, Escape empties it. */
export function SearchInput({ label, value, onChange }: SearchInputProps) {
  const ref = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const focus = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement;
      if (event.key !== "/" || event.ctrlKey || event.metaKey) return;
      if (target.matches("input, textarea, select, [contenteditable]") || target.shadowRoot) return;
      event.preventDefault();
      ref.current?.focus();
    };
    window.addEventListener("keydown", focus);
    return () => window.removeEventListener("keydown", focus);
  }, []);
  return (
    <div className="search">
      <Icon name="search" />
      <input
        ref={ref}
        className="input"
        type="search"
        aria-label={label}
        aria-keyshortcuts="/"
        placeholder={label}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && onChange("")}
      />
    </div>
  );
}
