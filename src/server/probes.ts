/** `/healthz`, `/readyz`, `/version` (spec 6.5). */
import type { FastifyInstance } from "fastify";
import type { ServerInfo } from "../service/server-info.js";
import type { Store } from "../store/store.js";

export interface ProbeOptions {
  store: Pick<Store, "revision" | "unreadable" | "problem">;
  info: () => Promise<ServerInfo>;
  /** What is wrong with processing modes, a line each. */
  modeProblems: () => Promise<readonly string[]>;
  /** What the store is, for operators: `memory`, or the file. */
  storeName: string;
  /** False while the server stops. */
  serving: () => boolean;
}

const MOST_MODE_PROBLEMS = 100;

export function addProbes(app: FastifyInstance, options: ProbeOptions): void {
  const { info, serving } = options;
  app.get("/healthz", async () => ({ status: "alive" }));

  app.get("/readyz", async (_request, reply) => {
    const detail = await describe(options);
    const ready = serving() && detail.store.error === undefined;
    return reply.code(ready ? 200 : 503).send({ status: ready ? "ready" : "unavailable", ...detail });
  });

  app.get("/version", async () => info());
}

async function describe({ store, info, modeProblems, storeName: name }: ProbeOptions) {
  try {
    const { revision, schema_version, catalog_digest } = await info();
    // Before what could not be read is told: looking at modes may meet it.
    const processing_modes = shortened(
      await modeProblems().catch((error: Error) => [`processing modes cannot be checked: ${error.message}`]),
    );
    // What cannot be written can still be resolved: to take a server away for it would make things worse.
    return {
      store: { name, schema_version, revision, problem: store.problem() },
      catalog_digest,
      unreadable: store.unreadable(),
      processing_modes,
    };
  } catch (error) {
    return { store: { name, error: (error as Error).message }, unreadable: store.unreadable() };
  }
}

function shortened(lines: readonly string[]): readonly string[] {
  const more = lines.length - MOST_MODE_PROBLEMS;
  return more <= 0 ? lines : [...lines.slice(0, MOST_MODE_PROBLEMS), `and ${more} more`];
}
