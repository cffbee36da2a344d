/** Composition root: everything wired from a configuration, not yet listening. */
import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import type { IncomingMessage } from "node:http";
import type { DescService } from "@bufbuild/protobuf";
import { type ConnectRouter, cors as connectCors } from "@connectrpc/connect";
import { fastifyConnectPlugin } from "@connectrpc/connect-fastify";
import fastifyCors from "@fastify/cors";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import { type Logger, pino } from "pino";
import { createCatalog, type OriginatedDefinition } from "./catalog/catalog.js";
import type { CatalogDefinition } from "./catalog/definition.js";
import { readCatalogDirectory } from "./catalog/directory.js";
import type { Config } from "./config.js";
import type { Catalog } from "./domain/catalog.js";
import { createMetrics, type Metrics } from "./metrics/metrics.js";
import { restPlugin } from "./rest/plugin.js";
import { sendProblem } from "./rest/problem.js";
import type { RpcRecord } from "./rpc/call-report.js";
import { directMethods } from "./rpc/direct/methods.js";
import { createHealthState, healthRoutes } from "./rpc/health.js";
import { leanFirst } from "./rpc/lean/lean.js";
import { leanMethods } from "./rpc/lean/methods.js";
import { reflectionRoutes } from "./rpc/reflection.js";
import { createRoutes, ERROR_DETAIL_FILES, SERVED_SERVICES, serverRoutes } from "./rpc/routes.js";
import { STRICT_JSON, strictRouter } from "./rpc/strict-router.js";
import { endAbandonedRequests } from "./server/abandoned-requests.js";
import { refuseBrokenRequests } from "./server/broken-requests.js";
import { addConsole } from "./server/console.js";
import { addMetrics, countedByCall } from "./server/metrics.js";
import { createOnePort } from "./server/one-port.js";
import { addProbes } from "./server/probes.js";
import { childWhenUsed, logRestRequests, rpcLogger } from "./server/request-log.js";
import { answerUnknownRoute, isHost, refuseBadHeaders } from "./server/rpc-scope.js";
import { answerUnreadable } from "./server/unreadable-request.js";
import { bootstrap } from "./service/bootstrap.js";
import { applyEdit } from "./service/file-edits.js";
import type { RolloutWatchOptions } from "./service/rollout-watch.js";
import type { ServerInfo } from "./service/server-info.js";
import { createServices, type Services } from "./service/services.js";
import { type FileStore, openFileStore } from "./store/file/file-store.js";
import { openSqliteStore } from "./store/sqlite/sqlite-store.js";
import type { Store } from "./store/store.js";
import { readVersion } from "./version.js";

const REST_PREFIX = "/api/chat";
/** How long requests under way may take once the server stops: within the 10 s of spec 6.5 the store is closed too. */
const STOP_GRACE_MS = 9_000;
const EXPOSED_HEADERS = ["ETag", "Link", "Location", "Profile-Registry-Revision", "Retry-After"];

export interface Overrides {
  logger?: Logger;
  /** Definitions besides the built-in ones and the directory's. */
  definitions?: readonly CatalogDefinition[];
  /** Unix milliseconds. Default the system's. */
  clock?: () => number;
  /** How often rollouts are looked after. */
  rolloutWatch?: RolloutWatchOptions;
  /** What a store on a file that is not there does: create it, or refuse. Default create. */
  createStore?: boolean;
  /** For how long a stop waits for what clients may be sending over idle connections, in ms. Default 0. */
  idleGraceMs?: number;
  /** More services, served as our own are. */
  routes?: (router: ConnectRouter) => void;
  /** The text of `/metrics`, where it is not that of this process alone. */
  scrape?: () => Promise<string>;
  /** Whether the common form of reads over RPC has a path of its own (rpc/lean). Default true. */
  lean?: boolean;
}

/** What works without a port: the use cases over an open store. */
export interface Core {
  services: Services;
  store: Store;
  info: () => Promise<ServerInfo>;
  logger: Logger;
  close(): Promise<void>;
}

export interface App extends Core {
  metrics: Metrics;
  /** Ready to listen: `app.server.listen({ host, port })`. */
  server: FastifyInstance;
  /** Stops accepting, finishes what is under way, closes the store. */
  close(): Promise<void>;
}

/**
 * Opens and, where it is empty and may be seeded, seeds the store. Throws one clear line for everything that cannot be.
 * `metrics`: what counts, where anybody asks for it.
 */
