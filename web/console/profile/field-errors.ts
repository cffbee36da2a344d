/** Where in the form the server's violations belong. Fields are named as spec 1.4 does. */
import type { Violation } from "../../client/index.js";
import { stepsOf } from "../json/pointer.js";

export const SECTIONS = [
  "general",
  "prompt",
  "middlewares",
  "tools",
  "settings",
  "policy",
  "extensions",
  "json",
] as const;
export type Section = (typeof SECTIONS)[number];

const PLACES: readonly (readonly [RegExp, Section])[] = [
  [/^runtime\.middlewares/, "middlewares"],
  [/^runtime\.tools/, "tools"],
  [/^runtime\.step_settings_patch/, "settings"],
  [/^runtime\.system_prompt/, "prompt"],
  [/^policy/, "policy"],
  [/^(profile\.)?extensions/, "extensions"],
];

export function sectionOf(field: string): Section {
  return PLACES.find(([pattern]) => pattern.test(field))?.[1] ?? "general";
}

/** Reasons for exactly this field. */
export function reasonsFor(violations: readonly Violation[], field: string): string[] {
  return violations.filter((one) => one.field === field).map(({ reason }) => reason);
}

/** Reasons for this field and all below it; those below say where. */
export function reasonsWithin(violations: readonly Violation[], field: string): string[] {
  return violations.flatMap((one) => {
    if (one.field === field) return [one.reason];
    if (!/^[.[]/.test(one.field.slice(field.length)) || !one.field.startsWith(field)) return [];
    return [`${one.field.slice(field.length).replace(/^\./, "")}: ${one.reason}`];
  });
}

/** Positions in a list that something is wrong with. */
export function wrongItems(violations: readonly Violation[], list: string): Set<number> {
  const positions = violations.flatMap(({ field }) => {
    const rest = field.startsWith(`${list}[`) ? /^\[(\d+)\]/.exec(field.slice(list.length)) : null;
    return rest ? [Number(rest[1])] : [];
  });
  return new Set(positions);
}

/** A schema's violation, as `/max_rows must be >= 1`: the way into the value, and what is wrong there. */
export interface ValueError {
  steps: string[];
  reason: string;
}

export function valueErrors(reasons: readonly string[]): ValueError[] {
  return reasons.map((reason) => {
    const [, pointer, rest] = /^((?:\/[^\s/]*)+) (.*)$/s.exec(reason) ?? [];
    return pointer && rest ? { steps: stepsOf(pointer), reason: rest } : { steps: [], reason };
  });
}
