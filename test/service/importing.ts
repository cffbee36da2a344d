/** What the tests of imports share: a store with a registry, and files as text. */
import { onTestFinished } from "vitest";
import { readDocuments } from "../../src/formats/read-documents.js";
import { writeDocuments } from "../../src/formats/write-documents.js";
import { createCatalog, createServices, openSqliteStore, type Services } from "../../src/index.js";
import type { ImportSource } from "../../src/service/import-problems.js";
import type { ImportOptions } from "../../src/service/import-registry.js";
import type { Store } from "../../src/store/store.js";

const catalog = createCatalog();
export const CALLER = { actor: "tester", source: "cli" } as const;
const KEEP: ImportOptions = { replace: false, includeReadOnly: false };

export function source(text: string, file = "f.yaml"): ImportSource {
  return { file, documents: readDocuments(text, { file, registry: "team" }) };
}

export interface Target {
  store: Store;
  services: Services;
  plan(text: string, options?: Partial<ImportOptions>): ReturnType<Services["imports"]["planImport"]>;
  apply(text: string, options?: Partial<ImportOptions>): ReturnType<Services["imports"]["applyImport"]>;
  /** Each change as `+ team/agent`, `~ team /display_name`, and the counts. */
  outcome(text: string, options?: Partial<ImportOptions>): Promise<string[]>;
  /** The whole store as a file, secrets and all. */
  exported(): Promise<string>;
}

export async function emptyTarget(path?: string): Promise<Target> {
  const store = await openSqliteStore(path === undefined ? {} : { path });
  onTestFinished(() => store.close());
  const services = createServices({ store, catalog, defaultRegistry: "team" });
  const apply: Target["apply"] = (text, options) =>
    services.imports.applyImport([source(text)], { ...KEEP, ...options }, CALLER);
  return {
    store,
    services,
    plan: (text, options) => services.imports.planImport([source(text)], { ...KEEP, ...options }),
    apply,
    async outcome(text, options) {
      const { plan } = await apply(text, options);
      const signs = { create: "+", change: "~", delete: "-" };
      const { created, changed, unchanged, deleted } = plan.counts;
      return [
        ...plan.changes.map(({ action, registry, profile, differences = [] }) =>
          [
            signs[action],
            [registry, profile].filter(Boolean).join("/"),
            ...differences.map((d) => d.pointer),
          ].join(" "),
        ),
        `${created} ${changed} ${unchanged} ${deleted}`,
      ];
    },
    async exported() {
      let text = "";
      for await (const part of writeDocuments(documentsOf(store), "yaml")) text += part;
      return text;
    },
  };
}

/** A store that holds what a text holds. */
export async function targetWith(text: string): Promise<Target> {
  const target = await emptyTarget();
  await target.apply(text);
  return target;
}

async function* documentsOf(store: Store) {
  const { registries, revision } = await store.listRegistries();
  for (const registry of registries) {
    yield { registry };
    const { profiles } = await store.listProfiles(registry.slug, { at: revision, limit: 1_000 });
    for (const profile of profiles) yield { profile };
  }
}

export async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("was done");
}
