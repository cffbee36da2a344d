/** The list that opens: a listbox, with a filter where there are many profiles (ARIA APG: listbox, combobox with listbox popup). */
import type { ProfileItem } from "../client/documents.js";
import { nameOf, type SelectionSnapshot } from "../client/selection.js";
import { element, icon, setAttributes } from "./element.js";
import { folded, matching } from "./matching.js";
import type { SelectorTexts } from "./texts.js";

/** More than these get a filter. */
const FEW = 8;
const PAGE = 8;
/** Of the list around its options, in px. */
const MARGIN = 6;
const FORGET_TYPED_MS = 600;

const CHECK = "M3.5 8.5l3 3 6-7";
const LOCK = "M5 7V5.2a3 3 0 0 1 6 0V7M4 7h8v6H4z";
const SEARCH = "M11 11l3 3M12 7A5 5 0 1 1 2 7a5 5 0 0 1 10 0z";

export interface Popup {
  readonly element: HTMLElement;
  /** What it belongs to is in `opener`. */
  open(): void;
  close(): void;
  toggle(): void;
  update(snapshot: SelectionSnapshot): void;
}

export interface PopupActions {
  texts: SelectorTexts;
  opener: HTMLElement;
  select(slug: string): void;
}

export function createPopup({ texts, opener, select }: PopupActions): Popup {
  const input = element("input", {
    id: "filter",
    type: "text",
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "true",
    "aria-controls": "list",
    "aria-label": texts.filter,
    placeholder: texts.filter,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    part: "filter",
  });
  const search = element("div", { class: "search" }, icon(SEARCH, "glass"), input);
  const list = element("ul", { id: "list", role: "listbox", "aria-label": texts.label, part: "list" });
  const none = element("p", { class: "none", hidden: true }, texts.noMatch);
  const count = element("p", { class: "unseen", role: "status" });
  const popup = element("div", { id: "popup", class: "popup", part: "popup", hidden: true });
  popup.append(search, list, none, count);

  let snapshot: SelectionSnapshot | undefined;
  let shown: readonly ProfileItem[] = [];
  let active: string | undefined;
  let filtered = false;
  let typed = "";
  let typedAt = 0;

  const isOpen = () => !popup.hidden;
  const holder = () => (filtered ? input : list);

  function render(): void {
    const { profiles = [], selected } = snapshot ?? {};
    shown = filtered ? matching(profiles, input.value) : profiles;
    list.replaceChildren(...shown.map((profile, i) => option(profile, i, profile.slug === selected?.slug)));
    list.hidden = shown.length === 0;
    none.hidden = shown.length > 0;
    if (!shown.some(({ slug }) => slug === active)) active = shown[0]?.slug;
    showActive();
  }

  function option(profile: ProfileItem, i: number, selected: boolean): HTMLElement {
    const { description, is_default, read_only } = profile;
    const name = element("span", { class: "name" }, element("bdi", {}, nameOf(profile)));
    if (is_default) name.append(element("span", { class: "mark" }, texts.default));
    if (read_only) name.append(element("span", { class: "mark" }, icon(LOCK, "lock"), texts.readOnly));
    const lines = element("span", { class: "lines" }, name);
    if (description) lines.append(element("bdi", { class: "description" }, description));
    return element(
      "li",
      { id: `option-${i}`, role: "option", "aria-selected": String(selected), part: "option" },
      icon(CHECK, "check"),
      lines,
    );
  }

  function showActive(scroll = true): void {
    for (const one of list.querySelectorAll(".active")) one.classList.remove("active");
    const i = shown.findIndex(({ slug }) => slug === active);
    const at = list.children[i] as HTMLElement | undefined;
    at?.classList.add("active");
    setAttributes(holder(), { "aria-activedescendant": at?.id });
    if (scroll && at !== undefined) scrollTo(at);
  }

  /** In the list alone: `scrollIntoView` would also move the page. */
  function scrollTo({ offsetTop, offsetHeight }: HTMLElement): void {
    const { scrollTop, clientHeight } = list;
    const lowest = offsetTop + offsetHeight + MARGIN - clientHeight;
    list.scrollTop = Math.max(lowest, Math.min(scrollTop, offsetTop - MARGIN));
  }

  function moveTo(i: number): void {
    active = shown[Math.max(0, Math.min(shown.length - 1, i))]?.slug;
    showActive();
  }

  /** Above where there is no room below, and at the end where there is none at the start. */
  function place(): void {
    popup.classList.remove("above", "end");
    const at = opener.getBoundingClientRect();
    const { height, left, right } = popup.getBoundingClientRect();
    const below = innerHeight - at.bottom;
    popup.classList.toggle("above", height > below && at.top > below);
    popup.classList.toggle("end", right > document.documentElement.clientWidth || left < 0);
  }

  function open(): void {
    if (isOpen() || !snapshot?.profiles.length) return;
    filtered = snapshot.profiles.length > FEW;
    search.hidden = !filtered;
    input.value = "";
    count.textContent = "";
    setAttributes(popup, { role: filtered && "dialog", "aria-label": filtered && texts.label });
    setAttributes(list, { tabindex: filtered ? "-1" : "0", "aria-activedescendant": false });
    active = snapshot.selected?.slug;
    popup.hidden = false;
    setAttributes(opener, { "aria-expanded": "true" });
    render();
    place();
    holder().focus({ preventScroll: true });
    document.addEventListener("pointerdown", closeOutside);
  }

  function close(): void {
    popup.hidden = true;
    setAttributes(opener, { "aria-expanded": "false" });
    document.removeEventListener("pointerdown", closeOutside);
  }

  function closeOutside(event: Event): void {
    const { host } = popup.getRootNode() as ShadowRoot;
    if (!event.composedPath().includes(host)) close();
  }

  function back(): void {
    opener.focus();
    close();
  }

  function take(slug: string | undefined): void {
    if (slug === undefined) return;
    back();
    // What was only the default until now is chosen too.
    if (slug !== snapshot?.selected?.slug || snapshot.source !== "choice") select(slug);
  }

  /** What is typed quickly names the next profile that begins with it. */
  function typeAhead(letter: string): void {
    const now = performance.now();
    typed = now - typedAt > FORGET_TYPED_MS ? letter : typed + letter;
    typedAt = now;
    const begin = shown.findIndex(({ slug }) => slug === active) + (typed.length === 1 ? 1 : 0);
    const turned = [...shown.slice(begin), ...shown.slice(0, begin)];
    active = turned.find((one) => folded(nameOf(one)).startsWith(folded(typed)))?.slug ?? active;
    showActive();
  }

  /** Whether the key meant something here. */
  function onKey({ key, ctrlKey, altKey, metaKey }: KeyboardEvent): boolean {
    const i = shown.findIndex(({ slug }) => slug === active);
    const moves: { [key: string]: number } = {
      ArrowDown: i + 1,
      ArrowUp: i - 1,
      PageDown: i + PAGE,
      PageUp: i - PAGE,
      // In the filter these are about its text.
      ...(filtered ? {} : { Home: 0, End: shown.length }),
    };
    if (Object.hasOwn(moves, key)) moveTo(moves[key]!);
    else if (key === "Enter" || (key === " " && !filtered)) take(active);
    else if (key === "Escape") back();
    else if (!filtered && key.length === 1 && !ctrlKey && !altKey && !metaKey) typeAhead(key);
    else {
      // The focus goes on from the button, as if nothing had been open.
      if (key === "Tab") back();
      return false;
    }
    return true;
  }

  popup.addEventListener("keydown", (event) => {
    if (event.isComposing || !onKey(event)) return;
    event.preventDefault();
    event.stopPropagation();
  });
  // The focus stays where the keys are heard.
  popup.addEventListener("mousedown", (event) => {
    if (event.target !== input) event.preventDefault();
  });
  const slugAt = (event: Event): string | undefined => {
    const at = (event.target as Element).closest('[role="option"]');
    return shown[Array.from(list.children).indexOf(at!)]?.slug;
  };
  list.addEventListener("click", (event) => take(slugAt(event)));
  list.addEventListener("pointermove", (event) => {
    const slug = slugAt(event);
    if (slug === undefined || slug === active) return;
    active = slug;
    // What moves under the pointer is not what was pointed at.
    showActive(false);
  });
  input.addEventListener("input", () => {
    active = undefined;
    render();
    count.textContent = texts.matches(shown.length);
  });

  return {
    element: popup,
    open,
    close,
    toggle: () => (isOpen() ? back() : open()),
    update(now) {
      const before = snapshot;
      snapshot = now;
      // What holds a filter besides the list is no listbox.
      setAttributes(opener, { "aria-haspopup": now.profiles.length > FEW ? "dialog" : "listbox" });
      if (!isOpen()) return;
      if (now.profiles.length === 0) back();
      else if (before?.profiles !== now.profiles || before.selected !== now.selected) render();
    },
  };
}
