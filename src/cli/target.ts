/** What a command works on: a running server, or a store directly. Both give the same answers (spec 6.4). */
import { pino } from "pino";
import { type Core, openCore } from "../app.js";
import type { Config, Environment, Flags } from "../config.js";
import { UsageError } from "./failure.js";

const STORE_FLAGS = ["profile-registry-db", "profile-registry-dsn", "profile-registry-file"] as const;

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
