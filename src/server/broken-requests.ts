/** Requests that no route gets to see. */
import { METHODS } from "node:http";
import type { FastifyInstance } from "fastify";
import { malformed } from "../domain/errors.js";

const KNOWN_METHODS = new Set(METHODS);

/**
 * Refuses percent-encoding that is no UTF-8 in queries, which parsers leave as it is or repair, each in its own way; in
 * paths Fastify does so itself. Refuses methods that only HTTP/2 lets through, since Fastify takes them for a fault of its own
 * and logs it at length.
 */
export function refuseBrokenRequests(app: FastifyInstance): void {
  app.addHook("onRequest", async ({ url, method }) => {
    if (!KNOWN_METHODS.has(method)) throw malformed("the method is not one that HTTP has");
    const query = url.indexOf("?");
    if (query === -1 || !url.includes("%", query)) return;
    try {
      decodeURIComponent(url.slice(query));
    } catch {
      throw malformed("the query is not percent-encoded UTF-8");
    }
  });
}
