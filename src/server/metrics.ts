/** `GET /metrics` beside the probes, and what metrics hear of requests over HTTP. */
import type { FastifyInstance } from "fastify";
import type { Metrics } from "../metrics/metrics.js";
import { problemCodeOf } from "../rest/problem.js";

const PATH = "/metrics";

/**
 * For routes added from now on. Those of RPC are counted by call: mark their scope with `countedByCall`. `scrape` gives the text
 * where it is not this process's alone.
 */
export function addMetrics(
  app: FastifyInstance,
  metrics: Metrics,
  scrape = (): Promise<string> => metrics.registry().metrics(),
): void {
  app.addHook("onResponse", (request, reply, done) => {
    done();
    const { url: route, config } = request.routeOptions;
    if (route === PATH || (config as { rpc?: true }).rpc) return;
    metrics.requests.rest({
      method: request.method,
      route: request.is404 ? undefined : route,
      status: reply.statusCode,
      code: problemCodeOf(request),
      durationMs: reply.elapsedTime,
    });
  });
  app.get(PATH, async (_request, reply) => {
    return reply
      .header("content-type", metrics.registry().contentType)
      .header("cache-control", "no-store")
      .send(await scrape());
  });
}

/** Keeps the routes of a scope out of the metrics of HTTP. */
export function countedByCall(scope: FastifyInstance): void {
  scope.addHook("onRoute", (route) => {
    route.config = { ...route.config, rpc: true } as NonNullable<typeof route.config>;
  });
}
