import type { ServerHttp2Stream } from "node:http2";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/** Clients that end their requests themselves do so sooner. */
const ABANDONED_AFTER_MS = 200;

/**
 * Requests that were answered before they were read whole, such as ones that are too large. HTTP/2 leaves their streams open
 * until their clients give up, and the clean stop would wait for them. Over HTTP/1.1 the next request would wait for ever
 * behind a rest that nobody reads. Both are ended, when the client has had time to read the answer.
 */
export function endAbandonedRequests(app: FastifyInstance): void {
  app.addHook("onRequest", async ({ raw }: FastifyRequest, reply: FastifyReply) => {
    const { stream } = raw as { stream?: ServerHttp2Stream };
    if (stream === undefined) {
      const { socket } = raw;
      reply.raw.once("finish", () => {
        if (raw.complete) return;
        setTimeout(() => {
          if (!raw.complete) socket.destroy();
        }, ABANDONED_AFTER_MS).unref();
      });
      return;
    }
    stream.once("finish", () => {
      if (stream.readableEnded) return;
      setTimeout(() => stream.destroy(), ABANDONED_AFTER_MS).unref();
    });
  });
}
