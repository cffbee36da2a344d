/** A chat service that carries the API itself: REST and Connect in its own Fastify app, over a store of its own. */
import { fastifyConnectPlugin } from "@connectrpc/connect-fastify";
import fastifyCookie from "@fastify/cookie";
import Fastify, { type FastifyInstance } from "fastify";
import {
  bootstrap,
  createCatalog,
  createRoutes,
  createServices,
  DEFAULT_LIMITS,
  openSqliteStore,
  restPlugin,
} from "../src/index.js";

/** Without a path everything is in memory. */
export async function createChatServer(databasePath?: string): Promise<FastifyInstance> {
  const catalog = createCatalog();
  const store = await openSqliteStore({ path: databasePath });
  await bootstrap({
    store,
    rules: { catalog, limits: DEFAULT_LIMITS },
    defaultRegistry: "default",
    seedFile: undefined,
    clock: Date.now,
  });
  const services = createServices({ store, catalog });

  // With Fastify's default of 100, documents with longer names could not be reached.
  const app = Fastify({ routerOptions: { maxParamLength: 128 } });
  // Passes reports of turns on to the store, and turns back what goes wrong where a rollout asks for that.
  services.rolloutWatch.start();
  app.addHook("onClose", async () => {
    await services.rolloutWatch.stop();
    await store.close();
  });

  await app.register(restPlugin, {
    prefix: "/api/chat",
    services,
    actor: (request) => String(request.headers["x-user"] ?? "anonymous"),
  });
  // Those that follow the log would otherwise hold a stop up for as long as they like.
  const shutdown = new AbortController();
  app.addHook("preClose", async () => shutdown.abort());
  await app.register(fastifyConnectPlugin, {
    routes: createRoutes({ services }),
    shutdownSignal: shutdown.signal,
  });

  // The chat's own turns need no request to themselves.
  await app.register(fastifyCookie);
  app.post<{ Body: { profile?: string } }>("/turn", async ({ body, cookies }) => {
    const resolution = await services.resolver.resolve(
      { selection: { body: body.profile, cookie: cookies.chat_profile } },
      "all",
    );
    return { answered_with: resolution.profile, fingerprint: resolution.fingerprint };
  });
  return app;
}
