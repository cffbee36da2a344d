import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json, jsonParseLinter } from "@codemirror/lang-json";
import { bracketMatching, foldGutter, foldKeymap } from "@codemirror/language";
import { type Diagnostic, linter, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Annotation, Compartment, EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  placeholder as placeholderText,
} from "@codemirror/view";
import { useEffect, useRef, useState } from "react";
import { createEcho } from "./echo.js";
import { shadowOf } from "./shadow-host.js";
import { editorTheme } from "./theme.js";

export interface CodeEditorProps {
  /** For screen readers. */
  label: string;
  value: string;
  onChange?: (value: string) => void;
  language?: "text" | "json";
  readOnly?: boolean;
  placeholder?: string;
  /** Shown at the first line where they have no place of their own. */
  problems?: readonly string[];
  /** `fill` takes the height that its place gives; else it grows with its text, up to a limit. */
  size?: "fill" | "small" | "medium";
}

/** Set where a change comes from outside, so that it is not told back. */
const External = Annotation.define<boolean>();

export function CodeEditor(props: CodeEditorProps) {
  const { label, value, readOnly = false, problems, size = "medium" } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const [echo] = useState(createEcho<string>);
  const onChange = useRef(props.onChange);
  onChange.current = props.onChange;
  const locking = useRef(new Compartment());

  // biome-ignore lint/correctness/useExhaustiveDependencies: made once; what changes later is told to it below
  useEffect(() => {
    if (!host.current) return;
    const root = shadowOf(host.current);
    const listen = EditorView.updateListener.of((update) => {
      if (!update.docChanged || update.transactions.some((one) => one.annotation(External))) return;
      const text = update.state.sliceDoc();
      echo.told(text);
      onChange.current?.(text);
    });
    const made = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: value,
        extensions: [extensionsOf(props), locking.current.of(EditorState.readOnly.of(readOnly)), listen],
      }),
    });
    view.current = made;
    return () => made.destroy();
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (!editor || echo.isOwn(value) || value === editor.state.sliceDoc()) return;
    editor.dispatch({
      changes: { from: 0, to: editor.state.doc.length, insert: value },
      annotations: External.of(true),
    });
  }, [value, echo]);

  useEffect(() => {
    view.current?.dispatch({ effects: locking.current.reconfigure(EditorState.readOnly.of(readOnly)) });
  }, [readOnly]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || problems === undefined) return;
    const to = editor.state.doc.line(1).to;
    const diagnostics = problems.map((message): Diagnostic => ({ from: 0, to, severity: "error", message }));
    editor.dispatch(setDiagnostics(editor.state, diagnostics));
  }, [problems]);

  // biome-ignore lint/a11y/useSemanticElements: it frames the editor, whose text box is inside
  return <div className={`editor ${size}`} ref={host} role="group" aria-label={`${label} editor`} />;
}

function extensionsOf({ label, value, language = "text", placeholder, size }: CodeEditorProps): Extension {
  return [
    editorTheme,
    EditorState.lineSeparator.of(lineSeparator(value)),
    EditorView.clipboardInputFilter.of((text) => text.replace(/\r\n?/g, "\n")),
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
    EditorView.lineWrapping,
    history(),
    drawSelection(),
    highlightSpecialChars(),
    highlightSelectionMatches(),
    size === "small" ? [] : lineNumbers(),
    placeholder ? placeholderText(placeholder) : [],
    keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...foldKeymap, ...lintKeymap]),
    language === "json"
      ? [
          json(),
          bracketMatching(),
          linter(jsonParseLinter()),
          size === "small" ? [] : [foldGutter(), lintGutter()],
        ]
      : [],
  ];
}

/** Prompts are kept verbatim: whatever line ends they have, an edit elsewhere leaves them alone. */
function lineSeparator(text: string): string {
  return /\r\n/.test(text) && !/(^|[^\r])\n/.test(text) ? "\r\n" : "\n";
}
