/** A profile as the list shows it. */
import type { ProfileItem } from "../../client/index.js";

/** What the server's list shows in brief (`view=summary`). */
export interface ProfileRow extends Omit<ProfileItem, "default_prompt" | "extensions"> {
  updated_at_ms?: number;
  updated_by?: string;
}

export const SORTS = ["slug", "version", "edited"] as const;
export type Sort = (typeof SORTS)[number];

const ORDERS: Record<Exclude<Sort, "slug">, (a: ProfileRow, b: ProfileRow) => number> = {
  version: (a, b) => a.version - b.version,
  edited: (a, b) => (a.updated_at_ms ?? 0) - (b.updated_at_ms ?? 0),
};

/** Rows come by slug, as the server sorts them; equal ones stay so. */
export function sorted(rows: readonly ProfileRow[], sort: Sort, descending: boolean): readonly ProfileRow[] {
  if (sort === "slug") return descending ? rows.toReversed() : rows;
  const order = ORDERS[sort];
  return rows.toSorted((a, b) => (descending ? order(b, a) : order(a, b)));
}
