/** docs/configuration.md lists exactly the settings of the program, and its example definitions can be used. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Command } from "commander";
import { expect, it } from "vitest";
import { createCatalog } from "../../src/catalog/catalog.js";
import { readCatalogDirectory } from "../../src/catalog/directory.js";
import { addResolve } from "../../src/cli/resolve.js";
import { SETTINGS, type Setting } from "../../src/config.js";
import { blocksOf, readDocument, tableRows } from "./markdown.js";

const text = readDocument("docs/configuration.md");

it("lists every flag and variable with its default, in the order of the program, and no other", () => {
  const documented = tableRows(text, "flag").map(([flag, env, byDefault, resolve]) => [
    flag,
    env,
    byDefault,
    resolve,
  ]);
  const settings = (SETTINGS as readonly Setting[]).map((setting) => [
    `--${setting.flag}`,
    setting.env,
    setting.default ?? "–",
    setting.store ? "yes" : "no",
  ]);
  expect(documented).toEqual(settings);
});

it("lists every limit", () => {
  const limits = SETTINGS.map(({ flag }) => `--${flag}`).filter((flag) => flag.startsWith("--max-"));
  expect(tableRows(text, "setting").map(([flag]) => flag)).toEqual(limits);
});

it("lists the flags of resolve that are no settings of a store", () => {
  const program = new Command();
  addResolve(program, {});
  const shared = new Set(
    (SETTINGS as readonly Setting[]).filter(({ store }) => store).map(({ flag }) => flag),
  );
  const own = program.commands[0]?.options.map((option) => option.name()).filter((name) => !shared.has(name));
  const section = text.slice(text.indexOf("## Resolve on the command line"));
  const documented = tableRows(section, "flag").flatMap(([cell = ""]) =>
    [...cell.matchAll(/--([\w-]+)/g)].map((match) => match[1]),
  );
  expect(documented.sort()).toEqual(own?.sort());
});

it("shows definitions that a catalogue directory can hold", async () => {
  const directory = mkdtempSync(join(tmpdir(), "profile-registry-catalog-"));
  try {
    for (const { file, text: definition } of blocksOf(text)) {
      if (file?.startsWith("catalog/")) writeFileSync(join(directory, basename(file)), definition);
    }
    const catalog = createCatalog(await readCatalogDirectory(directory));
    expect(catalog.middlewares.map(({ name }) => name)).toEqual(["agentmode", "sqlite", "web-search"]);
    expect(catalog.resolveConfig("web-search", { max_results: "20" })).toEqual({
      ok: true,
      config: { engine: "internal", max_results: 20 },
    });
    expect(catalog.resolveConfig("web-search", { colour: "red" })).toMatchObject({ ok: false });
    expect(catalog.checkExtension("webchat.branding@v1", { color: "red" })).not.toEqual([]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
