/**
 * Files of a hundred thousand profiles are read profile by profile: the tree of such a file with all its places takes
 * gigabytes. Where the text is plain enough to see where each profile begins, its maps of profiles are cut out; what
 * is left of it is parsed as one document, and each profile as one of its own.
 */
import { splitJson } from "./json-regions.js";
import { NotPlain, type Region } from "./region.js";
import type { Excerpt } from "./source-text.js";
import { splitYaml } from "./yaml-regions.js";

export interface Cut {
  json: boolean;
  regions: readonly Region[];
}

/** Throws NotPlain. */
export function cutProfiles(text: string): Cut {
  const json = /^\s*\{/.test(text);
  const regions = json ? splitJson(text) : splitYaml(text);
  if (regions.length === 0) throw new NotPlain();
  return { json, regions };
}

/** The text without its regions. */
export function around(text: string, regions: readonly Region[]): Excerpt {
  let rest = "";
  let from = 0;
  for (const { start, end } of regions) {
    rest += text.slice(from, start);
    from = end;
  }
  const at = (offset: number): number => {
    let moved = offset;
    for (const { start, end } of regions) if (moved >= start) moved += end - start;
    return moved;
  };
  return { text: rest + text.slice(from), at, depth: 1 };
}
