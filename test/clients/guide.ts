/** What the tests take from docs/clients.md: they run its commands, so that the guide cannot rot. */
import { readFileSync } from "node:fs";
import { type Block, blocksOf, ROOT, readDocument } from "../docs/markdown.js";

const GUIDE = "docs/clients.md";

export interface Step {
  /** A `bash` block. (The `sh` blocks are run by test/docs.) */
  command: string;
  /** The `text` block right behind it: what it prints. */
  prints: string | undefined;
}

/** The steps under a heading of the second level. */
export function stepsOf(heading: string): Step[] {
  const blocks = blocksOf(section(heading));
  const steps = blocks.flatMap((block, i) => {
    if (block.language !== "bash") return [];
    const next = blocks[i + 1];
    return [{ command: block.text, prints: next?.language === "text" ? next.text : undefined }];
  });
  if (steps.length === 0) throw new Error(`${GUIDE} has no commands under "${heading}"`);
  return steps;
}

/** What the client of every language prints. */
export function transcript(): string {
  const [block] = blocksOf(section("What the clients do")).filter(({ language }) => language === "text");
  if (block === undefined) throw new Error(`${GUIDE} does not show what the clients print`);
  return block.text;
}

export interface Passage {
  /** `PATH` of the comment `<!-- from: PATH -->` on the line above the block. */
  path: string;
  line: number;
  text: string;
}

/** The blocks that show a part of a file. */
export function passages(): Passage[] {
  const markdown = readDocument(GUIDE);
  const lines = markdown.split("\n");
  return blocksOf(markdown).flatMap(({ line, text }: Block) => {
    const path = /^<!-- from: (\S+) -->$/.exec(lines[line - 2] ?? "")?.[1];
    return path === undefined ? [] : [{ path, line, text }];
  });
}

export function readSource(path: string): string {
  return readFileSync(`${ROOT}${path}`, "utf8");
}

function section(heading: string): string {
  const [, text] = readDocument(GUIDE).split(`\n## ${heading}\n`);
  if (text === undefined) throw new Error(`${GUIDE} has no section "${heading}"`);
  return text.split("\n## ")[0] ?? "";
}
