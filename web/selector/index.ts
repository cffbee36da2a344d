/** `profile-registry/selector`: importing it defines `<profile-selector>`. */
import {
  type ModeChange,
  type ProfileChange,
  ProfileSelector,
  type StarterSuggestions,
} from "./profile-selector.js";

export * from "../client/index.js";
export type { SelectorTexts } from "./texts.js";
export { type ModeChange, type ProfileChange, ProfileSelector, type StarterSuggestions };

declare global {
  interface HTMLElementTagNameMap {
    "profile-selector": ProfileSelector;
  }
  // They bubble: a document hears them too.
  interface GlobalEventHandlersEventMap {
    "profile-change": CustomEvent<ProfileChange>;
    "starter-suggestions": CustomEvent<StarterSuggestions>;
    "mode-change": CustomEvent<ModeChange>;
  }
}

if (globalThis.customElements?.get("profile-selector") === undefined) {
  globalThis.customElements?.define("profile-selector", ProfileSelector);
}
