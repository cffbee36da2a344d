/** In which sections a draft differs from what it was made from. */
import { equalJson } from "../json/json.js";
import type { Draft } from "./draft.js";
import type { Section } from "./field-errors.js";

const PARTS: readonly (readonly [Section, (draft: Draft) => unknown])[] = [
  ["general", ({ display_name, description, metadata }) => [display_name, description, metadata]],
  ["prompt", ({ runtime }) => runtime.system_prompt],
  ["middlewares", ({ runtime }) => runtime.middlewares],
  ["tools", ({ runtime }) => runtime.tools],
  ["settings", ({ runtime }) => runtime.step_settings_patch],
  ["policy", ({ policy }) => policy],
  ["extensions", ({ extensions }) => extensions],
];

export function changedSections(before: Draft, after: Draft): Section[] {
  if (before === after) return [];
  return PARTS.filter(([, part]) => !equalJson(part(before), part(after))).map(([section]) => section);
}
