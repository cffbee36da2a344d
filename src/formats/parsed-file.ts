/** A file as the forms of spec 6.3 look at it: parsed as a whole, or its profiles one by one. */
import { isObject, type Json } from "../domain/json.js";
import type { LocatedJson } from "./located-json.js";
import { parseYaml } from "./parse-yaml.js";
import { around, type Cut } from "./pieces.js";
import { plainJson } from "./plain-json.js";
import { NotPlain, type Region } from "./region.js";
import type { Excerpt, SourceText } from "./source-text.js";

/** A document of a map: what it says, and where that stands, which costs something only when it is asked for. */
export interface Placed {
  value: Json;
  place: () => LocatedJson;
}

export interface ParsedFile extends SourceText {
  /** Undefined for a file that holds nothing. */
  root: LocatedJson | undefined;
  /** The entries of a map in the order of the file. Reading them again costs as much as the first time. */
  entries(map: LocatedJson): Iterable<[string, Placed]>;
}

export function parseWhole(source: SourceText): ParsedFile {
  const root = parseYaml({ text: source.text, at: (offset) => offset, depth: 1 }, source.fail);
  return { ...source, root, entries: membersAsPlaced };
}

/** Problems inside a profile are found, as FormatError, when it is read; throws NotPlain where the cut was none. */
export function parsePieces(
  source: SourceText,
  { json, regions }: Cut,
): ParsedFile & { allRead: () => boolean } {
  const unread = new Map(regions.map((region) => [region.nameOffset, region]));
  const root = parseYaml(around(source.text, regions), source.fail);
  const excerptOf = json ? jsonExcerpt : yamlExcerpt;
  return {
    ...source,
    root,
    entries(map) {
      const region = unread.get(map.nameOffset);
      if (region === undefined) return membersAsPlaced(map);
      unread.delete(map.nameOffset);
      return piecesOf(source, region, json, excerptOf);
    },
    /** One that nobody asked for is no map of profiles after all. */
    allRead: () => unread.size === 0,
  };
}

export function* membersAsPlaced({ members = new Map() }: LocatedJson): Generator<[string, Placed]> {
  for (const [name, member] of members) yield [name, placed(member)];
}

export function placed(document: LocatedJson): Placed {
  return { value: document.value, place: () => document };
}

type Piece = Region["entries"][number];
type ExcerptOf = (source: SourceText, region: Region, piece: Piece) => Excerpt;

function* piecesOf(
  source: SourceText,
  region: Region,
  json: boolean,
  excerptOf: ExcerptOf,
): Generator<[string, Placed]> {
  const seen = new Set<string>();
  for (const piece of region.entries) {
    const excerpt = excerptOf(source, region, piece);
    const map = (json ? plainJson(excerpt) : undefined) ?? parseYaml(excerpt, source.fail)?.value;
    const [name, ...others] = isObject(map) ? Object.keys(map) : [];
    if (!isObject(map) || name === undefined || others.length > 0 || seen.has(name)) throw new NotPlain();
    seen.add(name);
    yield [name, { value: map[name]!, place: placeOf(source, region, piece, excerptOf) }];
  }
}

/** Holds on to where the profile stands, and to nothing of what it says. */
function placeOf(source: SourceText, region: Region, piece: Piece, excerptOf: ExcerptOf): () => LocatedJson {
  return () => {
    const [member] = parseYaml(excerptOf(source, region, piece), source.fail)?.members?.values() ?? [];
    if (member === undefined) throw new TypeError("a profile is not where it was");
    return member;
  };
}

function yamlExcerpt({ text }: SourceText, { depth }: Region, { start, end }: Piece): Excerpt {
  return { text: text.slice(start, end), at: (offset) => start + offset, depth };
}

function jsonExcerpt({ text }: SourceText, { depth }: Region, { start, end }: Piece): Excerpt {
  return { text: `{${text.slice(start, end)}}`, at: (offset) => start + offset - 1, depth };
}
