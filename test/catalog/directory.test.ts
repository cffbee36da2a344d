import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createCatalog } from "../../src/catalog/catalog.js";
import { CatalogError } from "../../src/catalog/definition.js";
import { readCatalogDirectory } from "../../src/catalog/directory.js";
import { extension, middleware } from "./defining.js";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "catalog-"));
});
afterEach(() => rm(directory, { recursive: true }));

const write = (name: string, content: unknown) =>
  writeFile(join(directory, name), typeof content === "string" ? content : JSON.stringify(content));

async function refusal(): Promise<string> {
  try {
    createCatalog(await readCatalogDirectory(directory));
  } catch (error) {
    if (error instanceof CatalogError) return error.message;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("a catalogue directory", () => {
  test("holds one definition per file", async () => {
    await write("m.json", middleware({ properties: { a: {} } }));
    await write("e.json", extension("acme.links@v1", { type: "array" }));
    const catalog = createCatalog(await readCatalogDirectory(directory));
    expect(catalog.has("m")).toBe(true);
    expect(catalog.checkExtension("acme.links@v1", 1)).toEqual(["must be array"]);
  });

  test("is read by name order, each definition with its file", async () => {
    await write("b.json", middleware({}, "first"));
    await write("a.json", middleware({}, "second"));
    expect((await readCatalogDirectory(directory)).map(({ origin }) => origin)).toEqual([
      join(directory, "a.json"),
      join(directory, "b.json"),
    ]);
  });

  test("may hold other files, which are not looked at", async () => {
    await write("README.md", "not JSON");
    await write("m.json.bak", "{");
    expect(await readCatalogDirectory(directory)).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ["is no JSON", "{", "JSON"],
    ["is no definition", { kind: "middleware", schema: {} }, "name must be a string that is not blank"],
    ["has a broken schema", middleware({ type: "text" }), "schema cannot be compiled"],
    ["defines what is there already", middleware({}, "sqlite"), 'middleware "sqlite" is defined twice'],
  ])("names the file that %s", async (_, content, reason) => {
    await write("bad.json", content);
    const message = await refusal();
    expect(message.startsWith(`${join(directory, "bad.json")}: `)).toBe(true);
    expect(message).toContain(reason);
  });

  test("names the second of two files that define one name", async () => {
    await write("1.json", middleware({}));
    await write("2.json", middleware({}));
    expect(await refusal()).toBe(`${join(directory, "2.json")}: middleware "m" is defined twice`);
  });

  test("names a directory that only looks like a file", async () => {
    await mkdir(join(directory, "sub.json"));
    expect(await refusal()).toContain(join(directory, "sub.json"));
  });

  test("that is not there is named", async () => {
    const missing = join(directory, "missing");
    await expect(readCatalogDirectory(missing)).rejects.toThrow(
      `catalogue directory ${missing} cannot be read`,
    );
  });
});
