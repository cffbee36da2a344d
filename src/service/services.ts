/** All use cases over one store, wired. */
import type { Catalog } from "../domain/catalog.js";
import { DEFAULT_LIMITS, type Limits } from "../domain/limits.js";
import type { EnvironmentFlags } from "../domain/processing.js";
import type { ResolveSettings } from "../domain/resolve.js";
import { type SecretExemptions, secretExemptions } from "../domain/secrets.js";
import { type CacheOptions, createDocumentCache } from "../store/document-cache.js";
import type { Store } from "../store/store.js";
import { createAutoRollback } from "./auto-rollback.js";
import { createModesService, type ModesService } from "./check-modes.js";
import type { ServiceContext } from "./context.js";
import type { EncodedAnswersOptions } from "./encoded-answers.js";
import { createExportService, type ExportService } from "./export.js";
import { createHistoryService, type HistoryService } from "./history.js";
import { createImportsService, type ImportsService } from "./import.js";
import { createKnownRollouts } from "./known-rollouts.js";
import { createLogService, type LogService } from "./log.js";
import { createOutcomes } from "./outcomes.js";
import { createProfilesService, type ProfilesService } from "./profiles.js";
import { createRegistriesService, type RegistriesService } from "./registries.js";
import { createResolverService, type ResolveObserver, type ResolverService } from "./resolver.js";
import { createRolloutWatch, type RolloutWatch, type RolloutWatchOptions } from "./rollout-watch.js";
import { createRolloutsService, type RolloutsService } from "./rollouts.js";
import { createVitals, type Vitals } from "./vitals.js";
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
  /** Of documents in memory. */
  cache?: CacheOptions;
  /** Of encoded answers in memory. */
  answers?: EncodedAnswersOptions;
  observer?: ResolveObserver;
  /** Unix milliseconds. Default the system's. */
  clock?: () => number;
  rolloutWatch?: RolloutWatchOptions;
  /** Told what operators should know of work that nobody asked for. */
  warn?: (message: string) => void;
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
  rollouts: RolloutsService;
  modes: ModesService;
  /** Not started. To be stopped before the store is closed: it passes on what has been reported. */
  rolloutWatch: RolloutWatch;
  vitals: Vitals;
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
  const clock = options.clock ?? Date.now;
  const documents = createDocumentCache(store, options.cache);
  const context: ServiceContext = {
    store,
    documents,
    writer: createWriter(store, documents, clock),
    catalog,
    limits,
    secretExempt,
    defaultRegistry,
    requireExpectedVersion: options.requireExpectedVersion ?? false,
    environmentFlags,
    clock,
  };
  const knownRollouts = createKnownRollouts(context);
  const outcomes = createOutcomes(context, knownRollouts);
  const { warn = () => {} } = options;
  const autoRollback = createAutoRollback(context, outcomes, knownRollouts, warn);
  const resolveSettings = { defaultRegistry, catalog, limits, secretExempt, operator, environmentFlags };
  const resolver = createResolverService(documents, resolveSettings, options.observer, options.answers);
  return {
    registries: createRegistriesService(context),
    profiles: createProfilesService(context),
    history: createHistoryService(context),
    log: createLogService(context),
    exports: createExportService(context),
    imports: createImportsService(context, secretExempt),
    resolver,
    rollouts: createRolloutsService(context, outcomes),
    modes: createModesService(context),
    rolloutWatch: createRolloutWatch(outcomes, autoRollback, warn, options.rolloutWatch ?? {}),
    vitals: createVitals(context, knownRollouts, {
      outcomes: outcomes.counters,
      documents: documents.usage,
      answers: resolver.reuse,
    }),
    catalog,
    defaultRegistry,
    secretExempt,
    revision: () => store.revision(),
  };
}
