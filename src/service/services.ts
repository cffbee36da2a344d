/** All use cases over one store, wired. */
import type { Catalog } from "../domain/catalog.js";
import { DEFAULT_LIMITS, type Limits } from "../domain/limits.js";
import type { EnvironmentFlags } from "../domain/processing.js";
import type { ResolveSettings } from "../domain/resolve.js";
import { type SecretExemptions, secretExemptions } from "../domain/secrets.js";
import { type CacheOptions, createDocumentCache } from "../store/document-cache.js";
import type { Store } from "../store/store.js";
import type { ServiceContext } from "./context.js";
import { createExportService, type ExportService } from "./export.js";
import { createHistoryService, type HistoryService } from "./history.js";
import { createImportsService, type ImportsService } from "./import.js";
import { createLogService, type LogService } from "./log.js";
import { createProfilesService, type ProfilesService } from "./profiles.js";
import { createRegistriesService, type RegistriesService } from "./registries.js";
import { createResolverService, type ResolverService } from "./resolver.js";
import { createWriter } from "./write.js";

export interface ServiceOptions {
  store: Store;
  catalog: Catalog;
  /** Default `default`. */
  defaultRegistry?: string;
  /** What of DEFAULT_LIMITS is not as it is there. */
  limits?: Partial<Limits>;
  /** Default false. */
  requireExpectedVersion?: boolean;
  /** Member names that look like secrets and are none. */
  secretExempt?: readonly string[];
  /** Settings that win over every profile and override, for emergencies. */
  operator?: ResolveSettings["operator"];
  /** What the environment says of rollout flags. Default nothing. */
  environmentFlags?: EnvironmentFlags;
  cache?: CacheOptions;
  /** Unix milliseconds. Default the system's. */
  clock?: () => number;
}

/** What the edges call. */
export interface Services {
  registries: RegistriesService;
  profiles: ProfilesService;
  history: HistoryService;
  log: LogService;
  exports: ExportService;
  imports: ImportsService;
  resolver: ResolverService;
  catalog: Catalog;
  defaultRegistry: string;
  secretExempt: SecretExemptions;
  /** The store's revision now. */
  revision(): Promise<number>;
}

export function createServices(options: ServiceOptions): Services {
  const { store, catalog, defaultRegistry = "default", operator = {}, environmentFlags = {} } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const secretExempt = secretExemptions(options.secretExempt ?? []);
  const documents = createDocumentCache(store, options.cache);
  const context: ServiceContext = {
    store,
    documents,
    writer: createWriter(store, documents, options.clock ?? Date.now),
    catalog,
    limits,
    secretExempt,
    defaultRegistry,
    requireExpectedVersion: options.requireExpectedVersion ?? false,
    environmentFlags,
  };
  return {
    registries: createRegistriesService(context),
    profiles: createProfilesService(context),
    history: createHistoryService(context),
    log: createLogService(context),
    exports: createExportService(context),
    imports: createImportsService(context, secretExempt),
    resolver: createResolverService(documents, {
      defaultRegistry,
      catalog,
      limits,
      secretExempt,
      operator,
      environmentFlags,
    }),
    catalog,
    defaultRegistry,
    secretExempt,
    revision: () => store.revision(),
  };
}
