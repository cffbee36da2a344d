/** Where the profiles stand in a YAML text whose outer maps are in block style. */
import { NotPlain, type Region } from "./region.js";

/** A line that holds neither nothing nor only a comment. */
interface Line {
  start: number;
  indent: number;
  /** Without its indentation. */
  content: string;
}

/** `profiles:` and what follows it. */
interface OpenRegion {
  nameOffset: number;
  /** Of the key `profiles`: what belongs to it stands further right. */
  indent: number;
  depth: number;
  entryIndent: number | undefined;
  starts: number[];
}

/** In the order of the text. Throws NotPlain where a profile might begin otherwise than with a plain key of its own line. */
export function splitYaml(text: string): Region[] {
  const regions: Region[] = [];
  let region: OpenRegion | undefined;
  let top: string | undefined;
  let registryIndent: number | undefined;
  let inRegistry = false;
  let memberIndent: number | undefined;

  const open = (line: Line, depth: number): void => {
    const { start, indent } = line;
    region = { nameOffset: start + indent, indent, depth, entryIndent: undefined, starts: [] };
  };
  const close = (end: number): void => {
    if (region !== undefined && region.starts.length > 0) regions.push(closed(region, end));
    region = undefined;
  };

  for (const line of linesOf(text)) {
    const { indent, content } = line;
    if (region !== undefined) {
      if (indent > region.indent) {
        addLine(region, line);
        continue;
      }
      close(line.start);
    }
    if (indent === 0) {
      // What a tag means may be said there.
      if (content.startsWith("%")) throw new NotPlain();
      top = loneKey(content);
      registryIndent = undefined;
      if (top === "profiles") open(line, 2);
    } else if (top === "registries") {
      registryIndent ??= indent;
      if (indent === registryIndent) {
        inRegistry = loneKey(content) !== undefined;
        memberIndent = undefined;
      } else if (inRegistry && indent > registryIndent) {
        memberIndent ??= indent;
        if (indent === memberIndent && loneKey(content) === "profiles") open(line, 4);
      }
    }
  }
  close(text.length);
  return regions;
}

/** In a map a line belongs to the entry before it or begins the next one, by how far right it begins. */
function addLine(region: OpenRegion, { start, indent, content }: Line): void {
  region.entryIndent ??= indent;
  if (indent > region.entryIndent) return;
  if (indent < region.entryIndent || !/^[^\s?:,[\]{}#&*!|>%@`-]/.test(content)) throw new NotPlain();
  region.starts.push(start);
}

function closed({ starts, nameOffset, depth }: OpenRegion, end: number): Region {
  const entries = starts.map((start, i) => ({ start, end: starts[i + 1] ?? end }));
  return { nameOffset, depth, start: starts[0]!, end, entries };
}

/** The key of a line that holds nothing else. */
function loneKey(content: string): string | undefined {
  return /^(["']?)([\w.-]+)\1[ \t]*:[ \t]*(?:[ \t]#.*)?\r?$/.exec(content)?.[2];
}

function* linesOf(text: string): Generator<Line> {
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    let first = start;
    while (text.charCodeAt(first) === 0x20) first += 1;
    const content = text.slice(first, end);
    if (!/^\s*$|^#/.test(content)) yield { start, indent: first - start, content };
    start = end + 1;
  }
}
