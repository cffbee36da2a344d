/**
 * What becomes of a document that two people changed from one version: what only one of them touched is taken, and where both
 * did, differently, somebody has to choose. Pure.
 */
import { equalJson, isObject, type Json, member } from "../json/json.js";
import { pointerOf, setAt, stepsOf } from "../json/pointer.js";

export interface FieldMerge {
  /** RFC 6901 pointer into the document. */
  pointer: string;
  /** Undefined where it is not there. */
  base: Json | undefined;
  theirs: Json | undefined;
  mine: Json | undefined;
  /** Who touched it; `same`: both, in the same way. */
  by: "theirs" | "mine" | "same" | "both";
}

export type Choice = "theirs" | "mine";

/** The fields in which either differs from the base, in order of the document. */
export function compareThree(base: Json, theirs: Json, mine: Json): FieldMerge[] {
  const fields: FieldMerge[] = [];
  walk(base, theirs, mine, [], fields);
  return fields;
}

type Maybe = Json | undefined;

function walk(base: Maybe, theirs: Maybe, mine: Maybe, steps: readonly string[], fields: FieldMerge[]): void {
  const theyDid = !equalJson(base, theirs);
  const iDid = !equalJson(base, mine);
  if (!theyDid && !iDid) return;
  const names = namesOf(base, theirs, mine, steps);
  if (names !== undefined) {
    for (const name of names) {
      walk(inside(base, name), inside(theirs, name), inside(mine, name), [...steps, name], fields);
    }
    return;
  }
  const by = theyDid && iDid ? (equalJson(theirs, mine) ? "same" : "both") : theyDid ? "theirs" : "mine";
  fields.push({ pointer: pointerOf(steps), base, theirs, mine, by });
}

/** Of the parts that are compared one by one; undefined where the value counts as a whole. */
function namesOf(base: Maybe, theirs: Maybe, mine: Maybe, steps: readonly string[]): string[] | undefined {
  if (isObject(theirs) && isObject(mine) && (base === undefined || isObject(base))) {
    return [...new Set([base ?? {}, theirs, mine].flatMap((value) => Object.keys(value)))];
  }
  const lists = [base, theirs, mine];
  // The same instances in the same order are merged one by one; moved, each would meet another one.
  if (pointerOf(steps) !== "/runtime/middlewares" || !lists.every(Array.isArray)) return undefined;
  const [first = [], ...others] = lists as Json[][];
  const alike = others.every(
    (list) => list.length === first.length && list.every((entry, i) => sameInstance(entry, first[i])),
  );
  return alike ? [...first.keys()].map(String) : undefined;
}

function sameInstance(a: Maybe, b: Maybe): boolean {
  return ["name", "id"].every((name) => member(a, name) === member(b, name));
}

function inside(value: Maybe, name: string): Maybe {
  return Array.isArray(value) ? value[Number(name)] : member(value, name);
}

/** Theirs, with mine where only I touched it or where it was chosen. Fields touched by both and not chosen stay theirs. */
export function mergeThree(
  theirs: Json,
  fields: readonly FieldMerge[],
  choices: ReadonlyMap<string, Choice>,
): Json {
  let merged = theirs;
  for (const { pointer, by, mine } of fields) {
    if (by === "mine" || (by === "both" && choices.get(pointer) === "mine")) {
      merged = setAt(merged, stepsOf(pointer), mine);
    }
  }
  return merged;
}
