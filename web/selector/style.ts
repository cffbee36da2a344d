/** The look of the selector. Adopted, not written into the page: a strict CSP allows it. */
const CSS = `
:host {
  --accent: var(--profile-selector-accent, light-dark(#3b5bdb, #91a7ff));
  --text: var(--profile-selector-text, light-dark(#1b1f2a, #eceef4));
  --muted: var(--profile-selector-muted, light-dark(#5a6275, #a5adbf));
  --surface: var(--profile-selector-surface, light-dark(#ffffff, #1d212b));
  --raised: var(--profile-selector-raised, light-dark(#ffffff, #232834));
  --hover: var(--profile-selector-hover, light-dark(#eef1f8, #2f3543));
  --border: var(--profile-selector-border, light-dark(#c9cfdc, #434a5b));
  --warning: var(--profile-selector-warning, light-dark(#fff4dc, #3a2f17));
  --warning-text: var(--profile-selector-warning-text, light-dark(#6b4200, #ffd58a));
  --radius: var(--profile-selector-radius, 10px);
  color-scheme: light dark;
  display: inline-block;
  position: relative;
  max-inline-size: 100%;
  color: var(--text);
  font: var(--profile-selector-font, 14px/1.4 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif);
  text-align: start;
}
:host([theme="light"]) { color-scheme: light; }
:host([theme="dark"]) { color-scheme: dark; }
:host([hidden]), [hidden] { display: none !important; }
*, *::before { box-sizing: border-box; }
button, input { font: inherit; color: inherit; margin: 0; }
button { cursor: pointer; }
:focus { outline: none; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.icon { flex: none; inline-size: 1.15em; block-size: 1.15em; fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
.unseen { position: absolute; inline-size: 1px; block-size: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.row { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; }
#button {
  display: inline-flex; align-items: center; gap: 6px;
  min-block-size: 36px; max-inline-size: min(20rem, 100%);
  padding-block: 6px; padding-inline: 14px 8px;
  border: 1px solid var(--border); border-radius: var(--radius);
  background: var(--surface); font-weight: 550;
}
#button:hover, #button[aria-expanded="true"] { background: var(--hover); }
#button[aria-disabled] { cursor: default; background: var(--surface); }
#button.none { color: var(--muted); font-weight: 450; }
.value { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.chevron { color: var(--muted); }
#button[aria-expanded="true"] .chevron { rotate: 180deg; }
#button[aria-disabled] .chevron { visibility: hidden; }
#button[aria-busy] .chevron { animation: breathe 1s ease-in-out infinite alternate; }
.modes { display: inline-flex; flex-wrap: wrap; gap: 6px; }
[role="switch"] {
  display: inline-flex; align-items: center; gap: 8px;
  min-block-size: 36px; padding-block: 6px; padding-inline: 10px 12px;
  border: 1px solid var(--border); border-radius: var(--radius);
  background: var(--surface);
}
[role="switch"]:hover { background: var(--hover); }
[role="switch"]::before {
  content: ""; flex: none; inline-size: 26px; block-size: 16px; border-radius: 8px;
  border: 1px solid var(--muted);
  background: radial-gradient(circle at 8px 50%, var(--muted) 4.5px, transparent 5px);
}
[role="switch"][aria-checked="true"]::before {
  border-color: var(--accent); background: radial-gradient(circle at 16px 50%, var(--surface) 5px, transparent 5.5px) var(--accent);
}
[role="switch"]:dir(rtl)::before { scale: -1 1; }
.popup {
  position: absolute; z-index: var(--profile-selector-z-index, 1000);
  inset-block-start: calc(100% + 6px); inset-inline-start: 0;
  display: flex; flex-direction: column;
  inline-size: max-content; min-inline-size: min(17rem, 92vw); max-inline-size: min(25rem, 92vw); max-block-size: min(26rem, 70vh);
  overflow: hidden;
  border: 1px solid var(--border); border-radius: calc(var(--radius) + 2px);
  background: var(--raised); box-shadow: 0 2px 6px rgb(10 14 30 / 10%), 0 12px 32px rgb(10 14 30 / 18%);
}
.popup.above { inset-block: auto calc(100% + 6px); }
.popup.end { inset-inline: auto 0; }
.search { display: flex; align-items: center; gap: 8px; padding-inline: 14px; border-block-end: 1px solid var(--border); color: var(--muted); }
#filter { flex: 1; min-inline-size: 0; padding-block: 11px; border: 0; background: none; color: var(--text); }
#filter:focus-visible { outline: none; }
.search:focus-within { box-shadow: inset 0 -2px var(--accent); }
#filter::placeholder { color: var(--muted); opacity: 1; }
#list { position: relative; margin: 0; padding: 6px; overflow-y: auto; list-style: none; outline: none; overscroll-behavior: contain; }
[role="option"] {
  display: flex; align-items: flex-start; gap: 8px;
  padding-block: 8px; padding-inline: 8px 10px; border-radius: calc(var(--radius) - 3px);
  border-inline-start: 3px solid transparent; cursor: pointer;
}
/* The outline is what forced colours show. */
[role="option"].active { background: var(--hover); border-inline-start-color: var(--accent); outline: 2px solid transparent; outline-offset: -2px; }
.check { visibility: hidden; margin-block-start: .12em; color: var(--accent); stroke-width: 2; }
[aria-selected="true"] .check { visibility: visible; }
.lines { display: block; min-inline-size: 0; }
.name { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 6px; font-weight: 550; overflow-wrap: anywhere; }
.mark {
  display: inline-flex; align-items: center; gap: 3px; padding: 0 7px; border-radius: 99px;
  border: 1px solid var(--border); color: var(--muted); font-size: .8em; font-weight: 500;
}
.lock { inline-size: 1em; block-size: 1em; }
.description {
  display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden;
  color: var(--muted); font-size: .93em; overflow-wrap: anywhere;
}
.none { margin: 0; padding: 18px 16px; color: var(--muted); text-align: center; }
.notice {
  display: flex; align-items: center; gap: 10px;
  inline-size: fit-content; max-inline-size: 30rem; margin-block-start: 8px; padding-block: 6px; padding-inline: 12px 6px;
  border-radius: var(--radius); background: var(--warning); color: var(--warning-text); font-size: .93em;
}
/* Kept in the page: screen readers only hear of what changes inside a region that they know. */
.notice.empty { margin: 0; padding: 0; }
.notice.empty button { display: none; }
.notice [role="status"] { flex: 1 1 auto; display: inline-block; min-inline-size: 0; overflow-wrap: anywhere; }
.notice [role="status"]::first-letter { text-transform: uppercase; }
.notice button { flex: none; display: inline-flex; align-items: center; padding: 3px 5px; min-block-size: 26px; border: 0; border-radius: 6px; background: none; color: inherit; }
.notice button:hover { background: rgb(128 128 128 / 18%); }
.again { font-weight: 600; text-decoration: underline; text-underline-offset: 2px; }
@keyframes breathe { to { opacity: .2; } }
@media (prefers-reduced-motion: reduce) { .chevron { animation: none !important; } }
@media (forced-colors: active) {
  [role="option"].active { outline-color: Highlight; }
  [role="switch"][aria-checked="true"]::before { background: Highlight; forced-color-adjust: none; }
}
`;

let sheet: CSSStyleSheet | undefined;

/** One sheet for all of them. */
export function adoptStyle(root: ShadowRoot): void {
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  root.adoptedStyleSheets = [sheet];
}
