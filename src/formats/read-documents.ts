/** Reads the files that people write: YAML or JSON, in any of the three forms of spec 6.3. */
import { malformed } from "../domain/errors.js";
import { parseSlug } from "../domain/identifiers.js";
import { FormatError } from "./format-error.js";
import { LEGACY_MEMBER, readLegacyMap } from "./legacy-map.js";
import { type LocatedJson, nearest } from "./located-json.js";
import { membersAsPlaced, type ParsedFile, parsePieces, parseWhole, placed } from "./parsed-file.js";
import { cutProfiles } from "./pieces.js";
import { ownSlug } from "./read-slug.js";
import { NotPlain } from "./region.js";
import { checkObject, readRegistries, readRegistry } from "./registry-documents.js";
import type { InputFormat, PlacedRegistry, SourceDocuments } from "./source-documents.js";
import { type SourceText, sourceText } from "./source-text.js";

export interface ReadOptions {
  /** Names the file in errors. */
  file: string;
  /** The registry of a file that names none. */
  registry: string;
}

/** The YAML store's own (spec 6.1): no document. */
const STATE = "state";

/** In UTF-16 units: where a problem shows in a longer text, no second look is taken for one that stands before it. */
const WHOLE_UP_TO = 4 * 1024 * 1024;

/** How long other work waits, in milliseconds. */
const TURN_MS = 10;

/** Throws FormatError, and `malformed` for a registry slug that is needed and is none. */
export function readDocuments(text: string, options: ReadOptions): SourceDocuments {
  const reading = readText(text, options);
  for (;;) {
    const step = reading.next();
    if (step.done) return step.value;
  }
}

/** The same, with turns for other work while a large file is read. */
export async function readDocumentsInTurns(text: string, options: ReadOptions): Promise<SourceDocuments> {
  const reading = readText(text, options);
  for (let until = performance.now() + TURN_MS; ; ) {
    const step = reading.next();
    if (step.done) return step.value;
    if (performance.now() < until) continue;
    await new Promise(setImmediate);
    until = performance.now() + TURN_MS;
  }
}

type Reading = Generator<undefined, SourceDocuments>;

/** Piece by piece where that is possible: it takes a tenth of the memory. The outcome is that of the whole. */
function* readText(text: string, options: ReadOptions): Reading {
  const source = sourceText(text, options.file);
  try {
    return yield* readPieces(source, options);
  } catch (error) {
    const leads = error instanceof FormatError && source.text.length > WHOLE_UP_TO;
    if (leads || !(error instanceof FormatError || error instanceof NotPlain)) throw error;
  }
  return yield* readFile(parseWhole(source), options);
}

export function* readPieces(source: SourceText, options: ReadOptions): Reading {
  const file = parsePieces(source, cutProfiles(source.text));
  const documents = yield* readFile(file, options);
  if (!file.allRead()) throw new NotPlain();
  return documents;
}

export function* readFile(file: ParsedFile, options: ReadOptions): Reading {
  const { root } = file;
  const [format, found] = root === undefined ? emptyFile() : yield* readForm(file, root, options);
  const places = new Map(found.map((place) => [place.registry.slug, place]));
  return {
    format,
    registries: found.map(({ registry }) => registry),
    locate(registry, profile, field) {
      const place = places.get(registry);
      const document =
        (profile === undefined ? undefined : place?.profiles.get(profile)?.()) ?? place?.at ?? root;
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

function* readForm(file: ParsedFile, root: LocatedJson, options: ReadOptions): Generator<undefined, Form> {
  checkObject(file, placed(root), "the document");
  const members = new Map(root.members);
  members.delete(STATE);
  if (members.size === 0) return emptyFile();
  const registries = members.get("registries");
  if (registries !== undefined) return ["canonical-registries", yield* readRegistries(file, registries)];
  if (members.has("profiles") && (members.has("slug") || members.has("default_profile_slug"))) {
    const slug = ownSlug(file, "registry slug", placed(root)) ?? givenRegistry(options);
    return ["single-registry", [yield* readRegistry(file, slug, placed(root))]];
  }
  const profiles = membersAsPlaced({ ...root, members });
  return ["legacy-map", [readLegacyMap(file, givenRegistry(options), root, profiles)]];
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
