/** What the tests of this folder read of a Markdown file: fenced blocks, tables, headings, links. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The checkout. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What users read: everything but the specification. Paths from the root, sorted. */
export function userDocuments(): string[] {
  const docs = readdirSync(`${ROOT}docs`, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md") && !path.startsWith("spec"))
    .map((path) => `docs/${path}`);
  return ["CHANGELOG.md", "README.md", ...docs].sort();
}

export function readDocument(path: string): string {
  return readFileSync(`${ROOT}${path}`, "utf8");
}

export interface Block {
  /** What follows the fence: `sh`, `json`, … */
  language: string;
  text: string;
  /** Of the opening fence, from 1. */
  line: number;
  /** Of the line behind the closing fence. */
  end: number;
  /** `PATH` of a comment `<!-- file: PATH -->` on the line above the fence. */
  file?: string;
}

/** The fenced blocks of a document in order. */
export function blocksOf(markdown: string): Block[] {
  const lines = markdown.split("\n");
  const blocks: Block[] = [];
  for (let i = 0; i < lines.length; i++) {
    const language = /^```(\w+)?/.exec(lines[i] ?? "");
    if (language === null) continue;
    const close = lines.indexOf("```", i + 1);
    if (close < 0) throw new Error(`line ${i + 1}: the block is not closed`);
    const file = /^<!-- file: (\S+) -->$/.exec(lines[i - 1] ?? "")?.[1];
    blocks.push({
      language: language[1] ?? "",
      text: lines.slice(i + 1, close).join("\n"),
      line: i + 1,
      end: close + 2,
      ...(file === undefined ? {} : { file }),
    });
    i = close;
  }
  return blocks;
}

/** The cells of each row of the table whose header begins with `firstCell`; code marks are taken off. */
export function tableRows(markdown: string, firstCell: string): string[][] {
  const lines = markdown.split("\n");
  const header = lines.findIndex((line) => cellsOf(line)[0] === firstCell);
  if (header < 0) throw new Error(`there is no table that begins with "${firstCell}"`);
  const rows: string[][] = [];
  for (const line of lines.slice(header + 2)) {
    if (!line.startsWith("|")) break;
    rows.push(cellsOf(line));
  }
  return rows;
}

function cellsOf(line: string): string[] {
  if (!line.startsWith("|")) return [];
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim().replace(/^`([^`]*)`$/, "$1"));
}

/** The anchors that GitHub makes of the headings. */
export function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set<string>();
  for (const line of withoutBlocks(markdown).split("\n")) {
    const heading = /^#{1,6} (.*)$/.exec(line)?.[1];
    if (heading === undefined) continue;
    const anchor = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-");
    let unique = anchor;
    for (let n = 1; anchors.has(unique); n++) unique = `${anchor}-${n}`;
    anchors.add(unique);
  }
  return anchors;
}

/** The targets of the links. */
export function linksOf(markdown: string): string[] {
  return [...withoutBlocks(markdown).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? "");
}

function withoutBlocks(markdown: string): string {
  return markdown.replace(/^```[\s\S]*?^```$/gm, "");
}
