/** A line per request (spec 6.5): writes and failures at `info`, successful reads at `debug`. Never prompts, configs or tokens. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import { isObject } from "../domain/json.js";
import { problemCodeOf } from "../rest/problem.js";
import type { RpcRecord } from "../rpc/interceptors.js";

/** Logs the requests below `prefix`. */
export function logRestRequests(app: FastifyInstance, log: Logger, prefix: string): void {
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url;
    if (!request.url.startsWith(prefix)) return;
    const code = problemCodeOf(request);
    const reads =
      request.method === "GET" || request.method === "HEAD" || route?.startsWith(`${prefix}/resolve`);
    const level = code === undefined && reads ? "debug" : "info";
    if (!log.isLevelEnabled(level)) return;
    request.log[level](
      {
        component: route?.startsWith(`${prefix}/resolve`) ? "resolver" : "registry",
        route: `${request.method} ${route ?? "unknown"}`,
        ...named(request),
        status: reply.statusCode,
        ...(code ? { code } : {}),
        duration_ms: round(reply.elapsedTime),
      },
      "request",
    );
  });
}

export function rpcLogger(log: Logger): (record: RpcRecord) => void {
  return ({ service, method, write, code, registry, profile, requestId, durationMs, cause }) => {
    const level = cause !== undefined ? "error" : code === "ok" && !write ? "debug" : "info";
    if (!log.isLevelEnabled(level)) return;
    log[level](
      {
        component: service.endsWith(".ResolverService") ? "resolver" : "registry",
        route: `${service}/${method}`,
        ...(registry ? { registry } : {}),
        ...(profile ? { profile } : {}),
        ...(requestId ? { reqId: requestId } : {}),
        status: code,
        duration_ms: round(durationMs),
        ...(cause === undefined ? {} : { err: cause }),
      },
      "request",
    );
  };
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

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
