/** An import from the bytes of texts (spec 3 DocumentService). */
import { malformed } from "../domain/errors.js";
import { decodeUtf8 } from "../formats/decode-utf8.js";
import { FormatError } from "../formats/format-error.js";
import { readDocumentsInTurns } from "../formats/read-documents.js";
import type { SourceDocuments } from "../formats/source-documents.js";
import type { ImportAnswer } from "./import.js";
import type { ImportSource } from "./import-problems.js";
import type { ImportOptions } from "./import-registry.js";
import { chooseRegistry } from "./names.js";
import type { Services } from "./services.js";
import type { Caller } from "./write.js";

/** What an edge lets in where it is not told otherwise. */
export const DEFAULT_MAX_IMPORT_BYTES = 256 * 1024 * 1024;

export interface ImportTexts extends ImportOptions {
  /** Taken out as they are read: a large text is not kept beside its documents. */
  texts: SourceText[];
  /** The registry of texts that name none; blank: the default one. */
  registry?: string | undefined;
}

export interface SourceText {
  text: Uint8Array | string;
  /** Names it in errors. */
  file: string;
}

/** Throws as ImportsService, and `malformed`, naming file, line and column, for a text that cannot be read. */
export async function importTexts(
  { imports, defaultRegistry }: Pick<Services, "imports" | "defaultRegistry">,
  { texts, registry: raw, ...options }: ImportTexts,
  caller: Caller,
): Promise<ImportAnswer> {
  const registry = chooseRegistry(raw, defaultRegistry);
  const sources: ImportSource[] = [];
  for (let next = texts.shift(); next !== undefined; next = texts.shift()) {
    sources.push({ file: next.file, documents: await read(next.text, next.file, registry) });
  }
  return imports.applyImport(sources, options, caller);
}

async function read(text: Uint8Array | string, file: string, registry: string): Promise<SourceDocuments> {
  try {
    return await readDocumentsInTurns(typeof text === "string" ? text : decodeUtf8(text, file), {
      file,
      registry,
    });
  } catch (error) {
    throw error instanceof FormatError ? malformed(error.message) : error;
  }
}
