/** What is wrong with the documents of an import: found together, reported together, each where it stands (spec 1.4, 6.3). */
import { DomainError, policyViolation, type Violation } from "../domain/errors.js";
import type { SourceDocuments } from "../formats/source-documents.js";

/** A file, or whatever else was read. */
export interface ImportSource {
  /** Names it in errors. */
  file: string;
  documents: SourceDocuments;
}

export interface DocumentInSource extends ImportSource {
  registry: string;
  /** Absent for the registry itself. */
  profile?: string;
}

export interface ImportProblems {
  /** The result of `work`; undefined where it throws `validation`, which is kept. */
  attempt<T>(document: DocumentInSource, work: () => T): T | undefined;
  add(document: DocumentInSource, text: string, field?: string): void;
  /** A read-only profile that the import would change or delete. */
  addLocked(slug: string): void;
  /**
   * Throws `policy`, which is checked first (spec 2.3), or `validation`, whose violations name `FILE:LINE:COLUMN` as the
   * field. The first leads.
   */
  throwIfAny(): void;
}

const MAX_REPORTED = 100;

export function collectProblems(): ImportProblems {
  const violations: Violation[] = [];
  let count = 0;
  let locked: string | undefined;
  const add: ImportProblems["add"] = ({ file, documents, registry, profile }, text, field) => {
    count += 1;
    if (violations.length === MAX_REPORTED) return;
    const { line, column } = documents.locate(registry, profile, field);
    violations.push({ field: `${file}:${line}:${column}`, reason: text });
  };
  return {
    add,
    attempt(document, work) {
      try {
        return work();
      } catch (error) {
        if (!(error instanceof DomainError) || error.code !== "validation") throw error;
        for (const { field, reason } of error.violations) {
          add(document, `validation error (${field}): ${reason}`, field);
        }
        return undefined;
      }
    },
    addLocked(slug) {
      locked ??= slug;
    },
    throwIfAny() {
      if (locked !== undefined) throw policyViolation("profile is read-only", locked);
      const [first] = violations;
      if (first === undefined) return;
      const more = count > 1 ? ` (and ${count - 1} more)` : "";
      throw new DomainError("validation", `${first.field}: ${first.reason}${more}`, { violations });
    },
  };
}
