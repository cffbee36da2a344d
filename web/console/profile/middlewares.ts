/** What may be done with the middlewares of a draft. */
import { REDACTED } from "../json/redacted.js";
import type { MiddlewareDraft } from "./draft.js";

/** With an id from the start, so that its config and its secrets stay its own wherever it is moved. */
export function addMiddleware(entries: readonly MiddlewareDraft[], name: string): MiddlewareDraft[] {
  const taken = new Set(entries.map(({ id }) => id));
  let id = name;
  for (let i = 2; taken.has(id); i += 1) id = `${name}-${i}`;
  return [...entries, { name, id, config: {} }];
}

export function moveMiddleware(
  entries: readonly MiddlewareDraft[],
  from: number,
  to: number,
): MiddlewareDraft[] {
  const moved = entries.toSpliced(from, 1);
  const entry = entries[from];
  return entry === undefined ? moved : moved.toSpliced(to, 0, entry);
}

/**
 * The server tells entries without id apart by their order among those of their name, and keeps stored secrets so: what is
 * moved past another one, or moves up because one was removed, would get the other's.
 */
export function mixesSecrets(entries: readonly MiddlewareDraft[], from: number, to?: number): boolean {
  const entry = entries[from];
  if (entry === undefined || entry.id !== undefined) return false;
  const passed =
    to === undefined ? entries.slice(from + 1) : entries.slice(Math.min(from, to), Math.max(from, to) + 1);
  const alike = passed.filter((one) => one !== entry && one.name === entry.name && one.id === undefined);
  return alike.length > 0 && holdsSecret(to === undefined ? alike : [entry, ...alike]);
}

function holdsSecret(entries: readonly MiddlewareDraft[]): boolean {
  return JSON.stringify(entries).includes(JSON.stringify(REDACTED));
}
