import { json } from "@codemirror/lang-json";
import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, highlightSpecialChars, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { shadowOf } from "./shadow-host.js";
import { editorTheme } from "./theme.js";

export interface DiffViewProps {
  label: string;
  before: string;
  after: string;
  language?: "text" | "json";
}

const NARROW_PX = 600;

/** Two texts side by side, or one below the other where there is no room; what is alike is folded. */
export function DiffView({ label, before, after, language = "json" }: DiffViewProps) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!host.current) return;
    const root = shadowOf(host.current);
    const extensions: Extension[] = [
      editorTheme,
      lineNumbers(),
      highlightSpecialChars(),
      EditorView.lineWrapping,
      EditorState.readOnly.of(true),
      language === "json" ? json() : [],
    ];
    const named = (side: string) =>
      EditorView.contentAttributes.of({ "aria-label": `${label}, ${side}`, tabindex: "0" });
    const collapseUnchanged = { margin: 3, minSize: 6 };
    const diffConfig = { scanLimit: 2_000, timeout: 800 };
    const made =
      host.current.clientWidth < NARROW_PX
        ? new EditorView({
            root,
            parent: root,
            doc: after,
            extensions: [
              extensions,
              named("changes"),
              unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged, diffConfig }),
            ],
          })
        : new MergeView({
            root,
            parent: root,
            a: { doc: before, extensions: [extensions, named("before")] },
            b: { doc: after, extensions: [extensions, named("after")] },
            collapseUnchanged,
            diffConfig,
          });
    return () => made.destroy();
  }, [label, before, after, language]);
  // biome-ignore lint/a11y/useSemanticElements: it frames the editors
  return <div className="editor diff" ref={host} role="group" aria-label={label} />;
}
