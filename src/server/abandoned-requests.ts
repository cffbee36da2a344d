import type { ServerHttp2Stream } from "node:http2";
import type { FastifyInstance, FastifyRequest } from "fastify";

/** Clients that end their requests themselves do so sooner. */
const ABANDONED_AFTER_MS = 200;

/**
 * Ends the streams of requests that were answered before they were read whole, such as ones that are too large: HTTP/2 leaves
 * them open until their clients give up, and the clean stop would wait for them.
 */
export function endAbandonedRequests(app: FastifyInstance): void {
  app.addHook("onRequest", async ({ raw }: FastifyRequest) => {
    const { stream } = raw as { stream?: ServerHttp2Stream };
    stream?.once("finish", () => {
      if (stream.readableEnded) return;
      setTimeout(() => stream.destroy(), ABANDONED_AFTER_MS).unref();
    });
  });
}
