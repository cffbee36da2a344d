import type { DomainError } from "../domain/errors.js";
import { FormatError } from "./format-error.js";
import type { SourceDocuments } from "./source-documents.js";

/** The document of a file that rules were applied to. */
export interface DocumentInFile {
  file: string;
  registry: string;
  /** Absent for the registry itself. */
  profile?: string | undefined;
}

/**
 * What a rule found in a document of a file, with the place in the file where it is to be mended (spec 6.3).
 * The text stays that of the API; the first violation, which leads it, gives the place.
 */
export function atItsPosition(
  error: DomainError,
  source: SourceDocuments,
  document: DocumentInFile,
): FormatError {
  const position = source.locate(document.registry, document.profile, error.violations[0]?.field);
  return new FormatError(document.file, position, error.message, error);
}
