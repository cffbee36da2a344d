/** docs/architecture.md draws the tree as it is. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { blocksOf, ROOT, readDocument } from "./markdown.js";

const text = readDocument("docs/architecture.md");

/** The paths of a tree drawn by indentation, two blanks a level. */
function pathsOf(tree: string): string[] {
  const above: string[] = [];
  return tree.split("\n").flatMap((line) => {
    const [, indent = "", names = ""] = /^( *)(\S+(?: \S+)*)/.exec(line) ?? [];
    const depth = indent.length / 2;
    const paths = names
      .split(" ")
      .filter((name) => /(?:\/|\.ts)$/.test(name))
      .map((name) => join(...above.slice(0, depth), name));
    above[depth] = names.split(" ")[0] ?? "";
    return paths;
  });
}

const drawn = pathsOf(blocksOf(text)[0]?.text ?? "");

it("draws files and directories that exist", () => {
  expect(drawn.length).toBeGreaterThan(40);
  expect(drawn.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

it("draws every directory of src and every file of the domain", () => {
  const directories = readdirSync(join(ROOT, "src"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `src/${name}/`);
  const rules = readdirSync(join(ROOT, "src/domain")).map((name) => `src/domain/${name}`);
  expect([...directories, ...rules].filter((path) => !drawn.includes(path))).toEqual([]);
});

it("names every dependency", () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  const section = text.slice(text.indexOf("## Dependencies"));
  const short = (name: string): string => name.replace("@connectrpc/connect-", "-");
  const names = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
  const unnamed = names.filter(
    (name) => !name.startsWith("@types/") && !section.includes(`\`${short(name)}\``),
  );
  expect(unnamed).toEqual([]);
});
