import type { IncomingMessage } from "node:http";
import { finished } from "node:stream/promises";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { hasBody, type NodeRequest } from "../rpc/lean/body.js";

/** Clients that end their requests themselves do so sooner. */
const ABANDONED_AFTER_MS = 200;

/**
 * Requests that were answered before they were read whole, such as ones that are too large. HTTP/2 leaves their streams open
 * until their clients give up, and the clean stop would wait for them. Over HTTP/1.1 the next request would wait for ever
 * behind a rest that nobody reads. So the rest is read; what has not come when the client has had time to read the answer
 * is not waited for.
 */
export function endAbandonedRequests(app: FastifyInstance): void {
  app.addHook("onRequest", ({ raw }: FastifyRequest, reply: FastifyReply, done) => {
    if (hasBody(raw)) watch(raw, reply);
    done();
  });
}

function watch(raw: NodeRequest, reply: FastifyReply): void {
  readRestWhenLeft(raw);
  const { stream } = raw;
  if (stream === undefined) {
    const { socket } = raw;
    reply.raw.once("finish", () => {
      if (raw.complete) return;
      raw.resume();
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
}

/**
 * The Connect adapter iterates over requests. One that it leaves before its end is destroyed by Node, and then nobody can read
 * its rest. Here that is read before the iteration ends, and so before a refusal goes out: some clients cut off what they are
 * sending as soon as an answer begins, which over HTTP/2 resets the stream with the rest of the answer.
 */
function readRestWhenLeft(raw: IncomingMessage): void {
  const chunks = Object.hasOwn(raw, Symbol.asyncIterator)
    ? raw[Symbol.asyncIterator].bind(raw)
    : () => raw.iterator({ destroyOnReturn: false });
  raw[Symbol.asyncIterator] = async function* () {
    let whole = false;
    try {
      yield* chunks();
      whole = true;
    } finally {
      if (!whole) await readRest(raw);
    }
    return undefined;
  };
}

async function readRest(raw: IncomingMessage): Promise<void> {
  raw.resume();
  const signal = AbortSignal.timeout(ABANDONED_AFTER_MS);
  // It has come whole, breaks off, or takes too long: the answer is the same.
  await finished(raw, { writable: false, cleanup: true, signal }).catch(() => {});
}
