import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Json } from "../domain/json.js";
import type { OriginatedDefinition } from "./catalog.js";
import { CatalogError, parseDefinition } from "./definition.js";

/**
 * The definitions of a catalogue directory: one JSON file each, by name order; other files are not looked at.
 * Throws CatalogError naming the file that is broken (spec 1.5).
 */
export async function readCatalogDirectory(directory: string): Promise<OriginatedDefinition[]> {
  const definitions: OriginatedDefinition[] = [];
  for (const name of await listJsonFiles(directory)) {
    const origin = join(directory, name);
    try {
      definitions.push({
        origin,
        definition: parseDefinition(JSON.parse(await readFile(origin, "utf8")) as Json),
      });
    } catch (cause) {
      throw new CatalogError(`${origin}: ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause,
      });
    }
  }
  return definitions;
}

async function listJsonFiles(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).filter((name) => name.endsWith(".json")).sort();
  } catch (cause) {
    throw new CatalogError(`catalogue directory ${directory} cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
}
