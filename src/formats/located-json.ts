/** JSON values that know where they stand in their file, and the way from the path of a field to its place. */
import { quoteCut } from "../domain/errors.js";
import { normalizeIdentifier } from "../domain/identifiers.js";
import type { Json } from "../domain/json.js";

/** Offsets count UTF-16 units of the text. */
export interface LocatedJson {
  value: Json;
  /** Where a problem of the value is shown: at the value if that is a scalar, else at its name, where a reader looks for it. */
  offset: number;
  /** Where a problem of its name is shown. */
  nameOffset: number;
  /** Of an object. */
  members?: ReadonlyMap<string, LocatedJson>;
  /** Of an array. */
  items?: readonly LocatedJson[];
}

/**
 * The innermost value on the way to a field (`runtime.middlewares[0].name`) that exists: a member that is missing is
 * shown where it should stand.
 */
export function nearest(document: LocatedJson, field: string): LocatedJson {
  let found = document;
  let rest = field;
  for (;;) {
    const step = firstStep(found, rest);
    if (step === undefined) return found;
    [found, rest] = step;
  }
}

function firstStep(at: LocatedJson, path: string): [LocatedJson, string] | undefined {
  if (at.items !== undefined) {
    const index = /^\[(\d+)\]/.exec(path);
    const item = index === null ? undefined : at.items[Number(index[1])];
    return index === null || item === undefined ? undefined : [item, path.slice(index[0].length)];
  }
  let longest: [LocatedJson, string] | undefined;
  for (const [name, member] of at.members ?? []) {
    const rest = restAfter(name, path);
    // Names hold dots (`gpt-4.1`), so that a shorter name may be the beginning of the one that is meant.
    if (rest !== undefined && (longest === undefined || rest.length < longest[1].length))
      longest = [member, rest];
  }
  return longest;
}

/** What is left of a path that begins with a member's name as fields spell it; undefined if it does not. */
function restAfter(name: string, path: string): string | undefined {
  const inBrackets = path.startsWith("[");
  const spellings = inBrackets
    ? [name, quoteCut(name), normalizeIdentifier(name)].map((spelling) => `[${spelling}]`)
    : [name, quoteCut(name)].map((spelling) => (path.startsWith(".") ? `.${spelling}` : spelling));
  const spelling = spellings.find(
    (text) => path.startsWith(text) && /^(?:$|[.[])/.test(path.slice(text.length)),
  );
  return spelling === undefined ? undefined : path.slice(spelling.length);
}
