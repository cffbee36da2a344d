/** `<profile-selector>`: the selection of a chat as a custom element (spec 7.3). */
import { createProfileClient } from "../client/client.js";
import type { ProfileItem } from "../client/documents.js";
import { createSelection, type ProfileSelection, type SelectionSnapshot } from "../client/selection.js";
import { starterSuggestions } from "./starter-suggestions.js";
import { adoptStyle } from "./style.js";
import { ENGLISH, type SelectorTexts } from "./texts.js";
import { createView, type View } from "./view.js";

/** Of `profile-change`: another profile is selected, by whom or what ever. */
export interface ProfileChange {
  profile: ProfileItem | undefined;
}

/** Of `starter-suggestions`: what the selected profile suggests to begin with; empty where it suggests nothing. */
export interface StarterSuggestions {
  items: string[];
}

/** Of `mode-change`. */
export interface ModeChange {
  mode: string | undefined;
}

/** Modules that define elements are also loaded where pages are rendered on a server. */
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/**
 * Attributes: `base-url`, `prefix` and `registry` of the client that it makes where it is given no `selection`; `theme`, `light`
 * or `dark`, where the page does not go by the system's.
 */
export class ProfileSelector extends Base {
  static readonly observedAttributes = ["base-url", "prefix", "registry"];

  #selection: ProfileSelection | undefined;
  /** Made here, so also ended here. */
  #own: ProfileSelection | undefined;
  #texts = ENGLISH;
  #view: View | undefined;
  #unsubscribe: (() => void) | undefined;
  #told: { slug?: string | undefined; suggestions: string; mode?: string | undefined } = {
    suggestions: "[]",
  };

  constructor() {
    super();
    adoptStyle(this.attachShadow({ mode: "open", delegatesFocus: true }));
  }

  /** What it shows. Give it one that the page made itself, or else it makes one by its attributes. */
  get selection(): ProfileSelection | undefined {
    return this.#selection;
  }

  set selection(selection: ProfileSelection | undefined) {
    if (selection === this.#selection) return;
    this.#leave();
    this.#selection = selection;
    if (this.isConnected) this.#show();
  }

  /** Those that are given replace the English ones. */
  get texts(): Partial<SelectorTexts> {
    return this.#texts;
  }

  set texts(texts: Partial<SelectorTexts>) {
    this.#texts = { ...ENGLISH, ...texts };
    if (this.isConnected) this.#show();
  }

  connectedCallback(): void {
    // Properties that were set before the element was defined hide those of the class.
    for (const name of ["selection", "texts"] as const) {
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name];
      delete this[name];
      Object.assign(this, { [name]: value });
    }
    if (this.#unsubscribe === undefined) this.#show();
  }

  disconnectedCallback(): void {
    // One that is only moved is connected again by then.
    queueMicrotask(() => {
      if (!this.isConnected) this.#leave();
    });
  }

  attributeChangedCallback(): void {
    if (this.#own === undefined) return;
    this.#leave();
    this.#show();
  }

  #show(): void {
    this.#unsubscribe?.();
    this.#view?.close();
    const selection = this.#selection ?? this.#make();
    const view = createView({
      texts: this.#texts,
      select: (slug) => void selection.select(slug),
      selectMode: selection.selectMode,
      refresh: () => void selection.refresh(),
      dismissNotice: selection.dismissNotice,
    });
    this.#view = view;
    this.shadowRoot?.replaceChildren(...view.nodes);
    this.#unsubscribe = selection.subscribe((snapshot) => {
      view.update(snapshot);
      this.#tell(snapshot);
    });
  }

  #make(): ProfileSelection {
    const given = (name: string, as: string) => {
      const value = this.getAttribute(name);
      return value === null ? {} : { [as]: value };
    };
    const client = createProfileClient({
      ...given("base-url", "baseUrl"),
      ...given("prefix", "prefix"),
      ...given("registry", "registry"),
    });
    this.#own = createSelection(client);
    this.#selection = this.#own;
    return this.#own;
  }

  #leave(): void {
    this.#view?.close();
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    if (this.#own === undefined) return;
    this.#own.close();
    this.#own = undefined;
    this.#selection = undefined;
  }

  #tell({ selected, mode }: SelectionSnapshot): void {
    const items = starterSuggestions(selected);
    const suggestions = JSON.stringify(items);
    const told = this.#told;
    this.#told = { slug: selected?.slug, suggestions, mode };
    if (told.slug !== selected?.slug) this.#dispatch<ProfileChange>("profile-change", { profile: selected });
    if (told.suggestions !== suggestions)
      this.#dispatch<StarterSuggestions>("starter-suggestions", { items });
    if (told.mode !== mode) this.#dispatch<ModeChange>("mode-change", { mode });
  }

  #dispatch<Detail>(type: string, detail: Detail): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}
