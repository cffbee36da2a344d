/** Reads the files that people write: YAML or JSON, in any of the three forms of spec 6.3. */
import { malformed } from "../domain/errors.js";
import { parseSlug } from "../domain/identifiers.js";
import { LEGACY_MEMBER, readLegacyMap } from "./legacy-map.js";
import { type LocatedJson, nearest } from "./located-json.js";
import { type ParsedFile, parseYaml } from "./parse-yaml.js";
import { ownSlug } from "./read-slug.js";
import { membersOf, readRegistries, readRegistry } from "./registry-documents.js";
import type { InputFormat, PlacedRegistry, SourceDocuments } from "./source-documents.js";

export interface ReadOptions {
  /** Names the file in errors. */
  file: string;
  /** The registry of a file that names none. */
  registry: string;
}

/** The YAML store's own (spec 6.1): no document. */
const STATE = "state";

export function readDocuments(text: string, options: ReadOptions): SourceDocuments {
  const file = parseYaml(text, options.file);
  const [format, placed] = file.root === undefined ? emptyFile() : readForm(file, file.root, options);
  const places = new Map(placed.map((place) => [place.registry.slug, place]));
  return {
    format,
    registries: placed.map(({ registry }) => registry),
    locate(registry, profile, field) {
      const place = places.get(registry);
      const document =
        (profile === undefined ? undefined : place?.profiles.get(profile)) ?? place?.at ?? file.root;
      if (document === undefined) return { line: 1, column: 1 };
      if (field === undefined) return file.position(document.nameOffset);
      return file.position(nearest(document, memberPath(format, field)).offset);
    },
  };
}

type Form = [InputFormat, PlacedRegistry[]];

function emptyFile(): Form {
  return ["empty", []];
}

function readForm(file: ParsedFile, root: LocatedJson, options: ReadOptions): Form {
  const members = new Map(membersOf(file, root, "the document"));
  members.delete(STATE);
  if (members.size === 0) return emptyFile();
  const registries = members.get("registries");
  if (registries !== undefined) return ["canonical-registries", readRegistries(file, registries)];
  if (members.has("profiles") && (members.has("slug") || members.has("default_profile_slug"))) {
    const slug = ownSlug(file, "registry slug", root) ?? givenRegistry(options);
    return ["single-registry", [readRegistry(file, slug, root)]];
  }
  return ["legacy-map", [readLegacyMap(file, givenRegistry(options), root, members)]];
}

function givenRegistry({ registry }: ReadOptions): string {
  const slug = parseSlug(registry, "registry slug");
  if (!slug.ok) throw malformed(slug.reason);
  return slug.value;
}

/** The path, inside the document as it is written, of a field as validation names it. */
function memberPath(format: InputFormat, field: string): string {
  const path = field.replace(/^(?:profile|registry)\./, "");
  if (format !== "legacy-map") return path;
  return path.startsWith(LEGACY_MEMBER) ? path.slice(LEGACY_MEMBER.length) : "";
}
