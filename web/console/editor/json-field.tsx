import { useEffect, useState } from "react";
import { equalJson, type Json, prettyJson } from "../json/json.js";
import { FieldErrors } from "../ui/field.js";
import { CodeEditor } from "./code-editor.js";
import { createEcho } from "./echo.js";
import { useUnfinished } from "./unfinished.js";

export interface JsonFieldProps {
  label: string;
  value: Json;
  onChange: (value: Json) => void;
  errors?: readonly string[];
  readOnly?: boolean;
  size?: "small" | "medium";
}

/** Any JSON as text. While it is none, nothing is told, and it says so. */
export function JsonField({ label, value, onChange, errors = [], readOnly, size = "small" }: JsonFieldProps) {
  const [text, setText] = useState(() => prettyJson(value));
  const [echo] = useState(() => createEcho<Json>(equalJson));
  const parsed = parse(text);
  useUnfinished("error" in parsed);
  // What was written here comes back as it was written, not as it would be printed.
  useEffect(() => {
    if (echo.isOwn(value)) return;
    setText((now) => {
      const own = parse(now);
      return "json" in own && equalJson(own.json, value) ? now : prettyJson(value);
    });
  }, [value, echo]);
  return (
    <div className="stack tight">
      <CodeEditor
        label={label}
        language="json"
        size={size}
        value={text}
        readOnly={readOnly ?? false}
        onChange={(next) => {
          setText(next);
          const result = parse(next);
          if (!("json" in result)) return;
          echo.told(result.json);
          onChange(result.json);
        }}
      />
      <FieldErrors errors={"error" in parsed ? [`This is no JSON yet: ${parsed.error}`] : errors} />
    </div>
  );
}

function parse(text: string): { json: Json } | { error: string } {
  try {
    return { json: JSON.parse(text) as Json };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
