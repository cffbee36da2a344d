/** What a command works on: a running server, or a store directly. Both give the same answers (spec 6.4). */
import { pino } from "pino";
import { type Core, openCore } from "../app.js";
import { type Config, type Environment, type Flags, readConfig } from "../config.js";
import { DomainError } from "../domain/errors.js";
import { isObject, type Json, type JsonObject } from "../domain/json.js";
import type { Resolution } from "../domain/resolve.js";
import { UsageError } from "./failure.js";

/** Members of ResolveProfile as REST takes them. */
export interface ResolveBody {
  profile?: string;
  registry?: string;
  request_overrides?: JsonObject;
  ai_engine?: string;
  ai_api_type?: string;
  explain?: boolean;
}

export interface Target {
  resolve(body: ResolveBody): Promise<Resolution>;
  close(): Promise<void>;
}

const STORE_FLAGS = ["profile-registry-db", "profile-registry-dsn", "profile-registry-file"] as const;

export async function openTarget(
  server: string | undefined,
  flags: Flags,
  env: Environment,
): Promise<Target> {
  const url = chooseServer(server, flags, env);
  return url === undefined ? openStoreTarget(flags, env) : serverTarget(url);
}

/**
 * The server that a command works on, undefined for the store of the flags. A flag beats a variable; a server beats a store.
 * Throws UsageError where both are named by flags, and for what is no URL.
 */
export function chooseServer(server: string | undefined, flags: Flags, env: Environment): URL | undefined {
  const storeFlag = STORE_FLAGS.find((flag) => flags[flag] !== undefined);
  if (server !== undefined && storeFlag !== undefined)
    throw new UsageError(`--server and --${storeFlag} exclude each other`);
  const url =
    server ?? (storeFlag === undefined ? env.PROFILE_REGISTRY_SERVER?.trim() || undefined : undefined);
  return url === undefined ? undefined : parseServer(url);
}

/** Throws UsageError. */
export function parseServer(url: string): URL {
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new UsageError(`the server must be a URL such as http://127.0.0.1:8080, not "${url}"`);
  return new URL(url);
}

/** Looking at a file neither makes nor seeds it; memory has nothing but its seed. */
export function openStoreCore(config: Config): Promise<Core> {
  return openCore(config, {
    logger: pino({ level: "silent" }),
    createStore: config.store.kind === "memory",
  });
}

/** What is said where there is no answer. `cause` is what the network said. */
export function unreachable(server: URL, cause: unknown): string {
  return `${server.origin} cannot be reached: ${cause instanceof Error ? cause.message || cause.name : String(cause)}`;
}

async function openStoreTarget(flags: Flags, env: Environment): Promise<Target> {
  const core = await openStoreCore(readConfig(flags, env));
  return {
    resolve: ({ profile, registry, ...request }) =>
      core.services.resolver.resolve({ selection: { body: profile, registry }, ...request }, "none"),
    close: () => core.close(),
  };
}

function serverTarget(url: URL): Target {
  return {
    async resolve(body) {
      // A conversation belongs to a chat, which a command is not.
      const { conv_id: _, ...resolution } = await post(new URL("/api/chat/resolve", url), { ...body });
      return resolution as unknown as Resolution;
    },
    close: async () => undefined,
  };
}

async function post(url: URL, body: object): Promise<JsonObject> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch (error) {
    const { cause, message } = error as Error;
    throw new Error(unreachable(url, cause instanceof Error ? cause : message), { cause: error });
  }
  const answer = (await response.json().catch(() => undefined)) as Json | undefined;
  if (response.ok && isObject(answer)) return answer;
  const detail = isObject(answer) && typeof answer.detail === "string" ? answer.detail : undefined;
  throw detail === undefined
    ? new Error(`${url.origin} answered ${response.status}, which is no answer of a profile registry`)
    : new DomainError("failed_precondition", detail);
}
