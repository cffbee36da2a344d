/** Where the profiles stand in a JSON text. */
import { NotPlain, type Region } from "./region.js";

/** In the order of the text. Throws NotPlain where something does not look like JSON. */
export function splitJson(text: string): Region[] {
  const inRegistries: Region[] = [];
  const atRoot: Region[] = [];
  let hasRegistries = false;
  const profilesAt =
    (regions: Region[], depth: number): Visit =>
    (name, nameOffset, at) => {
      if (name !== "profiles" || text[at] !== "{") return valueEnd(text, at);
      const entries: { start: number; end: number }[] = [];
      const end = readObject(text, at, (_, start, value) => {
        entries.push({ start, end: valueEnd(text, value) });
        return entries.at(-1)!.end;
      });
      regions.push({ nameOffset, start: at + 1, end: end - 1, depth, entries });
      return end;
    };
  const end = readObject(text, skipSpace(text, 0), (name, start, at) => {
    if (name !== "registries") return profilesAt(atRoot, 2)(name, start, at);
    hasRegistries = true;
    return readObject(text, at, (_name, _start, one) => readObject(text, one, profilesAt(inRegistries, 4)));
  });
  if (skipSpace(text, end) !== text.length) throw new NotPlain();
  return hasRegistries ? inRegistries : atRoot;
}

/** Looks at a member's value and says where it ends; `start` is where the name begins. */
type Visit = (name: string, start: number, value: number) => number;

/** Visits the members of the value at an offset, if it is an object; returns where the value ends. */
function readObject(text: string, open: number, visit: Visit): number {
  if (text[open] !== "{") return valueEnd(text, open);
  let start = skipSpace(text, open + 1);
  if (text[start] === "}") return start + 1;
  for (;;) {
    if (text[start] !== '"') throw new NotPlain();
    const nameEnd = stringEnd(text, start);
    const colon = skipSpace(text, nameEnd);
    if (text[colon] !== ":") throw new NotPlain();
    const name = text.slice(start + 1, nameEnd - 1);
    const after = skipSpace(text, visit(name, start, skipSpace(text, colon + 1)));
    if (text[after] === "}") return after + 1;
    if (text[after] !== ",") throw new NotPlain();
    start = skipSpace(text, after + 1);
  }
}

const QUOTE = 0x22;

/** Where a value ends that begins here. Brackets are counted, not matched: what lies between them is read later. */
function valueEnd(text: string, from: number): number {
  let depth = 0;
  for (let i = from; i < text.length; ) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = stringEnd(text, i);
    else if (isScalarCode(code)) i = scalarEnd(text, i + 1);
    else {
      if (code === 0x7b || code === 0x5b) depth += 1;
      else if (code === 0x7d || code === 0x5d) depth -= 1;
      else if (depth === 0 || !(isSpace(code) || code === 0x2c || code === 0x3a)) throw new NotPlain();
      i += 1;
    }
    if (depth === 0) return i;
    if (depth < 0) break;
  }
  throw new NotPlain();
}

/** Where a string ends that begins here: after its closing quote. */
function stringEnd(text: string, from: number): number {
  for (let quote = from; ; ) {
    quote = text.indexOf('"', quote + 1);
    if (quote < 0) throw new NotPlain();
    let slashes = 0;
    while (text.charCodeAt(quote - 1 - slashes) === 0x5c) slashes += 1;
    if (slashes % 2 === 0) return quote + 1;
  }
}

function scalarEnd(text: string, from: number): number {
  let i = from;
  while (isScalarCode(text.charCodeAt(i))) i += 1;
  return i;
}

/** Of `true`, `null`, `-1.5e+3`. */
function isScalarCode(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    code === 0x2b ||
    code === 0x2d ||
    code === 0x2e
  );
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function skipSpace(text: string, from: number): number {
  let i = from;
  while (isSpace(text.charCodeAt(i))) i += 1;
  return i;
}
