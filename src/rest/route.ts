/** A resource and its methods, with what HTTP wants of every resource: 405 with `Allow`, OPTIONS, trailing slashes. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { DomainError } from "../domain/errors.js";
import { isOwnOrAllowedOrigin } from "../service/origin.js";

export type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

type Method = "GET" | "POST" | "PATCH" | "DELETE";

export interface Resource {
  path: string;
  methods: { [method in Method]?: Handler };
  /** Its POST only reads: a page on any origin may send it. Default false. */
  readsOnly?: boolean;
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE"];

export function addResource(
  app: FastifyInstance,
  resource: Resource,
  allowedOrigins: ReadonlySet<string>,
): void {
  const methods = Object.entries(resource.methods) as [Method, Handler][];
  const allowed = methods
    .flatMap(([method]) => (method === "GET" ? ["GET", "HEAD"] : [method]))
    .concat("OPTIONS");
  const allow = allowed.join(", ");
  for (const url of spellings(app, resource.path)) {
    for (const [method, handler] of methods) {
      app.route({
        method,
        url,
        exposeHeadRoute: true,
        ...(method === "GET" || resource.readsOnly
          ? {}
          : { onRequest: refuseForeignOrigins(allowedOrigins) }),
        handler,
      });
    }
    app.options(url, async (_request, reply) => reply.code(204).header("allow", allow).send());
    app.route({
      method: METHODS.filter((method) => !allowed.includes(method)),
      url,
      exposeHeadRoute: false,
      // Before the body is looked at: what is wrong is the method.
      onRequest: async (request, reply) => {
        void reply.header("allow", allow);
        throw new DomainError(
          "method_not_allowed",
          `${request.method} is not allowed here (allowed: ${allow})`,
        );
      },
      handler: async () => undefined,
    });
  }
}

/** With and without a slash at the end, which an app that ignores it takes for one. */
function spellings({ initialConfig }: FastifyInstance, path: string): string[] {
  const ignored = initialConfig.routerOptions?.ignoreTrailingSlash ?? initialConfig.ignoreTrailingSlash;
  return ignored ? [path] : [path, `${path}/`];
}

/** A write from a page on another origin is refused (spec 2.5). */
function refuseForeignOrigins(allowed: ReadonlySet<string>) {
  return async ({ headers }: FastifyRequest): Promise<void> => {
    if (headers.origin === undefined) return;
    const host = headers[":authority"] ?? headers.host;
    if (!isOwnOrAllowedOrigin(headers.origin, typeof host === "string" ? host : undefined, allowed)) {
      throw new DomainError("forbidden", "writes from this origin are not allowed");
    }
  };
}
