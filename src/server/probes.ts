/** `/healthz`, `/readyz`, `/version` (spec 6.5). */
import type { FastifyInstance } from "fastify";
import type { ServerInfo } from "../service/server-info.js";
import type { Store } from "../store/store.js";

export interface ProbeOptions {
  store: Pick<Store, "revision" | "unreadable" | "problem">;
  info: () => Promise<ServerInfo>;
  /** What the store is, for operators: `memory`, or the file. */
  storeName: string;
  /** False while the server stops. */
  serving: () => boolean;
}

export function addProbes(app: FastifyInstance, { store, info, storeName, serving }: ProbeOptions): void {
  app.get("/healthz", async () => ({ status: "alive" }));

  app.get("/readyz", async (_request, reply) => {
    const detail = await describe(store, info, storeName);
    const ready = serving() && detail.store.error === undefined;
    return reply.code(ready ? 200 : 503).send({ status: ready ? "ready" : "unavailable", ...detail });
  });

  app.get("/version", async () => info());
}

async function describe(store: ProbeOptions["store"], info: ProbeOptions["info"], name: string) {
  const unreadable = store.unreadable();
  try {
    const { revision, schema_version, catalog_digest } = await info();
    // What cannot be written can still be resolved: to take a server away for it would make things worse.
    return {
      store: { name, schema_version, revision, problem: store.problem() },
      catalog_digest,
      unreadable,
    };
  } catch (error) {
    return { store: { name, error: (error as Error).message }, unreadable };
  }
}
