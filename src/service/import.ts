/** Documents of files into the store: the plan first, then all of it or nothing (spec 6.3, 6.4). */
import { emptyPlan, type ImportPlan } from "../domain/import-plan.js";
import type { SecretExemptions } from "../domain/secrets.js";
import type { ServiceContext } from "./context.js";
import { collectProblems, type ImportSource } from "./import-problems.js";
import {
  decideRegistry,
  type ImportDecision,
  type Importing,
  type ImportOptions,
} from "./import-registry.js";
import type { Caller } from "./write.js";

export interface ImportAnswer {
  plan: ImportPlan;
  /** The import's own; where nothing was written, the one that was looked at. */
  revision: number;
}

/**
 * Registries that no source names stay as they are, and so, unless `replace` is set, do profiles. Of several sources
 * each names its own registries. Both throw `policy` where a read-only profile would change, and `validation` with the
 * problems of all documents.
 */
export interface ImportsService {
  /** What an import would do, without a write. */
  planImport(sources: readonly ImportSource[], options: ImportOptions): Promise<ImportAnswer>;
  /** Decides again as long as others write the same documents meanwhile: the plan is that of what was done. */
  applyImport(
    sources: readonly ImportSource[],
    options: ImportOptions,
    caller: Caller,
  ): Promise<ImportAnswer>;
}

/** A plan without a write is nobody's. */
const NOBODY: Caller = { actor: "anonymous", source: "import" };

export function createImportsService(context: ServiceContext, exempt: SecretExemptions): ImportsService {
  const { store, writer } = context;
  return {
    async planImport(sources, options) {
      const revision = await store.revision();
      const { plan } = await decide(sources, { context, exempt, options, caller: NOBODY, nowMs: 0 });
      return { plan, revision };
    },
    applyImport(sources, options, edge) {
      const caller: Caller = { ...edge, source: "import" };
      return writer.writeAfter(
        caller,
        async (nowMs) => {
          const importing = { context, exempt, options, caller, nowMs };
          const { expect, changes, plan } = await decide(sources, importing);
          return { expect, changes, given: plan };
        },
        ({ revision }, plan) => ({ plan, revision }),
      );
    },
  };
}

async function decide(sources: readonly ImportSource[], importing: Importing): Promise<ImportDecision> {
  const decision: ImportDecision = {
    plan: emptyPlan(),
    expect: [],
    changes: [],
    problems: collectProblems(),
  };
  const files = new Map<string, string>();
  for (const source of sources) {
    for (const registry of source.documents.registries) {
      const first = files.get(registry.slug);
      if (first === undefined) {
        files.set(registry.slug, source.file);
        await decideRegistry(source, registry, importing, decision);
      } else {
        const text = `registry slug "${registry.slug}" is used twice (first in ${first})`;
        decision.problems.add({ ...source, registry: registry.slug }, text);
      }
    }
  }
  decision.problems.throwIfAny();
  return decision;
}
