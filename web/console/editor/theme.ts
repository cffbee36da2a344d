/** How editors look: the page's own variables, which reach into shadow roots. */
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const look = EditorView.theme({
  "&": { color: "var(--text)", backgroundColor: "transparent", fontSize: "13px", height: "100%" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6", overflow: "auto" },
  ".cm-content": { caretColor: "var(--text)", padding: "10px 0" },
  ".cm-line": { padding: "0 12px" },
  ".cm-gutters": {
    backgroundColor: "var(--sunken)",
    color: "var(--faint)",
    borderRight: "1px solid var(--line)",
  },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLineGutter": { color: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "color-mix(in srgb, var(--accent) 26%, transparent)",
  },
  ".cm-placeholder": { color: "var(--faint)" },
  ".cm-panels": {
    backgroundColor: "var(--sunken)",
    color: "var(--text)",
    borderColor: "var(--line)",
    fontFamily: "var(--font)",
  },
  ".cm-textfield": {
    backgroundColor: "var(--surface)",
    border: "1px solid var(--line-strong)",
    borderRadius: "4px",
    color: "var(--text)",
  },
  ".cm-button": {
    backgroundImage: "none",
    backgroundColor: "var(--surface)",
    border: "1px solid var(--line-strong)",
    borderRadius: "4px",
    color: "var(--text)",
  },
  ".cm-panel.cm-search [name=close]": { color: "var(--text)" },
  ".cm-tooltip": {
    backgroundColor: "var(--surface)",
    border: "1px solid var(--line)",
    color: "var(--text)",
  },
  ".cm-diagnostic": { fontFamily: "var(--font)", whiteSpace: "pre-wrap" },
  ".cm-mergeView, .cm-mergeViewEditors": { height: "auto" },
  // The merge view's own colours are for a light page, and more specific.
  "& .cm-changedLine, & .cm-insertedLine": {
    backgroundColor: "color-mix(in srgb, var(--added) 45%, transparent) !important",
  },
  "&.cm-merge-a .cm-changedLine, & .cm-deletedChunk, & .cm-deletedLine": {
    backgroundColor: "color-mix(in srgb, var(--removed) 45%, transparent) !important",
  },
  "& .cm-changedText, & .cm-insertedText": { background: "var(--added) !important" },
  "&.cm-merge-a .cm-changedText, & .cm-deletedText": {
    background: "var(--removed) !important",
    textDecoration: "none",
  },
  "& .cm-deletedChunk": { paddingLeft: "12px" },
  "& .cm-collapsedLines": {
    background: "var(--sunken) !important",
    color: "var(--muted)",
    fontFamily: "var(--font)",
  },
  "& .cm-collapsedLines:before, & .cm-collapsedLines:after": { content: '"···" !important' },
});

const highlight = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--accent)" },
  { tag: tags.string, color: "var(--ok)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--warn)" },
]);

export const editorTheme = [look, syntaxHighlighting(highlight)];
