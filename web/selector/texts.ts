import type { SelectionNotice } from "../client/selection.js";

/** What the selector says, for products in other languages to replace. */
export interface SelectorTexts {
  /** What is selected here; also the name of the list. */
  label: string;
  loading: string;
  empty: string;
  /** Where nothing is selected and nothing can be read. */
  offline: string;
  default: string;
  readOnly: string;
  filter: string;
  noMatch: string;
  /** How many profiles the filter leaves. */
  matches(count: number): string;
  modes: string;
  /** Of a mode, by its name. */
  mode(name: string): string;
  /** Of a notice, by its code. */
  notice(notice: SelectionNotice): string;
  tryAgain: string;
  dismiss: string;
}

export const ENGLISH: SelectorTexts = {
  label: "Profile",
  loading: "Loading profiles…",
  empty: "No profiles yet",
  offline: "Profiles unavailable",
  default: "Default",
  readOnly: "Read-only",
  filter: "Find a profile",
  noMatch: "No profile matches",
  matches: (count) => (count === 1 ? "1 profile" : `${count} profiles`),
  modes: "Modes",
  mode: (name) => name.charAt(0).toUpperCase() + name.slice(1).replaceAll("-", " "),
  notice: ({ text }) => text,
  tryAgain: "Try again",
  dismiss: "Dismiss",
};
