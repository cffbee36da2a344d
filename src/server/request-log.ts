/**
 * A line per request (spec 6.5): writes and failures at `info`, successful reads at `debug`, as reports of outcomes, which come
 * with every turn. Never prompts, configs or tokens.
 */
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import { isObject } from "../domain/json.js";
import { problemCodeOf } from "../rest/problem.js";
import { answeredTo } from "../rest/resolve.js";
import type { RpcRecord } from "../rpc/call-report.js";
import type { Resolved } from "../rpc/resolved.js";

/** Logs the requests below `prefix`. */
export function logRestRequests(app: FastifyInstance, log: Logger, prefix: string): void {
  app.addHook("onResponse", (request, reply, done) => {
    done();
    const route = request.routeOptions.url;
    if (!request.url.startsWith(prefix)) return;
    const code = problemCodeOf(request);
    const path = route?.slice(prefix.length) ?? "";
    const quiet =
      request.method === "GET" ||
      request.method === "HEAD" ||
      path.startsWith("/resolve") ||
      path.startsWith("/rollouts/outcomes");
    const level = code === undefined && quiet ? "debug" : "info";
    if (!log.isLevelEnabled(level)) return;
    request.log[level](
      {
        component: componentOf(path),
        route: `${request.method} ${route ?? "unknown"}`,
        ...named(request),
        ...resolvedFor(request),
        status: reply.statusCode,
        ...(code ? { code } : {}),
        duration_ms: round(reply.elapsedTime),
      },
      "request",
    );
  });
}

/** The logger of a request, made when it is first used: most requests log nothing, and making it is dear beside an answer. */
export function childWhenUsed(log: FastifyBaseLogger, bindings: object): FastifyBaseLogger {
  let made: FastifyBaseLogger | undefined;
  const child = (): FastifyBaseLogger => {
    made ??= log.child(bindings as Parameters<FastifyBaseLogger["child"]>[0]);
    return made;
  };
  return {
    level: log.level,
    child: (...given) => child().child(...given),
    trace: (...line: [unknown]) => child().trace(...line),
    debug: (...line: [unknown]) => child().debug(...line),
    info: (...line: [unknown]) => child().info(...line),
    warn: (...line: [unknown]) => child().warn(...line),
    error: (...line: [unknown]) => child().error(...line),
    fatal: (...line: [unknown]) => child().fatal(...line),
    silent: (...line: [unknown]) => child().silent(...line),
  } as FastifyBaseLogger;
}

export function rpcLogger(log: Logger): (record: RpcRecord) => void {
  return ({ service, method, write, code, registry, profile, requestId, durationMs, resolved, cause }) => {
    const quiet = !write || method === "ReportOutcomes";
    const level = cause !== undefined ? "error" : code === "ok" && quiet ? "debug" : "info";
    if (!log.isLevelEnabled(level)) return;
    log[level](
      {
        component: COMPONENTS[service.slice(service.lastIndexOf(".") + 1)] ?? "registry",
        route: `${service}/${method}`,
        ...(registry ? { registry } : {}),
        ...(profile ? { profile } : {}),
        ...resolved,
        ...(requestId ? { reqId: requestId } : {}),
        status: code,
        duration_ms: round(durationMs),
        ...(cause === undefined ? {} : { err: cause }),
      },
      "request",
    );
  };
}

const COMPONENTS: Record<string, string> = { ResolverService: "resolver", RolloutService: "rollouts" };

function componentOf(path: string): string {
  if (path.startsWith("/resolve")) return "resolver";
  return /^\/(?:rollouts|features)/.test(path) ? "rollouts" : "registry";
}

/** The registry and profile that a request names, as it names them. */
function named(request: FastifyRequest): { registry?: string; profile?: string } {
  const { slug, profile } = request.params as { slug?: string; profile?: string };
  const { registry: queried } = request.query as { registry?: unknown };
  const body = isObject(request.body) ? request.body : {};
  const isRegistry = request.routeOptions.url?.includes("/registries");
  const registry = isRegistry ? (slug ?? body.slug) : (body.registry ?? queried);
  const name = isRegistry ? undefined : (slug ?? profile ?? body.slug ?? body.profile);
  return {
    ...(typeof registry === "string" ? { registry: registry.slice(0, 128) } : {}),
    ...(typeof name === "string" ? { profile: name.slice(0, 128) } : {}),
  };
}

/** Of a resolve: what it was answered with. */
function resolvedFor(request: FastifyRequest): Resolved | undefined {
  const resolution = answeredTo(request);
  if (resolution === undefined) return undefined;
  const { registry, profile, processing, fingerprint } = resolution;
  return { registry, profile, mode: processing.applied_mode, outcome: processing.outcome, fingerprint };
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
