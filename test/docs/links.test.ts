/** Links between documents lead somewhere, and what a reader needs to find is listed. */
import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { anchorsOf, blocksOf, linksOf, ROOT, readDocument, userDocuments } from "./markdown.js";

const documents = userDocuments();

describe.each(documents)("%s", (path) => {
  const text = readDocument(path);

  it("links to files and headings that exist, inside the repository", () => {
    const broken = linksOf(text)
      .filter((link) => !/^https?:/.test(link))
      .filter((link) => {
        const [file = "", anchor] = link.split("#", 2);
        const target = file === "" ? path : normalize(join(dirname(path), file));
        if (target.startsWith("..") || !existsSync(join(ROOT, target))) return true;
        return anchor !== undefined && !anchorsOf(readDocument(target)).has(anchor);
      });
    expect(broken).toEqual([]);
  });

  it("shows the code of examples/ as it is there", () => {
    for (const { file, text: code } of blocksOf(text)) {
      if (!file?.startsWith("examples/")) continue;
      // There it is imported from beside, by readers from the package.
      expect(`${code}\n`, file).toBe(readDocument(file).replace('"../src/index.js"', '"profile-registry"'));
    }
  });
});

it("reaches every document from the index", () => {
  const listed = new Set(
    linksOf(readDocument("docs/README.md")).map((link) => normalize(join("docs", link.split("#")[0] ?? ""))),
  );
  expect(documents.filter((path) => path !== "docs/README.md" && !listed.has(path))).toEqual([]);
});
