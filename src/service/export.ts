/** All documents as of one revision, to be written out (spec 6.3). */
import type { Profile, Registry } from "../domain/document.js";
import { DomainError, registryNotFound } from "../domain/errors.js";
import { redactProfile } from "../domain/secrets.js";
import { type OutputFormat, type WritableDocument, writeDocuments } from "../formats/write-documents.js";
import type { ServiceContext } from "./context.js";
import { chooseRegistry } from "./names.js";

export interface ExportRequest {
  /** Blank: all. */
  registry?: string | undefined;
  format: OutputFormat;
  /** Writes secrets as they are stored. */
  withSecrets: boolean;
}

export interface ExportService {
  /**
   * The text in pieces, each made when it is asked for. Throws `not_found`, and `data_loss` for a document that cannot be
   * read: a file that lacks it would pass for whole.
   */
  exportDocuments(request: ExportRequest): Promise<{ revision: number; text: AsyncIterable<string> }>;
}

const READ_AT_ONCE = 200;

export function createExportService({ store, defaultRegistry, secretExempt }: ServiceContext): ExportService {
  async function* profilesOf(registry: string, at: number): AsyncGenerator<Profile> {
    let after = "";
    for (;;) {
      const page = await store.listProfiles(registry, { at, after, limit: READ_AT_ONCE });
      const [lost] = page.unreadable;
      if (lost !== undefined) throw unreadable(`profile "${lost}" of registry "${registry}"`);
      yield* page.profiles;
      after = page.profiles.at(-1)?.slug ?? after;
      if (!page.more) return;
    }
  }

  async function* documentsOf(
    registries: readonly Registry[],
    at: number,
    shown: (profile: Profile) => Profile,
  ): AsyncGenerator<WritableDocument> {
    for (const registry of registries) {
      yield { registry };
      for await (const profile of profilesOf(registry.slug, at)) yield { profile: shown(profile) };
    }
  }

  return {
    async exportDocuments({ registry: raw, format, withSecrets }) {
      const only = raw?.trim() ? chooseRegistry(raw, defaultRegistry) : undefined;
      const { revision, registries, unreadable: lost } = await store.listRegistries();
      const wanted = registries.filter(({ slug }) => only === undefined || slug === only);
      const missing = lost.find((slug) => only === undefined || slug === only);
      if (missing !== undefined) throw unreadable(`registry "${missing}"`);
      if (only !== undefined && wanted.length === 0) throw registryNotFound();
      const shown = (profile: Profile): Profile =>
        withSecrets ? profile : redactProfile(profile, secretExempt);
      return { revision, text: writeDocuments(documentsOf(wanted, revision, shown), format) };
    },
  };
}

function unreadable(what: string): DomainError {
  return new DomainError("data_loss", `the stored document of ${what} cannot be read`);
}
