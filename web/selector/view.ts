/** What is inside a `<profile-selector>`. */
import { nameOf, type SelectionSnapshot } from "../client/selection.js";
import { element, icon, setAttributes } from "./element.js";
import { createPopup } from "./popup.js";
import type { SelectorTexts } from "./texts.js";

const CHEVRON = "M4 6.5l4 4 4-4";
const CROSS = "M4.5 4.5l7 7M11.5 4.5l-7 7";

export interface ViewActions {
  texts: SelectorTexts;
  select(slug: string): void;
  selectMode(mode: string | undefined): void;
  refresh(): void;
  dismissNotice(): void;
}

export interface View {
  readonly nodes: readonly Node[];
  update(snapshot: SelectionSnapshot): void;
  close(): void;
}

export function createView(actions: ViewActions): View {
  const { texts } = actions;
  const value = element("bdi", { id: "value", class: "value" });
  const button = element(
    "button",
    {
      id: "button",
      type: "button",
      "aria-expanded": "false",
      "aria-controls": "popup",
      "aria-labelledby": "label value",
      part: "button",
    },
    element("span", { id: "label", class: "unseen" }, texts.label),
    value,
    icon(CHEVRON, "chevron"),
  );
  const modes = element("div", { class: "modes", role: "group", "aria-label": texts.modes });
  const said = element("span", { role: "status" });
  const again = element("button", { type: "button", class: "again" }, texts.tryAgain);
  const dismiss = element(
    "button",
    { type: "button", class: "dismiss", "aria-label": texts.dismiss },
    icon(CROSS, "cross"),
  );
  const note = element("div", { class: "notice", part: "notice" }, said, again, dismiss);
  const popup = createPopup({ texts, opener: button, select: actions.select });

  button.addEventListener("click", popup.toggle);
  button.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    popup.open();
  });
  again.addEventListener("click", actions.refresh);
  dismiss.addEventListener("click", actions.dismissNotice);

  function switchOf(snapshot: SelectionSnapshot, i: number): HTMLElement {
    const { mode, description } = snapshot.modes[i]!;
    const kept = modes.children[i] as HTMLElement | undefined;
    const made = kept ?? element("button", { type: "button", role: "switch", part: "mode" });
    const checked = mode === snapshot.mode;
    setAttributes(made, { "aria-checked": String(checked), title: description });
    made.textContent = texts.mode(mode);
    made.onclick = () => actions.selectMode(checked ? undefined : mode);
    return made;
  }

  function showNotice({ notice, status }: SelectionSnapshot): void {
    const text = notice === undefined ? "" : texts.notice(notice);
    // The same text again would be read out again.
    if (said.textContent !== text) said.textContent = text;
    const focused = [again, dismiss].find((one) => one.matches(":focus"));
    note.classList.toggle("empty", notice === undefined);
    again.hidden = status !== "offline";
    // What is no longer shown cannot keep the focus.
    if (focused?.getClientRects().length === 0) button.focus();
  }

  return {
    nodes: [element("div", { class: "row", part: "row" }, button, modes), popup.element, note],
    update(snapshot) {
      const { status, selected, profiles } = snapshot;
      const idle = {
        loading: texts.loading,
        offline: texts.offline,
        ready: texts.empty,
        saving: texts.empty,
      };
      value.textContent = selected === undefined ? idle[status] : nameOf(selected);
      setAttributes(button, {
        "aria-busy": status === "loading" || status === "saving" ? "true" : undefined,
        "aria-disabled": profiles.length === 0 ? "true" : undefined,
        title: selected?.description,
      });
      button.classList.toggle("none", selected === undefined);
      modes.hidden = snapshot.modes.length === 0;
      // Kept in place, so that the focus stays on a switch that is turned.
      const switches = snapshot.modes.map((_mode, i) => switchOf(snapshot, i));
      while (modes.children.length > switches.length) modes.lastChild?.remove();
      for (const one of switches) if (one.parentNode !== modes) modes.append(one);
      showNotice(snapshot);
      popup.update(snapshot);
    },
    close: popup.close,
  };
}
