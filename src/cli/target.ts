/** What a command works on: a running server, or a store directly. Both give the same answers (spec 6.4). */
import { pino } from "pino";
import { openCore } from "../app.js";
import { type Environment, type Flags, readConfig } from "../config.js";
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

const STORE_FLAGS = ["profile-registry-db", "profile-registry-dsn"] as const;

/** A flag beats a variable; a server beats a store. Throws UsageError where both are named by flags. */
export async function openTarget(
  server: string | undefined,
  flags: Flags,
  env: Environment,
): Promise<Target> {
  const storeFlag = STORE_FLAGS.find((flag) => flags[flag] !== undefined);
  if (server !== undefined && storeFlag !== undefined)
    throw new UsageError(`--server and --${storeFlag} exclude each other`);
  const url =
    server ?? (storeFlag === undefined ? env.PROFILE_REGISTRY_SERVER?.trim() || undefined : undefined);
  return url === undefined ? openStoreTarget(flags, env) : serverTarget(url);
}

async function openStoreTarget(flags: Flags, env: Environment): Promise<Target> {
  const config = readConfig(flags, env);
  // Looking at a file neither makes nor seeds it; memory has nothing but its seed.
  const core = await openCore(config, {
    logger: pino({ level: "silent" }),
    createStore: config.store.kind === "memory",
  });
  return {
    resolve: ({ profile, registry, ...request }) =>
      core.services.resolver.resolve({ selection: { body: profile, registry }, ...request }, "none"),
    close: () => core.close(),
  };
}

function serverTarget(url: string): Target {
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new UsageError(`the server must be a URL such as http://127.0.0.1:8080, not "${url}"`);
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
    throw new Error(
      `${url.origin} cannot be reached: ${cause instanceof Error ? cause.message || cause.name : message}`,
      { cause: error },
    );
  }
  const answer = (await response.json().catch(() => undefined)) as Json | undefined;
  if (response.ok && isObject(answer)) return answer;
  const detail = isObject(answer) && typeof answer.detail === "string" ? answer.detail : undefined;
  throw detail === undefined
    ? new Error(`${url.origin} answered ${response.status}, which is no answer of a profile registry`)
    : new DomainError("failed_precondition", detail);
}
