/** From text to located JSON: YAML 1.2, core schema, one document, or one line that says what is wrong and where (spec 6.3). */
import { type Document, type ParsedNode, parseDocument, type YAMLParseError } from "yaml";
import { quoteCut } from "../domain/errors.js";
import type { LocatedJson } from "./located-json.js";
import type { Excerpt, Fail } from "./source-text.js";
import { locatedTree, tooDeep } from "./yaml-tree.js";

/** Undefined for a text that holds nothing. Offsets of the tree, and those given to `fail`, are the file's. */
export function parseYaml(excerpt: Excerpt, fail: Fail): LocatedJson | undefined {
  const { text, at } = excerpt;
  const document = parseOne(excerpt, fail);
  const problem = leadingProblem(document);
  if (problem !== undefined) throw fail(at(problem.offset), problem.reason);
  // In YAML 1.1 `yes` is true and `0o7` is text: reading it as 1.2 would change what the file says.
  if (document.directives?.yaml.version === "1.1") {
    throw fail(at(Math.max(text.search(/^%YAML/m), 0)), "YAML 1.1 is not supported, only 1.2");
  }
  const root = document.contents === null ? undefined : locatedTree(document.contents, excerpt, fail);
  return root?.value === null ? undefined : root;
}

function parseOne({ text, at }: Excerpt, fail: Fail): Document.Parsed<ParsedNode> {
  try {
    return parseDocument(text, {
      schema: "core",
      prettyErrors: false,
      // Sets, dates and binaries are no JSON.
      resolveKnownTags: false,
      // Compares each key with each; the tree compares names, and in linear time.
      uniqueKeys: false,
    });
  } catch (cause) {
    if (cause instanceof RangeError) throw fail(at(0), tooDeep());
    throw cause;
  }
}

interface Problem {
  offset: number;
  reason: string;
}

/** The first problem in the order of the file, since later ones often follow from it. */
function leadingProblem({ errors, warnings }: Document.Parsed<ParsedNode>): Problem | undefined {
  const problems = [...errors, ...warnings].map((problem) => ({ problem, offset: problem.pos[0] }));
  // The parser reports its own overflow as a syntax error, and whatever it then lacks as others.
  const overflow = problems.find(({ problem }) => problem.message.startsWith("Maximum call stack"));
  if (overflow !== undefined) return { offset: overflow.offset, reason: tooDeep() };
  const [first] = problems.sort((a, b) => a.offset - b.offset);
  return first && { offset: first.offset, reason: reasonOf(first.problem) };
}

function reasonOf({ code, message }: Pick<YAMLParseError, "code" | "message">): string {
  if (code === "MULTIPLE_DOCS") return "must hold one document, not several";
  const tag = /^Unresolved tag: (.*)$/s.exec(message)?.[1];
  if (tag !== undefined) return `tag ${quoteCut(tag)} cannot be used here`;
  // Source text may be a prompt or a key, and errors are logged.
  return code === "UNEXPECTED_TOKEN" ? message.replace(/(?: in YAML stream)?: .*$/s, "") : message;
}
