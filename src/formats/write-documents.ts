/** Writes documents as files that `readDocuments` reads back: `registries:`, in YAML or JSON (spec 6.3). */
import { fileProfile, fileRegistry, type WritableProfile, type WritableRegistry } from "./file-documents.js";
import { JSON_LAYOUT, type Layout, YAML_LAYOUT } from "./file-layout.js";

export const OUTPUT_FORMATS = ["yaml", "json"] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** Each registry is followed by its profiles; both are sorted by slug already. */
export type WritableDocument = { registry: WritableRegistry } | { profile: WritableProfile };

const LAYOUTS: Readonly<Record<OutputFormat, Layout>> = { yaml: YAML_LAYOUT, json: JSON_LAYOUT };

/**
 * The text of a file, document by document, so that nobody need hold more than one. Deterministic: equal documents give equal
 * text, whatever the order of their members. Empty parts and what the server manages are left out.
 */
export async function* writeDocuments(
  documents: AsyncIterable<WritableDocument> | Iterable<WritableDocument>,
  format: OutputFormat,
): AsyncGenerator<string, void> {
  const layout = LAYOUTS[format];
  let registries = 0;
  let profiles = 0;
  for await (const document of documents) {
    if ("registry" in document) {
      if (registries > 0) yield layout.endRegistry(profiles);
      yield layout.registry(fileRegistry(document.registry), registries);
      registries += 1;
      profiles = 0;
    } else {
      if (registries === 0) throw new TypeError("a profile is written after its registry");
      yield layout.profile(fileProfile(document.profile), profiles);
      profiles += 1;
    }
  }
  if (registries > 0) yield layout.endRegistry(profiles);
  yield layout.end(registries);
}
