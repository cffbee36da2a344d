/** How the documents of a file stand in its text, one after the other (spec 6.3). */
import { Document, Scalar, visit } from "yaml";
import type { JsonObject } from "../domain/json.js";
import type { FileDocument } from "./file-documents.js";

/** Each part is given how many of its kind came before it. */
export interface Layout {
  registry(registry: FileDocument, before: number): string;
  profile(profile: FileDocument, before: number): string;
  endRegistry(profiles: number): string;
  end(registries: number): string;
}

const INDENT = "  ";
const REGISTRY_DEPTH = 1;
const PROFILE_DEPTH = 3;

export const YAML_LAYOUT: Layout = {
  registry: ({ slug, content }, before) =>
    `${before === 0 ? "registries:\n" : ""}${indented(yaml({ [slug]: content }), REGISTRY_DEPTH)}`,
  profile: ({ slug, content }, before) =>
    `${before === 0 ? `${INDENT.repeat(PROFILE_DEPTH - 1)}profiles:\n` : ""}${indented(yaml({ [slug]: content }), PROFILE_DEPTH)}`,
  endRegistry: () => "",
  end: (registries) => (registries === 0 ? "registries: {}\n" : ""),
};

export const JSON_LAYOUT: Layout = {
  // A registry stays open for its profiles: without its closing brace.
  registry: (registry, before) =>
    `${before === 0 ? '{\n  "registries": {' : ","}\n${indented(member(registry).replace(/\n\}$/, ""), REGISTRY_DEPTH + 1)}`,
  profile: (profile, before) =>
    `${before === 0 ? `,\n${INDENT.repeat(PROFILE_DEPTH)}"profiles": {` : ","}\n${indented(member(profile), PROFILE_DEPTH + 1)}`,
  endRegistry: (profiles) =>
    `${profiles === 0 ? "" : `\n${INDENT.repeat(PROFILE_DEPTH)}}`}\n${INDENT.repeat(REGISTRY_DEPTH + 1)}}`,
  end: (registries) => (registries === 0 ? '{\n  "registries": {}\n}\n' : "\n  }\n}\n"),
};

function member({ slug, content }: FileDocument): string {
  return `${JSON.stringify(slug)}: ${JSON.stringify(content, null, INDENT)}`;
}

/** Characters that other readers and editors take for line breaks, for nothing at all, or for no text. */
const UNSAFE = /[\u007f-\u009f\u2028\u2029\ufeff]/g;

/** Multi-line text stands as a block; no line is folded. */
function yaml(members: JsonObject): string {
  // `yes` is text in YAML 1.2 and `true` in 1.1, which many tools still read: it is quoted.
  const document = new Document(members, {
    schema: "core",
    compat: "yaml-1.1",
    aliasDuplicateObjects: false,
  });
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === "string" && node.value.search(UNSAFE) >= 0) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  const text = document.toString({
    indent: INDENT.length,
    lineWidth: 0,
    blockQuote: "literal",
    doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
  });
  // All of them stand in double quotes.
  return text.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Empty lines of a block stay empty. */
function indented(text: string, depth: number): string {
  return text.replace(/(^|\n)(?=[^\n])/g, `$1${INDENT.repeat(depth)}`);
}
