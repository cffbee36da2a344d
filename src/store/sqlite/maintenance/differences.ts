/** Which documents of two databases differ, without holding either in memory. */
import type { Database } from "better-sqlite3";
import type { DocumentKey } from "../../store.js";

/** A document, and what became of it on the way from one database to the other. */
export interface Difference extends DocumentKey {
  what: "created" | "changed" | "deleted";
}

interface Row {
  registry: string;
  /** Null of a registry itself. */
  profile: string | null;
  payload: string;
}

/** Registries first, then profiles, each by name. */
export function differencesBetween(before: Database, after: Database): Difference[] {
  return [
    ...compare(
      before,
      after,
      "SELECT slug AS registry, NULL AS profile, payload_json AS payload FROM profile_registries ORDER BY slug",
    ),
    ...compare(
      before,
      after,
      "SELECT registry_slug AS registry, slug AS profile, payload_json AS payload FROM profiles ORDER BY registry_slug, slug",
    ),
  ];
}

function* compare(before: Database, after: Database, sql: string): Generator<Difference> {
  const lefts = before.prepare<[], Row>(sql).iterate();
  const rights = after.prepare<[], Row>(sql).iterate();
  try {
    let left = lefts.next();
    let right = rights.next();
    while (!left.done || !right.done) {
      const order = left.done ? 1 : right.done ? -1 : orderOf(left.value, right.value);
      if (order < 0) yield differenceOf(left.value, "deleted");
      else if (order > 0) yield differenceOf(right.value, "created");
      else if (left.value.payload !== right.value.payload) yield differenceOf(right.value, "changed");
      if (order <= 0) left = lefts.next();
      if (order >= 0) right = rights.next();
    }
  } finally {
    lefts.return?.();
    rights.return?.();
  }
}

function differenceOf({ registry, profile }: Row, what: Difference["what"]): Difference {
  return { registry, ...(profile === null ? {} : { profile }), what };
}

/** As SQLite orders them: slugs are ASCII. */
function orderOf(one: Row, other: Row): number {
  return compareText(one.registry, other.registry) || compareText(one.profile ?? "", other.profile ?? "");
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
