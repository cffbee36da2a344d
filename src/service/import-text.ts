/** An import from the bytes of a text (spec 3 DocumentService). */
import { malformed } from "../domain/errors.js";
import { decodeUtf8 } from "../formats/decode-utf8.js";
import { FormatError } from "../formats/format-error.js";
import { readDocuments } from "../formats/read-documents.js";
import type { ImportAnswer, ImportsService } from "./import.js";
import type { ImportOptions } from "./import-registry.js";
import { chooseRegistry } from "./names.js";
import type { Caller } from "./write.js";

export interface ImportText extends ImportOptions {
  text: Uint8Array | string;
  /** Names the text in errors. */
  file: string;
  /** The registry of a text that names none; blank: the default one. */
  registry?: string | undefined;
}

/** Throws as ImportsService, and `malformed`, naming file, line and column, for a text that cannot be read. */
export async function importText(
  imports: ImportsService,
  defaultRegistry: string,
  { text, file, registry, replace, includeReadOnly }: ImportText,
  caller: Caller,
): Promise<ImportAnswer> {
  const documents = read(text, file, chooseRegistry(registry, defaultRegistry));
  return imports.applyImport([{ file, documents }], { replace, includeReadOnly }, caller);
}

function read(text: Uint8Array | string, file: string, registry: string) {
  try {
    return readDocuments(typeof text === "string" ? text : decodeUtf8(text, file), { file, registry });
  } catch (error) {
    throw error instanceof FormatError ? malformed(error.message) : error;
  }
}
