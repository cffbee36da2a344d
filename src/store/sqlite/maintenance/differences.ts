/** Which documents of two databases differ, without holding either in memory. */
import type { Database } from "better-sqlite3";
import type { DocumentKey } from "../../store.js";
import { hasRollouts } from "./has-rollouts.js";

/** A document, and what became of it on the way from one database to the other. */
export interface Difference extends DocumentKey {
  what: "created" | "changed" | "deleted";
}

interface Row {
  registry: string;
  /** Of the profile or the mode; empty of a registry itself. */
  name: string;
  payload: string;
}

type Rows = IterableIterator<Row>;

const REGISTRIES =
  "SELECT slug AS registry, '' AS name, payload_json AS payload FROM profile_registries ORDER BY slug";
const PROFILES = `SELECT registry_slug AS registry, slug AS name, payload_json AS payload
  FROM profiles ORDER BY registry_slug, slug`;
const ROLLOUTS = `SELECT registry_slug AS registry, mode AS name, payload_json AS payload
  FROM rollouts ORDER BY registry_slug, mode`;

/** Registries first, then profiles, then rollouts, each by name. */
export function differencesBetween(before: Database, after: Database): Difference[] {
  const rows = (db: Database, sql: string): Rows => db.prepare<[], Row>(sql).iterate();
  const rollouts = (db: Database): Rows => (hasRollouts(db) ? rows(db, ROLLOUTS) : [].values());
  return [
    ...compare(rows(before, REGISTRIES), rows(after, REGISTRIES), () => ({})),
    ...compare(rows(before, PROFILES), rows(after, PROFILES), (profile) => ({ profile })),
    ...compare(rollouts(before), rollouts(after), (mode) => ({ mode })),
  ];
}

type Naming = (name: string) => Pick<DocumentKey, "profile" | "mode">;

function* compare(lefts: Rows, rights: Rows, naming: Naming): Generator<Difference> {
  const difference = ({ registry, name }: Row, what: Difference["what"]): Difference => ({
    registry,
    ...naming(name),
    what,
  });
  try {
    let left = lefts.next();
    let right = rights.next();
    while (!left.done || !right.done) {
      const order = left.done ? 1 : right.done ? -1 : orderOf(left.value, right.value);
      if (order < 0) yield difference(left.value, "deleted");
      else if (order > 0) yield difference(right.value, "created");
      else if (left.value.payload !== right.value.payload) yield difference(right.value, "changed");
      if (order <= 0) left = lefts.next();
      if (order >= 0) right = rights.next();
    }
  } finally {
    lefts.return?.();
    rights.return?.();
  }
}

/** As SQLite orders them: slugs are ASCII. */
function orderOf(one: Row, other: Row): number {
  return compareText(one.registry, other.registry) || compareText(one.name, other.name);
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
