/** A server whose default registry has the mode `fast`, its rollout written past the API, and both edges of it. */
import type { Environment, Flags } from "../../src/config.js";
import type { JsonObject } from "../../src/domain/json.js";
import { newRollout, type Rollout } from "../../src/domain/rollout.js";
import { type Operation, resolve } from "../parity/operations.js";
import { restEdge } from "../parity/rest-edge.js";
import { rpcEdge } from "../parity/rpc-edge.js";
import { restClient } from "../support/rest.js";
import { startServer, type TestServer } from "../support/server.js";

/** `missing-v1` is declared, and nobody has written it. */
export const PROFILES = ["fast-v1", "missing-v1"];
export const ON = { contract_enabled: true, runtime_enabled: true, percentage: 100 };

/** What a resolve gives: the answer, or `CODE: MESSAGE`. */
export type Resolved = JsonObject | string;

export interface ModeServer extends TestServer {
  rest: ReturnType<typeof restClient>;
  /** Writes `fast` as it is new, but for what is given. */
  setRollout(members: Partial<Rollout>): Promise<void>;
  resolve: { [edge in (typeof EDGES)[number]]: (request: JsonObject) => Promise<Resolved> };
}

export const EDGES = ["REST", "RPC"] as const;

/** Default: the mode's own profile is there. */
export async function startModeServer({
  flags,
  env,
  profiles = { "fast-v1": { runtime: { system_prompt: "Fast" } } },
}: {
  flags?: Flags;
  env?: Environment;
  profiles?: Record<string, JsonObject>;
} = {}): Promise<ModeServer> {
  const server = await startServer(flags, {}, env);
  const rest = restClient(server.url);
  const done = async (call: ReturnType<typeof rest>): Promise<void> => {
    const { status, text } = await call;
    if (status >= 300) throw new Error(text);
  };
  for (const [slug, members] of Object.entries(profiles))
    await done(rest("POST", "/profiles", { body: { slug, ...members } }));
  await done(
    rest("PATCH", "/registries/default", { body: { processing_modes: { fast: { profiles: PROFILES } } } }),
  );
  const perform = (edge: typeof restEdge) => async (request: JsonObject) => {
    const outcome = await edge(server.url).perform(resolve(request) as Operation);
    if ("error" in outcome) return `${outcome.error.code}: ${outcome.error.message}`;
    return outcome.document as JsonObject;
  };
  return {
    ...server,
    rest,
    resolve: { REST: perform(restEdge), RPC: perform(rpcEdge) },
    async setRollout(members) {
      const rollout = { ...newRollout("default", "fast", 0), ...members };
      await server.store.commit({
        timeMs: Date.now(),
        actor: "operator",
        source: "rest",
        expect: [],
        changes: [{ operation: "update_rollout", registry: "default", rollout }],
      });
    },
  };
}