export async function openCore(config: Config, overrides: Overrides = {}, metrics?: Metrics): Promise<Core> {
  const logger = overrides.logger ?? pino({ level: config.logLevel });
  const catalog = await loadCatalog(config, overrides);
  const warn = (message: string): void => logger.warn(message);
  const store = await openStore(config, overrides, catalog, warn);
  const clock = overrides.clock ?? Date.now;
  try {
    const services = createServices({
      ...config,
      store: metrics?.counted(store) ?? store,
      catalog,
      clock,
      warn,
      ...(overrides.rolloutWatch && { rolloutWatch: overrides.rolloutWatch }),
      ...(metrics && { observer: metrics.resolves }),
    });
    if ("follow" in store) await store.follow((text) => applyEdit(services, text, storeName(config)));
    if (overrides.createStore ?? true) {
      const rules = { catalog, limits: config.limits };
      await bootstrap({
        store,
        rules,
        clock,
        defaultRegistry: config.defaultRegistry,
        seedFile: config.seedFile,
        environmentFlags: config.environmentFlags,
      });
      await services.modes.settle(warn);
    }
    const { version, commit } = readVersion();
    metrics?.watch({ services, store, build: () => ({ version, commit, schema: store.schemaVersion }) });
    const info = async (): Promise<ServerInfo> => ({
      version,
      commit,
      schema_version: store.schemaVersion,
      capabilities: [
        "documents",
        "history",
        "idempotency",
        "log",
        "processing-modes",
        "rollouts",
        "validate-only",
      ],
      revision: await store.revision(),
      catalog_digest: catalog.digest,
    });
    const close = async (): Promise<void> => {
      await services.rolloutWatch.stop();
      await store.close();
    };
    return { services, store, info, logger, close };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The whole server. Close it with `close`. */
export async function createApp(config: Config, overrides: Overrides = {}): Promise<App> {
  const metrics = createMetrics(config.defaultRegistry);
  const core = await openCore(config, overrides, metrics);
  const { services, store, info, logger } = core;
  const health = createHealthState();
  const shutdown = new AbortController();
  // Connect adds a listener per call under way; Node warns of a leak above ten.
  setMaxListeners(0, shutdown.signal);

  const { corsOrigins: allowedOrigins, cookieSecure, maxBodyBytes, serveSecrets } = config;
  const logCall = rpcLogger(logger);
  const report = (call: RpcRecord): void => {
    logCall(call);
    metrics.requests.rpc(call);
  };
  const rpcOptions = { services, allowedOrigins, serveSecrets, report };
  const apiRoutes = createRoutes(rpcOptions);
  const routes = (plain: ConnectRouter): void => {
    apiRoutes(plain);
    serverRoutes(strictRouter(plain), info);
    overrides.routes?.(strictRouter(plain));
  };
  const listen = createOnePort({ graceMs: STOP_GRACE_MS, idleGraceMs: overrides.idleGraceMs ?? 0 });
  const lean = {
    methods: leanMethods(routes, maxBodyBytes, directMethods(rpcOptions)),
    maxBodyBytes,
    isHost,
    gets: allowedOrigins.length === 0,
  };

  const server = Fastify({
    serverFactory: (stock) => listen((overrides.lean ?? true) ? leanFirst(stock, lean) : stock),
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestId,
    childLoggerFactory: childWhenUsed,
    // What has been accepted is answered, also while stopping; the port itself is closed by then.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 16_384 },
    clientErrorHandler: answerUnreadable,
    frameworkErrors: (error, request, reply) =>
      sendProblem(error, request as FastifyRequest, reply as FastifyReply),
  });
  server.setErrorHandler(sendProblem);
  server.setNotFoundHandler(answerUnknownRoute);
  endAbandonedRequests(server);
  refuseBrokenRequests(server);
  if (config.corsOrigins.length > 0) await server.register(fastifyCors, corsOptions(config.corsOrigins));
  logRestRequests(server, logger, REST_PREFIX);
  addMetrics(server, metrics, overrides.scrape);
  addProbes(server, {
    store,
    info,
    modeProblems: services.modes.problems,
    storeName: storeName(config),
    serving: () => health.serving,
  });
  if (config.console) await addConsole(server);
  await server.register(restPlugin, {
    prefix: REST_PREFIX,
    services,
    allowedOrigins,
    cookieSecure,
    maxBodyBytes,
  });
  await server.register(async (scope) => {
    refuseBadHeaders(scope);
    countedByCall(scope);
    await scope.register(fastifyConnectPlugin, {
      readMaxBytes: maxBodyBytes,
      shutdownSignal: shutdown.signal,
      jsonOptions: STRICT_JSON,
      routes: (plain: ConnectRouter) => {
        routes(plain);
        const router = strictRouter(plain);
        const names = SERVED_SERVICES.map((service: DescService) => service.typeName);
        healthRoutes(router, { state: health, services: names, shutdown: shutdown.signal });
        reflectionRoutes(router, { services: SERVED_SERVICES, files: ERROR_DETAIL_FILES });
      },
    });
  });
  server.addHook("onListen", async () => {
    health.set(true);
    services.rolloutWatch.start();
  });
  server.addHook("preClose", async () => {
    health.set(false);
    shutdown.abort();
  });
  server.addHook("onClose", () => core.close());
  return { ...core, metrics, server, close: () => server.close() };
}

export async function loadCatalog(
  { catalogDir }: Config,
  { definitions = [] }: Overrides = {},
): Promise<Catalog> {
  const given: OriginatedDefinition[] = definitions.map((definition) => ({ definition }));
  return createCatalog(
    catalogDir === undefined ? given : [...given, ...(await readCatalogDirectory(catalogDir))],
  );
}

function openStore(
  { store }: Config,
  { createStore: create = true }: Overrides,
  catalog: Catalog,
  warn: (message: string) => void,
): Promise<Store | FileStore> {
  if (store.kind === "memory") return openSqliteStore();
  if (store.kind === "file") return openFileStore({ path: store.path, create, warn });
  const { kind: _, ...options } = store;
  return openSqliteStore({ ...options, create, catalog, warn });
}

function storeName({ store }: Config): string {
  return store.kind === "memory" ? "memory" : store.path;
}

/** A caller's own id is kept where it is one that logs can hold. */
function requestId(request: Pick<IncomingMessage, "headers">): string {
  const given = request.headers["x-request-id"];
  return typeof given === "string" && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
}

function corsOptions(origins: readonly string[]) {
  return {
    origin: [...origins],
    credentials: true,
    methods: [...connectCors.allowedMethods, "PATCH", "DELETE"],
    allowedHeaders: [
      ...connectCors.allowedHeaders,
      "Authorization",
      "Idempotency-Key",
      "If-Match",
      "If-None-Match",
      "X-Request-Id",
    ],
    exposedHeaders: [...connectCors.exposedHeaders, ...EXPOSED_HEADERS],
    maxAge: 7_200,
    // An OPTIONS that is no preflight is no mistake either.
    strictPreflight: false,
  };
}
