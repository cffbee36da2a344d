/** Somebody else's Fastify app, with ways of its own, that carries the API over a store and a catalogue of its own. */
import { fastifyConnectPlugin } from "@connectrpc/connect-fastify";
import Fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import { onTestFinished } from "vitest";
import {
  type CatalogDefinition,
  createCatalog,
  createRoutes,
  createServices,
  openSqliteStore,
  restPlugin,
  type Services,
} from "../../src/index.js";

export const MAIL: CatalogDefinition = {
  kind: "middleware",
  name: "mail",
  version: 1,
  display_name: "Mail",
  description: "Sends mail.",
  schema: { type: "object", properties: { to: { type: "string" } }, required: ["to"] },
};

export interface ForeignApp {
  app: FastifyInstance;
  services: Services;
  url: string;
  /** What the app's own hook has seen. */
  seen: string[];
}

/** The API is at `/internal/profiles`, and its default registry is `products`. */
export async function foreignApp(options: FastifyServerOptions = {}): Promise<ForeignApp> {
  const store = await openSqliteStore();
  const catalog = createCatalog([{ definition: MAIL }]);
  const services = createServices({ store, catalog, defaultRegistry: "products" });
  await services.registries.createRegistry(
    { slug: "products", input: {} },
    { actor: "deploy", source: "upgrade" },
  );

  const seen: string[] = [];
  const app = Fastify({ routerOptions: { maxParamLength: 128 }, ...options });
  app.addHook("onRequest", async ({ url }) => void seen.push(url));
  app.addHook("onClose", () => store.close());
  app.setErrorHandler((error, _request, reply) => reply.code(418).send({ mine: (error as Error).message }));
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ mine: "not found" }));
  app.removeContentTypeParser("application/json");
  app.addContentTypeParser(
    "application/json",
    { parseAs: "string" },
    async (_request: unknown, body: string) => ({
      mine: body,
    }),
  );
  app.post("/echo", async ({ body }) => body);
  app.get("/fail", async () => {
    throw new Error("broken");
  });

  await app.register(restPlugin, {
    prefix: "/internal/profiles",
    services,
    actor: ({ headers }) => `user:${String(headers["x-user"])}`,
    source: "import",
  });
  const routes = createRoutes({
    services,
    actor: (headers) => `service:${headers.get("x-service")}`,
    source: "auto",
  });
  await app.register(async (scope) => {
    // The Connect adapter brings a parser for JSON, and Fastify wants none to be there.
    scope.removeAllContentTypeParsers();
    await scope.register(fastifyConnectPlugin, { routes });
  });
  onTestFinished(() => app.close());
  return { app, services, url: await app.listen({ host: "127.0.0.1", port: 0 }), seen };
}
